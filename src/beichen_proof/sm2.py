"""SM2 signatures over SM3 (GB/T 32918.2, GB/T 32905), by gmssl, which need not be installed.

The nonce comes from :mod:`secrets`: gmssl's own comes from a generator that is not made for keys. Its
arithmetic is plain Python, so that how long a signature takes may tell something of the key to who can time
it: it signs checkpoints, a few a minute, never what strangers send.
"""

from __future__ import annotations

import secrets
from typing import Any

NAME = b"beichen.sm2/v1"
POINT_BYTES = 64
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def is_there() -> bool:
    """Whether SM2 can be spoken here."""
    try:
        import gmssl  # noqa: F401
    except ImportError:
        return False
    return True


def _spoken(public: bytes, private: str) -> Any:
    from gmssl.sm2 import CryptSM2

    spoken = CryptSM2(private_key=private, public_key="")
    spoken.public_key = (
        public.hex()
    )  # its constructor strips every leading 0 and 4 of a key that begins with 04
    return spoken


def make_private() -> str:
    """A private key, in hexadecimal."""
    return f"{secrets.randbelow(_ORDER - 2) + 1:064x}"


def public_of(private: str) -> bytes:
    """The point of a private key: x and y."""
    spoken = _spoken(b"\0" * POINT_BYTES, private)
    return bytes.fromhex(spoken._kg(int(private, 16), spoken.ecc_table["g"]))


def sign(private: str, message: bytes) -> bytes:
    """r and s, 32 bytes each."""
    spoken = _spoken(public_of(private), private)
    found = None
    while found is None:  # a nonce in many billions gives none
        found = spoken.sign_with_sm3(message, f"{secrets.randbelow(_ORDER - 1) + 1:064x}")
    return bytes.fromhex(found)


def is_sound(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature fits; False too where gmssl is not installed."""
    if len(signature) != 64 or not is_there():
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not 0 < r < _ORDER or not 0 < s < _ORDER:
        return False
    try:
        return bool(_spoken(public, "").verify_with_sm3(signature.hex(), message))
    except (ValueError, TypeError, ZeroDivisionError):
        return False  # a point that is on no curve
