"""What is behind a code that somebody scanned, and what they may do there.

The public meets only codes that this house has signed. What is unknown, withdrawn, replaced or not signed
answers alike, costs alike, and is counted by address: who tries codes out learns nothing and is soon refused,
while a real sticker goes on working from the same address. Officers who may inspect are told what is the
matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from beichen.fronts.codes.models import CODE_LENGTH, Sticker
from beichen.fronts.codes.permissions import INSPECT
from beichen.fronts.codes.problems import unknown
from beichen.fronts.codes.stickers import signed_edition, sticker_of
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.registry import service as registry

LOOKS, MISSES, MISSES_AN_HOUR = "240/minute", "10/minute", "60/hour"


class Standing(StrEnum):
    """What is known of the sticker."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Look:
    """What a code stands for, how its sticker stands, what may be done there."""

    coded: registry.Coded
    standing: Standing
    sticker: Sticker | None = None
    offers: list[registry.Offer] = field(default_factory=list)


def look(code: str, signature: str, *, by: Actor, address: str = "") -> Look:
    """What the scanned code is for ``by``, who asks from ``address``. Raises ProblemError COD-101,
    ACC-429."""
    typed = code.replace("\0", "").strip()[: CODE_LENGTH + 1]
    text, edition = _signed(typed, signature)
    if edition is None:
        _count_miss(by, address)
    else:
        access.check_rate("codes.look", address or by.key, LOOKS)
    standing, sticker = _standing(text, edition)
    if standing is not Standing.GENUINE and not access.decide(by, INSPECT):
        if edition is not None:
            _count_miss(by, address)
        raise unknown()
    coded = _found(text, by)
    if standing is Standing.UNSIGNED and coded.kind == "person":
        raise unknown()
    return Look(coded, standing, sticker, registry.offers_at(coded, by=by))


def _signed(typed: str, signature: str) -> tuple[str, int | None]:
    """The code as it was signed: as it stands there, or in capitals."""
    for text in dict.fromkeys((typed, typed.upper())):
        if (edition := signed_edition(text, signature)) is not None:
            return text, edition
    return typed, None


def _found(typed: str, by: Actor) -> registry.Coded:
    for text in dict.fromkeys((typed, typed.upper())):
        try:
            return registry.find_coded(text, by=by)
        except ProblemError:
            continue
    raise unknown()


def _standing(code: str, edition: int | None) -> tuple[Standing, Sticker | None]:
    if edition is None:
        return Standing.UNSIGNED, None
    sticker = sticker_of(code)
    if sticker is None:
        return (Standing.GENUINE if edition == 1 else Standing.REPLACED), None
    if edition != sticker.edition:
        return Standing.REPLACED, sticker
    return (Standing.WITHDRAWN if sticker.is_withdrawn else Standing.GENUINE), sticker


def _count_miss(by: Actor, address: str) -> None:
    """Raises ProblemError ACC-429 for who has tried too many; officers who inspect are not counted."""
    if access.decide(by, INSPECT):
        access.check_rate("codes.look", by.key, LOOKS)
        return
    for rate in (MISSES, MISSES_AN_HOUR):
        access.check_rate("codes.miss", address or by.key, rate)
