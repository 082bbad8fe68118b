"""Anchors: ways to write a checkpoint into somebody else's log or chain, each an adapter for a scheme of
addresses.

`BEICHEN_LEDGER_ANCHOR_URL` chooses one by its scheme. A room or a package registers its own in
`apps.ready()`:

    add_anchor("fabric", FabricAnchor())
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from beichen.platforms.ledger.codes import NO_ANCHOR
from beichen.problem import Problem, ProblemError, Where, nearest, said

LONGEST_RECEIPT = 64 << 10


class AnchorError(Exception):
    """The checkpoint was not written; it may be later."""


class Anchor(Protocol):
    """A way to an outside log."""

    def write(self, target: str, checkpoint: str, key: str) -> str:
        """Write the signed checkpoint at ``target``; returns the receipt, at most :data:`LONGEST_RECEIPT`
        characters.

        ``key`` is the same in every attempt for one checkpoint. Raises AnchorError.
        """


_known: dict[str, Anchor] = {}


def add_anchor(scheme: str, anchor: Anchor) -> None:
    """Let addresses of this scheme be anchored at. Raises ValueError for one that is taken."""
    if _known.setdefault(scheme, anchor) is not anchor:
        raise ValueError(f"anchors at {scheme}: are registered twice")


def anchor_for(target: str) -> Anchor:
    """The adapter for an address. Raises ProblemError LED-304."""
    scheme = urlsplit(target).scheme
    if scheme not in _known:
        message = said("no adapter anchors at {scheme!r}", scheme=scheme[:20])
        raise ProblemError(
            Problem(NO_ANCHOR, message, Where(field="ledger_anchor_url"), nearest(scheme, _known))
        )
    return _known[scheme]
