"""Named places (地名), found as one types.

A name is typed whole or from its beginning, in characters, in pinyin, by initials, in English; or by any part
of it. Beginnings are ranges of an index of keys, parts an index of n-grams. What fits many is asked for
weight by weight until enough is found: no question looks at more than some ten thousand entries, however many
names there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models.functions import Length

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.statements import Prepared, keys, slot
from beichen.platforms.geo.addresses.gazetteer import HAN, TEXTS, plain
from beichen.platforms.geo.addresses.models import Place, PlaceKey
from beichen.platforms.geo.rights import READ

MANY = 10_000
"""What fits more keys than this is asked for weight by weight; what fits fewer is put in order."""
HELD = 3_000
"""Of so many places the text is looked at."""
MOST = 50
_ABOVE = 2**15 - 1
_LAST = "\U0010ffff"


class FoundPlace(NamedTuple):
    """A place that fits what was typed; ``how``: name, pinyin, initials, english or part."""

    ref: str
    kind: str
    name: str
    name_en: str
    about: str
    region: str
    region_name: str
    longitude: float | None
    latitude: float | None
    how: str


def search_places(text: str, *, by: Actor, limit: int = 10, kind: str = "") -> list[FoundPlace]:
    """The places that fit what was typed so far, best first: whole names, beginnings, then parts.

    Raises ProblemError ACC-403.
    """
    require(by, READ)
    typed, limit = plain(text), max(1, min(limit, MOST))
    if not typed:
        return []
    found = _beginning(typed, limit, kind)
    if len(found) < limit and len(typed) > 1:
        found += _holding(text, limit, kind, {pk for pk, _key in found})
    if not found:
        return []
    rows = {row.pk: row for row in _OF_KEYS.rows(keys=[pk for pk, _key in found])}
    told = (_told(rows[pk], key, typed) for pk, key in found if pk in rows)
    return list({_same(one): one for one in reversed(list(told))}.values())[::-1][:limit]


def _same(found: FoundPlace) -> tuple[str, float | None, float | None]:
    """What makes two places one: a thing and an address of the same name at the same spot."""
    x, y = found.longitude, found.latitude
    return found.name, None if x is None else round(x, 3), None if y is None else round(y, 3)


_OF_KEYS = Prepared(lambda: Place.objects.select_related("region").filter(pk__in=keys(Place)))


class _Keyed:
    """What is asked of keys for so many places, of all kinds or of one; each statement is built once."""

    def __init__(self, limit: int, *, is_of_kind: bool) -> None:
        most = 4 * limit  # a place may have several keys that fit
        typed, end = slot(PlaceKey, "typed", "key"), slot(PlaceKey, "end", "key")
        weight = slot(PlaceKey, "weight")
        begun = PlaceKey.objects.order_by().filter(key__gte=typed, key__lt=end)
        of_kind = {"kind": slot(PlaceKey, "kind")} if is_of_kind else {}
        found = begun.filter(**of_kind)
        same = PlaceKey.objects.filter(key=typed, **of_kind).order_by("-weight", "-kind", "-place")
        few = found.order_by("-weight", Length("key"), "key")
        of_weight = found.filter(weight=weight).order_by("key", "place")
        lighter = PlaceKey.objects.filter(weight__lt=weight).order_by("-weight")
        self.number = Prepared(lambda: begun.values_list("key")[: MANY + 1])
        self.same = Prepared(lambda: same.values_list("place", "key")[:most])
        self.few = Prepared(lambda: few.values_list("place", "key")[:most])
        self.of_weight = Prepared(lambda: of_weight.values_list("place", "key")[:most])
        self.lighter = Prepared(lambda: lighter.values_list("weight")[:1])


@lru_cache(maxsize=2 * MOST)
def _keyed(limit: int, is_of_kind: bool) -> _Keyed:
    return _Keyed(limit, is_of_kind=is_of_kind)


def _beginning(typed: str, limit: int, kind: str) -> list[tuple[int, str]]:
    """Places with a key that begins so, each with its key: the same, then by weight, then the shorter."""
    keyed = _keyed(limit, bool(kind))
    values = {"typed": typed, "end": typed + _LAST, "kind": kind}
    number = keyed.number.count(**values)
    if not number:
        return []
    seen: dict[int, str] = {}
    for part in (keyed.same.tuples(**values), _weighty(keyed, values, number)):
        for pk, key in part:
            seen.setdefault(pk, key)
            if len(seen) == limit:
                return list(seen.items())
    return list(seen.items())


def _weighty(keyed: _Keyed, values: dict[str, Any], number: int) -> Iterator[Sequence[Any]]:
    """What begins so, weightiest first. Of many each weight is asked for by itself, as far as anybody looks:
    weights are few, and nothing need be put in order."""
    if number <= MANY:
        yield from keyed.few.tuples(**values)
        return
    weight = _ABOVE
    while lighter := list(keyed.lighter.tuples(weight=weight, **values)):
        ((weight,),) = lighter
        yield from keyed.of_weight.tuples(weight=weight, **values)


@lru_cache(maxsize=8 * MOST)
def _held(words: int, limit: int, is_of_kind: bool) -> Prepared[Place]:
    """The heaviest of given places whose text holds so many words."""
    rows = Place.objects.filter(pk__in=keys(Place))
    for number in range(words):
        rows = rows.filter(text__icontains=slot(Place, f"word{number}", "text"))
    if is_of_kind:
        rows = rows.filter(kind=slot(Place, "kind"))
    return Prepared(lambda: rows.order_by("-weight", Length("name"), "pk").values_list("pk")[:limit])


def _holding(text: str, limit: int, kind: str, known: set[int]) -> list[tuple[int, str]]:
    """Places whose text holds every word, heaviest first; where too many may, of those that came first."""
    words = unicodedata.normalize("NFKC", text[:100]).split()[:8]
    held = TEXTS.first(words, HELD) if words else []
    if not held:
        return []
    values = {f"word{number}": word for number, word in enumerate(words)}
    found = _held(len(words), limit + len(known), bool(kind)).tuples(keys=held, kind=kind, **values)
    return [(pk, "") for (pk,) in found if pk not in known][:limit]


def _told(row: Place, key: str, typed: str) -> FoundPlace:
    return FoundPlace(
        row.ref,
        row.kind,
        row.name,
        row.name_en,
        row.about,
        row.region.code if row.region else "",
        row.region.name if row.region else "",
        row.longitude,
        row.latitude,
        _how(row, key, typed),
    )


def _how(row: Place, key: str, typed: str) -> str:
    if not key:
        return "part"
    if HAN.search(key) or plain(row.name) == key:
        return "name"
    if row.name_en and plain(row.name_en) == key:
        return "english"
    return "initials" if len(key) <= len(row.name) else "pinyin"
