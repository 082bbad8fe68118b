"""Which body of the city a passage names: shown beside an unassigned duty, never assigned by itself.

The plan writes short names (净月高新区), the city's list full ones (长春净月高新技术产业开发区管理委员会).
Both are folded to what they have in common and must then be equal; a near miss suggests nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Protocol

from beichen.kernel.org.models import Body
from beichen.plan.models import BodyMention, Plan

SHORT = {"高新区": "高新技术产业开发区", "经开区": "经济技术开发区", "汽开区": "汽车经济技术开发区"}
GOVERNMENTS = ("district-government", "county-government")
_TAIL = re.compile(r"(管理委员会|管委会|人民政府|政府)\Z")
_LEAST = 2  # letters that must be left to tell one body from another


class Passage(Protocol):
    """Something that stands from ``start`` to ``end`` in the plan's text."""

    @property
    def kind(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def fold(name: str, city: str) -> str:
    """What is left of a body's name without the city's name, the form of office and abbreviations."""
    short = city.removesuffix("市")
    for head in (city, short, "市"):
        if head and name.startswith(head) and len(name) > len(head) + 1:
            name = name[len(head) :]
            break
    for abbreviation, full in SHORT.items():
        name = re.sub(f"{abbreviation}\\Z", full, name)
    return _TAIL.sub("", name)


def bodies_by_name(names: Iterable[tuple[int, str]], city: str) -> Mapping[str, int]:
    """Bodies' row ids by folded name; a name that two share names none."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for pk, name in names:
        folded = fold(name, city)
        if folded in found or len(folded) < _LEAST:
            twice.add(folded)
        found[folded] = pk
    return {name: pk for name, pk in found.items() if name not in twice}


def _districts(plan: Plan) -> dict[str, int]:
    """The governments of the districts and counties of the plan's region, by the district's name."""
    if plan.region is None:
        return {}
    rows = Body.objects.filter(
        kind__in=GOVERNMENTS, is_current=True, region__path__under=plan.region.path, region__level="county"
    )
    return dict(rows.values_list("region__name", "pk"))


def suggested(plan: Plan, passages: Iterable[Passage]) -> dict[tuple[str, str], int]:
    """For each passage that names one of the city's bodies, the body that it names first: three queries.

    A heading that is a district's own name (南关区) names the district's government.
    """
    city = plan.region.name if plan.region else ""
    known = bodies_by_name(Body.objects.filter(is_current=True).values_list("pk", "name"), city)
    rows = BodyMention.objects.filter(plan=plan).order_by("start").values_list("start", "body__name")
    mentions = [(start, known[fold(name, city)]) for start, name in rows if fold(name, city) in known]
    starts = [start for start, _body in mentions]
    found: dict[tuple[str, str], int] = {}
    districts = _districts(plan)
    for passage in passages:
        if passage.title in districts:
            found[passage.kind, passage.key] = districts[passage.title]
            continue
        at = bisect_left(starts, passage.start)
        if at < len(starts) and starts[at] < passage.end:
            found[passage.kind, passage.key] = mentions[at][1]
    return found
