"""Whether the private keys of this room are kept: the log's, and the one that signs certificates."""

from __future__ import annotations

from collections.abc import Iterator

from beichen.platforms.ledger import identity
from beichen.platforms.ledger.certificates import issuers
from beichen.problem import Problem


def look() -> Iterator[Problem]:
    """What is gone, cut or another key than the house knows (LED-202, LED-205), for `beichen doctor`."""
    yield from identity.look()
    yield from issuers.look()
