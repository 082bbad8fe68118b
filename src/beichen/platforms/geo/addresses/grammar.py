"""Reading an address: the order in which parts follow each other, and the words that mark them.

The city's own words come first: names of regions and of roads that are known (:class:`Words`). What is not
known is told by its mark: 路, 号, 栋, 单元, 室. Every step takes something off the beginning of what is left
and never goes back, so that the time is linear in the text, which is short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from beichen.platforms.geo.addresses.notation import folded, without_notes
from beichen.platforms.geo.addresses.parts import Parts


class Named(NamedTuple):
    """A region that a name may mean: its level's rank (0 the province), code and path."""

    rank: int
    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the city's names are: regions by full and by short name, roads (folded) with other names."""

    regions: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    shorts: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    roads: Mapping[str, str] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Of any name."""
        return 16


COUNTY, STREET = 2, 3
_ROAD = r"(?:大街|大路|大道|公路|胡同|条街|条路|马路|街(?!道)|路|巷|弄(?!堂)|[一二三四五六七八九十]条)"
_ANY_ROAD = re.compile(rf"([^\d\-()与]{{1,8}}?{_ROAD})")
_NOT_A_ROAD = re.compile(
    r"小区|社区|店|口|桥|派出所|学校|小学|中学|幼儿园|市场|车站|站|委员会|办事处|早市|新村|花园|\d+[路公]"
)
_JOINED = re.compile(r"(?:与|和|跟|及|-|至)")
_JUNCTION = re.compile(r"(?:交[叉汇会]?(?:路|处|口|里|点|界|以)?(?:口|处)?|路口|路?口|处)")
_CORNER = re.compile(
    r"^(?:以|的)?(?:东南|东北|西南|西北|东|南|西|北)(?:角|侧|面|边|方向)?(?=.)|^(?:东南|东北|西南|西北|东|南|西|北)$"
)
_NUMBER = re.compile(r"(\d{1,6}[A-Z]?(?:-(?:\d{1,5}[A-Z]?|[A-Z]))*)(?:号(?!楼|栋|门|商铺|线|房)|$|(?=[(]))")
_BUILDING = re.compile(
    r"-?(?:第?([A-Z]?\d{1,5}[A-Z]?(?:-\d{1,4})?|[A-Z])(?:号楼|栋|座|号房)|([ACDEG-Z]\d{1,3})(?=$|\d))"
)
_UNIT = re.compile(r"第?(\d{1,3}|[A-Z])(?:单元|号门|门(?!市))")
_FLOOR = re.compile(r"第?((?:地下|负|-|B)?\d{1,3}(?:-\d{1,3})?)(?:层|楼|F)|([BF]-?\d{1,2})(?:F|层|楼)?")
_ROOM = re.compile(r"([A-Z]?\d{1,5}(?:-\d{1,4})?)(?:室|户|号|铺|档)|(\d{3,4})$")
_AWAY = re.compile(
    r"(?:往|向|以)?(东南|东北|西南|西北|东|南|西|北)(?:侧|面|方向|方|行|边)?约?(\d{1,4})(?:米|M)(?:处|道[东南西北])?$"
)
_BESIDE = re.compile(
    r"(?:(?:往|向)?(?:东南|东北|西南|西北|东|南|西|北)(?:侧|面|边|角)|附近|旁边|旁|对面|(?:商场|小区)?内|门市|门前|处|综合楼附)+$"
)
_OTHER_STREET = re.compile(r"([^\d\-()]{2,4}街道)(?=.)")
_ESTATE_END = re.compile(
    r"-?第?(?:[A-Z]?\d{1,5}[A-Z]?(?:-\d{1,4})?(?:号楼|号房|号门|号|栋|座|单元|层|楼|室|门)|[A-Z](?:座|栋|单元)|"
    r"[A-Z]\d{1,3}$|[BF]-?\d{1,2}(?:F|层|楼)?|\d{1,2}F|地下\d层|负\d层|\d{3,4}$)"
)
_ESTATE = re.compile(r"小区|花园|家园|公馆|大厦|广场|商场|市场|公寓|新村|公园")


def parse(text: str, words: Words) -> Parts:
    """The parts of an address, whatever it lacks; of a text that says none, an estate of all of it."""
    whole = folded(text)
    rest, notes = without_notes(whole)
    parts, rest = _regions(Parts(whole, notes=notes), rest, words)
    parts, rest = _away(parts, rest)
    parts, rest = _roads(parts, rest, words)
    if parts.road and not parts.crossing:
        parts, rest = _numbered(parts, rest)
    parts, rest = _estate(parts, rest)
    parts, rest = _inside(parts, rest)
    if rest and not parts.estate and not parts.crossing:
        parts = replace(parts, estate=rest[:60])
    return parts


def _regions(parts: Parts, rest: str, words: Words) -> tuple[Parts, str]:
    """Names of regions from the largest down; levels may be missing."""
    rank, found = -1, None
    while rest:
        step = _region(rest, rank, found.path if found else "", words)
        if step is None:
            break
        found, length = step
        name, rest, rank = rest[:length], rest[length:], found.rank
        if found.rank == COUNTY:
            parts = replace(parts, county=found.code)
        elif found.rank == STREET:
            parts = replace(parts, street=name)
    other = _OTHER_STREET.match(rest) if rank < STREET and not _known_road(rest, words) else None
    if other:
        parts, rest = replace(parts, street=other[1]), rest[other.end() :]
    return (replace(parts, region=found.code, path=found.path) if found else parts), rest


def _region(rest: str, rank: int, path: str, words: Words) -> tuple[Named, int] | None:
    """The region whose name stands first, below ``rank``: the longest name; a short one only before more."""
    for length in range(min(words.longest, len(rest)), 1, -1):
        name = rest[:length]
        one = _below(words.regions.get(name, ()), rank, path)
        # A subdistrict may be called as a road is: 东大街12号 is a door of the road.
        is_road = name[-1] in "街路巷" and rest[length : length + 1].isdigit()
        if one is not None and not is_road:
            return one, length
        one = _below(words.shorts.get(name, ()), rank, path)
        if one is not None and _is_short_name(rest[length:], words) and not _known_road(rest, words):
            return one, length
    return None


def _below(named: tuple[Named, ...], rank: int, path: str) -> Named | None:
    """The one that a name means here: below the region before it, or the only one there is."""
    inside = [one for one in named if one.rank > rank and one.path.startswith(path)]
    if inside:
        return inside[0]
    # A street named with the wrong district is still that street, if there is one alone.
    return named[0] if len(named) == 1 and named[0].rank > max(rank, 1) else None


def _is_short_name(after: str, words: Words) -> bool:
    """Whether what follows a short name begins with another name: 吉林长春市, but not 长春站."""
    return bool(_known_road(after, words)) or any(
        after[:length] in words.regions or after[:length] in words.shorts for length in range(2, 9)
    )


def _away(parts: Parts, rest: str) -> tuple[Parts, str]:
    """How far from the rest, and what only says that it is near."""
    found = _AWAY.search(rest)
    if found and found.start():
        parts = replace(parts, towards=found[1], metres=int(found[2]))
        rest = rest[: found.start()]
    near = _BESIDE.search(rest)
    return parts, rest[: near.start()] if near and near.start() else rest


def _known_road(rest: str, words: Words) -> str:
    """The longest known road that the text begins with, which is not the beginning of another name."""
    for length in range(min(words.longest, len(rest)), 1, -1):
        if rest[:length] not in words.roads or _NOT_A_ROAD.match(rest[length:]):
            continue
        # 东七条 of the map is 东七条街 of the sign.
        marked = rest[length : length + 1] in ("街", "路") and rest[length : length + 2] != "街道"
        return rest[: length + 1] if marked and not _NOT_A_ROAD.match(rest[length + 1 :]) else rest[:length]
    return ""


def _road(rest: str, words: Words) -> str:
    """The road that the text begins with, known or told by its mark."""
    known = _known_road(rest, words)
    if known:
        return known
    found = _ANY_ROAD.match(rest)
    if not found or _NOT_A_ROAD.match(rest[found.end() :]) or _ESTATE.search(found[1]):
        return ""
    return found[1]


def _called(road: str, words: Words) -> str:
    """A road by the name that the city has for it, if it has one."""
    return words.roads.get(road) or words.roads.get(road[:-1]) or road


def _roads(parts: Parts, rest: str, words: Words) -> tuple[Parts, str]:
    """One road, a junction of two, or several of which the last counts."""
    named: list[str] = []
    while rest and len(named) < 4:
        road = _road(rest, words)
        if not road:
            break
        rest = rest[len(road) :]
        named.append(_called(road, words))
        joined = _JOINED.match(rest)
        other = _road(rest[joined.end() :], words) if joined else ""
        if joined and other:
            rest = rest[joined.end() + len(other) :]
            end = _JUNCTION.match(rest)
            rest = _CORNER.sub("", rest[end.end() :] if end else rest)
            other = _called(other, words)
            return replace(parts, road=named[-1], crossing=other, within=tuple(named[:-1])), rest
    if not named:
        return parts, rest
    return replace(parts, road=named[-1], within=tuple(named[:-1])), rest


def _numbered(parts: Parts, rest: str) -> tuple[Parts, str]:
    found = _NUMBER.match(rest)
    if not found:
        return parts, rest
    return replace(parts, number=found[1]), rest[found.end() :]


def _estate(parts: Parts, rest: str) -> tuple[Parts, str]:
    """What stands before the first mark of a building, a floor or a room: 中环11区 of 中环11区34号楼."""
    end = _ESTATE_END.search(rest)
    name = rest[: end.start()] if end else rest
    if len(name) < 2:
        return parts, rest
    near = _BESIDE.search(name)
    plain = name[: near.start()] if near and near.start() else name
    return replace(parts, estate=plain.replace("-", "")[:60]), rest[len(name) :]


def _inside(parts: Parts, rest: str) -> tuple[Parts, str]:
    """Building, unit, floor and room, in this order; what is none of them is passed over."""
    said: dict[str, Any] = {}
    for name, pattern in (("building", _BUILDING), ("unit", _UNIT), ("floor", _FLOOR), ("room", _ROOM)):
        found = pattern.match(rest)
        if found:
            value = next(one for one in found.groups() if one)
            said[name] = value
            rest = rest[found.end() :].lstrip("-")
    return replace(parts, **said), rest
