"""Finding the address of the library that a text means (地址匹配), with a score and the reasons.

Candidates come from indexes alone: the number on the road, the junction, the building of the estate, the
name. What that does not answer well is asked again more loosely: a road that is spelt nearly so, a name by
its halves, the neighbouring numbers, the road as a whole. Each of these looks at a bounded number of rows.
Many texts are asked together: a few statements for all of them, and only what is left over one by one.

Long because one search goes from strict to loose: each step reads what the one before left.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from rapidfuzz import process
from rapidfuzz.distance import Indel

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.platforms.geo.addresses.grammar import Words, parse
from beichen.platforms.geo.addresses.library import ADDRESSES
from beichen.platforms.geo.addresses.models import Address, Place, PlaceKind, Standing
from beichen.platforms.geo.addresses.notation import folded
from beichen.platforms.geo.addresses.parts import Parts, block_of, door_of, first_number
from beichen.platforms.geo.addresses.scoring import COLUMNS, Known, Reason, Scored, known_of, scored
from beichen.platforms.geo.addresses.vocabulary import words
from beichen.platforms.geo.rights import READ

__all__ = ["ACCEPTED", "MOST", "Match", "match", "match_many"]

ACCEPTED = 0.6
"""A match of at least this score is taken without a person's look."""
SURE = 0.85
MOST = 1_000
_PER_KEY, _LOOSE = 60, 40
_MOST_LIKE, _RESPELT, _ALIKE = 12, 0.95, 0.82
_LEVELS = re.compile("^(?:[^省]{2,8}省)?(?:[^市]{2,8}市)?(?:[^区县]{2,6}[区县])?")
_NEAREST = 200  # numbers: farther along the road a neighbour says nothing
_ROAD_SCORE, _REGION_SCORE = 0.35, 0.15
_METRES = 111_195.0  # a degree of latitude
_WINDS = {
    "东": (1, 0),
    "西": (-1, 0),
    "南": (0, -1),
    "北": (0, 1),
    "东南": (0.71, -0.71),
    "东北": (0.71, 0.71),
    "西南": (-0.71, -0.71),
    "西北": (-0.71, 0.71),
}


@dataclass(frozen=True, slots=True)
class Match:
    """What a text means. ``precision``: address, nearby (between or beside addresses), road, region, or none.

    ``code`` and ``address`` are of the library, empty where no single address is meant.
    """

    parts: Parts
    score: float = 0.0
    precision: str = "none"
    code: str = ""
    address: str = ""
    name: str = ""
    region: str = ""
    longitude: float | None = None
    latitude: float | None = None
    reasons: tuple[Reason, ...] = ()
    others: tuple[Scored, ...] = field(default=(), repr=False)

    @property
    def is_accepted(self) -> bool:
        """Whether it is good enough to be used as the place."""
        return self.score >= ACCEPTED and self.longitude is not None


def match(text: str, *, by: Actor) -> Match:
    """What one text means. Raises ProblemError ACC-403."""
    return match_many([text], by=by)[0]


def match_many(texts: Sequence[str], *, by: Actor, level: int = max(Level)) -> list[Match]:
    """What each text means, in their order; :data:`MOST` at once are enough. Raises ProblemError ACC-403.

    Addresses above ``level`` are not known to it: what it finds may go where that level is read.
    """
    require(by, READ)
    known = words()
    rows = visible(by, READ, Address.objects.filter(level__lte=level).exclude(standing=Standing.RETIRED))
    asked = [parse(text, known) for text in texts]
    finder = _Finder(rows, known)
    finder.look_up(asked)
    return [finder.match(parts) for parts in asked]


