"""What can be sealed: each room names its kinds in `apps.ready()`, and says what a sealed thing's hash is
now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from beichen.kernel.levels import Level
from beichen.platforms.ledger.codes import NO_KIND
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

Current = Callable[[Sequence[str]], Mapping[str, str]]
"""References → the SHA-256 of each as it is now; one that is lawfully gone is left out."""


@dataclass(frozen=True, slots=True)
class SealedKind:
    """A kind of sealed things; ``level`` is that of a reference, which the public log never shows."""

    key: str
    label: str | Promise
    level: Level
    current: Current | None = None


_known: dict[str, SealedKind] = {}


def add_sealed_kind(kind: SealedKind) -> None:
    """Let things of this kind be sealed. Raises ValueError for a key that another kind has."""
    known = _known.setdefault(kind.key, kind)
    if (known.level, known.current) != (kind.level, kind.current):
        raise ValueError(f"the sealed kind {kind.key} is declared twice")


def sealed_kinds() -> Mapping[str, SealedKind]:
    """The kinds of the rooms there are."""
    return dict(sorted(_known.items()))


def kind_of(key: str) -> SealedKind:
    """The kind of this key. Raises ProblemError LED-101."""
    if key not in _known:
        message = shorten(said("nothing of the kind {kind!r} can be sealed", kind=key))
        raise ProblemError(Problem(NO_KIND, message, Where(field="kind"), nearest(key, _known)))
    return _known[key]
