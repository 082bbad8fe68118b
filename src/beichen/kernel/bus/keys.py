"""Keys of the embedded broker: made at the first start, kept in its folder, readable by their owner alone.

With them the house signs who may come in over MQTT (NATS auth callout, ADR-26): ``issuer`` is an account
nkey whose public part stands in the broker's configuration.
"""

from __future__ import annotations

import os
from pathlib import Path

import nkeys

ISSUER = "issuer.nk"


def issuer(folder: Path) -> nkeys.KeyPair:
    """The key that signs, of the broker's ``folder``; made when there is none. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / ISSUER
    if not file.exists():
        fresh = folder / f".{ISSUER}.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_ACCOUNT))
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(fresh, file)  # whoever is first makes it; the other takes that one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return nkeys.from_seed(bytearray(file.read_bytes()))


def public(key: nkeys.KeyPair) -> str:
    """The public part as text."""
    return bytes(key.public_key).decode()
