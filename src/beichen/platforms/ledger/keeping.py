"""Whether the private keys of this room are kept, the log's and the one that signs certificates, and whether
there is a way to the outside log."""

from __future__ import annotations

from collections.abc import Iterator

from beichen.platforms.ledger import anchoring, identity
from beichen.platforms.ledger.certificates import issuers
from beichen.problem import Problem


def look() -> Iterator[Problem]:
    """What is gone, cut or another key than the house knows (LED-202, LED-205), and an outside log that
    cannot be written to (LED-304), for `beichen doctor`."""
    yield from identity.look()
    yield from issuers.look()
    yield from anchoring.look()
