"""The house's own key towards push services (VAPID, RFC 8292): made once, kept, the same for every process.

BEICHEN_PUSH_KEY names it (the 32 bytes of a P-256 private key in base64url), for houses on several machines;
without it a file in the data folder does, which only its owner reads. A browser's subscription is bound to
the key: with another one every browser must subscribe again.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from beichen.platforms.comms.codes import NOT_SET_UP
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings

FILE = "push.key"
_BYTES = 32


def encoded(content: bytes) -> str:
    """Base64url without its padding, as push services and browsers write it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """What base64url means, with or without padding. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None


def _kept(file: Path) -> str:
    """The key in the file, which is made by whoever comes first; nobody ever sees half of it."""
    if not file.is_file():
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        fresh = file.with_name(f"{FILE}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(encoded(number.to_bytes(_BYTES, "big")))
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass  # another process was faster
        finally:
            fresh.unlink()
    return file.read_text(encoding="ascii").strip()


def private_key() -> str:
    """The key as base64url of its 32 bytes. Raises ProblemError COM-109 for a setting that is none."""
    text = settings().push_key or _kept(settings().data_dir / FILE)
    try:
        value = decoded(text)
        ec.derive_private_key(int.from_bytes(value, "big"), ec.SECP256R1())
    except ValueError:
        value = b""
    if len(value) != _BYTES:
        message = said("BEICHEN_PUSH_KEY is no key of 32 bytes in base64url")
        raise ProblemError(Problem(NOT_SET_UP, message, Where(field="push_key")))
    return text


def public_key() -> str:
    """What a browser subscribes with: the uncompressed point, base64url."""
    value = int.from_bytes(decoded(private_key()), "big")
    point = ec.derive_private_key(value, ec.SECP256R1()).public_key()
    return encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