class _Finder:
    """Candidates of a batch of texts, by the keys under which they were found."""

    def __init__(self, rows: QuerySet[Address], known: Words) -> None:
        self._rows, self._words = rows, known
        self._found: dict[tuple[str, str], list[Known]] = defaultdict(list)
        self._asked: set[tuple[str, str]] = set()

    def look_up(self, asked: Iterable[Parts]) -> None:
        """Ask for everything that these name, by each index once."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for parts in asked:
            for column, key in _keys(parts, self._words):
                if (column, key) not in self._asked:
                    wanted[column].add(key)
                    self._asked.add((column, key))
        for column, keys in wanted.items():
            self._read(column, sorted(keys))

    def _read(self, column: str, keys: list[str]) -> None:
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            rows = self._rows.filter(**{f"{column}__in": part}).order_by(column, "code")
            for key, *row in rows.values_list(column, *COLUMNS)[: _PER_KEY * len(part)]:
                self._found[(column, key)].append(known_of(tuple(row)))

    def _best(self, parts: Parts, more: Iterable[Known] = ()) -> list[Scored]:
        keys = _keys(parts, self._words)
        candidates = {one.code: one for key in keys for one in self._found.get(key, ())}
        candidates |= {one.code: one for one in more}
        ranked = [scored(parts, one) for one in candidates.values()]
        return sorted(ranked, key=lambda one: (-one.score, len(one.known.text), one.known.code))

    def match(self, parts: Parts) -> Match:
        """The best that there is, asked more loosely as long as it is not good."""
        ranked = self._best(parts)
        if not ranked or ranked[0].score < SURE:
            ranked, parts = self._loosely(parts, ranked)
        if ranked and ranked[0].score >= ACCEPTED:
            return _matched(parts, ranked)
        beside = self._beside(parts) or self._on_road(parts)
        if beside is not None and (not ranked or beside.score > ranked[0].score):
            return replace(beside, others=tuple(ranked[:4]))
        return _matched(parts, ranked) if ranked and ranked[0].score >= _ROAD_SCORE else _in_region(parts)

    def _loosely(self, parts: Parts, ranked: list[Scored]) -> tuple[list[Scored], Parts]:
        respelt = self._respelt(parts)
        self.look_up(respelt)
        for other in respelt:
            again = self._best(other)
            if again and (not ranked or again[0].score * _RESPELT > ranked[0].score):
                reason = Reason("road", "like", other.crossing or other.road)
                ranked = [
                    replace(one, score=one.score * _RESPELT, reasons=(*one.reasons, reason)) for one in again
                ]
                parts = other
        if parts.estate and (not ranked or ranked[0].score < SURE):
            ranked = self._best(parts, self._named_nearly(parts.estate)) or ranked
        if not ranked or ranked[0].score < ACCEPTED:
            ranked = [*self._written_alike(parts), *ranked]
            ranked.sort(key=lambda one: -one.score)
        return ranked, parts

    def _written_alike(self, parts: Parts) -> list[Scored]:
        """Addresses that are written nearly so as a whole, with the same numbers: for mistakes in marks."""
        asked = _bare(parts.text)
        if not 4 <= len(asked) <= 40:
            return []
        found: set[int] = set()
        for start in range(0, len(asked) - 2, 3):
            if len(found) < 5 * _LOOSE:
                found.update(ADDRESSES.first([asked[start : start + 4]], _LOOSE))
        numbers, scores = re.findall(r"\d+", asked), []
        for row in self._rows.filter(pk__in=found).values_list(*COLUMNS):
            known = known_of(row)
            written = _bare(folded(known.text))
            likeness = Indel.normalized_similarity(asked, written)
            if likeness >= _ALIKE and re.findall(r"\d+", written) == numbers:
                scores.append(Scored(known, likeness * _RESPELT, (Reason("text", "like", known.text),)))
        return scores

    def _respelt(self, parts: Parts) -> list[Parts]:
        """The same with known roads in place of those that are spelt nearly so, the likeliest first."""
        roads, crossings = self._like(parts.road), self._like(parts.crossing)
        found = [
            replace(parts, road=road, crossing=crossing, within=(*parts.within, parts.road))
            for road in roads or [parts.road]
            for crossing in crossings or [parts.crossing]
        ]
        return found if roads or crossings else []

    def _like(self, road: str) -> list[str]:
        """Known roads that an unknown one may be a mistake for."""
        if not road or road in self._words.roads:
            return []
        close = process.extract(
            road,
            self._words.roads.keys(),
            scorer=Indel.normalized_similarity,
            score_cutoff=0.6,
            limit=_MOST_LIKE,
        )
        # 东二条 is no mistake for 东九条: numerals name another road.
        return [like for like, _likeness, _at in close if _numerals(like) == _numerals(road)]

    def _named_nearly(self, name: str) -> list[Known]:
        """Addresses whose text holds the name, or one half of it: a mistake spoils one half alone."""
        half = (len(name) + 1) // 2
        found: list[int] = []
        for part in dict.fromkeys((name, name[:half], name[half:], name[1:], name[:-1])):
            if len(part) > 1 and len(found) < _LOOSE:
                found += ADDRESSES.first([part], _LOOSE)
        rows = self._rows.filter(pk__in=found[: 3 * _LOOSE])
        return [known_of(row) for row in rows.values_list(*COLUMNS)]

    def _beside(self, parts: Parts) -> Match | None:
        """A place between the nearest numbers of the road, or at the nearest."""
        number = first_number(parts.number)
        if not parts.road or number is None:
            return None
        along = self._rows.filter(road=parts.road)
        below = along.filter(first_number__lte=number, first_number__gte=number - _NEAREST)
        above = along.filter(first_number__gt=number, first_number__lte=number + _NEAREST)
        before = _nearest(below.order_by("-first_number").values_list(*COLUMNS)[:8], number)
        after = _nearest(above.order_by("first_number").values_list(*COLUMNS)[:8], number)
        return _between(parts, number, before, after)

    def _on_road(self, parts: Parts) -> Match | None:
        if not parts.road:
            return None
        road = Place.objects.filter(kind=PlaceKind.ROAD, name=parts.road).select_related("region").first()
        if road is None:
            return None
        return Match(
            parts,
            _ROAD_SCORE,
            "road",
            address=road.name,
            region=road.region.code if road.region else parts.region,
            longitude=road.longitude,
            latitude=road.latitude,
            reasons=(Reason("road", "same", road.name),),
        )


def _bare(text: str) -> str:
    """A folded text without the names of province, city and district that it begins with."""
    return _LEVELS.sub("", text)


def _numerals(road: str) -> list[str]:
    return [one for one in road if one in "一二三四五六七八九十"]


def _keys(parts: Parts, known: Words) -> list[tuple[str, str]]:
    """Under which keys of which columns the library may have it."""
    found = [("door", parts.door), ("block", parts.block)]
    for road in parts.within:
        found += [("door", door_of(road, parts.number)), ("block", block_of(road, parts.building))]
    if parts.estate:
        found += [("estate", parts.estate), ("name", parts.estate)]
        found.append(("block", block_of(parts.road, parts.building)))
    for note in parts.notes:
        said = parse(note, known)
        found += [("door", said.door), ("door", door_of(parts.road, said.number)), ("estate", said.estate)]
    return [(column, key) for column, key in dict.fromkeys(found) if key]


def _central(ranked: list[Scored]) -> Scored:
    """Of those that fit equally, the one in the middle: a market of hundred doors is not at its corner."""
    ties = [one for one in ranked if one.score > ranked[0].score - 0.001]
    longitude = statistics.median(one.known.longitude for one in ties)
    latitude = statistics.median(one.known.latitude for one in ties)
    return min(
        ties,
        key=lambda one: (one.known.longitude - longitude) ** 2 + (one.known.latitude - latitude) ** 2,
    )


def _matched(parts: Parts, ranked: list[Scored]) -> Match:
    best = _central(ranked)
    longitude, latitude = _moved(best.known.longitude, best.known.latitude, parts)
    return Match(
        parts,
        round(best.score, 3),
        "nearby" if parts.metres else "address",
        best.known.code,
        best.known.text,
        best.known.name,
        best.known.region,
        longitude,
        latitude,
        best.reasons,
        tuple(one for one in ranked if one is not best)[:4],
    )


def _moved(longitude: float, latitude: float, parts: Parts) -> tuple[float, float]:
    """As far away in the direction as the text says: 西北侧约90米."""
    if not parts.metres or parts.towards not in _WINDS:
        return longitude, latitude
    east, north = (part * parts.metres / _METRES for part in _WINDS[parts.towards])
    return round(longitude + east / math.cos(math.radians(latitude)), 6), round(latitude + north, 6)


def _nearest(rows: Iterable[tuple[object, ...]], number: int) -> Known | None:
    """The nearest number, one of the same side of the road (even or odd) before the others."""
    found = [known_of(row) for row in rows]
    found.sort(
        key=lambda one: ((one.first_number or 0) % 2 != number % 2, abs((one.first_number or 0) - number))
    )
    return found[0] if found else None


def _between(parts: Parts, number: int, before: Known | None, after: Known | None) -> Match | None:
    ends = [one for one in (before, after) if one is not None]
    if not ends:
        return None
    low, high = ends[0].first_number or 0, ends[-1].first_number or 0
    share = (number - low) / (high - low) if high > low else 0.0
    longitude = ends[0].longitude + share * (ends[-1].longitude - ends[0].longitude)
    latitude = ends[0].latitude + share * (ends[-1].latitude - ends[0].latitude)
    gap = min(abs((one.first_number or 0) - number) for one in ends)
    score = (0.75 if len(ends) > 1 else 0.68) - 0.3 * min(gap, _NEAREST) / _NEAREST
    reasons = (
        Reason("road", "same", parts.road),
        Reason("number", "near", "–".join(one.number for one in ends)),
    )
    return Match(
        parts,
        round(score, 3),
        "nearby",
        region=ends[0].region,
        address=" – ".join(one.text for one in ends),
        longitude=round(longitude, 6),
        latitude=round(latitude, 6),
        reasons=reasons,
    )


def _in_region(parts: Parts) -> Match:
    if not parts.region:
        return Match(parts)
    reason = Reason("county" if parts.county else "region", "same", parts.region)
    return Match(parts, _REGION_SCORE, "region", region=parts.region, reasons=(reason,))
