"""Ask the screen (问大屏): what a few words may mean, found within the reader's rights, grouped and ranked.

Names of indicators, of the plan's lines, of screens and of pages are few and are kept in memory for some
minutes (:mod:`.naming`); they are found in Chinese, in English and in pinyin (:mod:`.spelling`). Of cases and
objects there are many: cases are found by the words of their titles (an index of n-grams), objects by their
names as places are (by beginnings, pinyin and initials too), both by their codes. No table is read through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.overview.object import address_of
from beichen.fronts.overview.screens.naming import Name, kept, name_of, rank
from beichen.fronts.overview.screens.shelf import names as names_of_screens
from beichen.fronts.overview.screens.spelling import spellings
from beichen.hubs.data import service as data
from beichen.hubs.events import service as events
from beichen.kernel.access.service import decide, visible
from beichen.kernel.actor import Actor, system
from beichen.plan.models import Plan, PlanIndicator, Project
from beichen.plan.service import READ as READ_PLAN
from beichen.plan.service import current_plan
from beichen.platforms.geo import service as geo
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.models import Object
from beichen.web.links import Destination, destination_names

LONGEST = 100
SHOWN = 8
MOST_NAMES = 5_000
_VERBS = re.compile(r"^(打开|进入|查看|转到|去|open|go to|show)\s*")
_OBJECT = "object:"
_CASE_CODE = re.compile(r"\d{8}-\w{1,11}", re.ASCII)  # begins with its day


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found; higher ranks stand first."""

    name: str
    href: str
    rank: int


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one sort."""

    key: str
    title: str
    found: list[Found]


def find(text: str, *, by: Actor, language: str, pages: Sequence[Destination]) -> list[Group]:
    """What ``text`` may mean, group by group, the best group first; nothing for an empty text.

    ``pages`` are those of the navigation that the reader sees.
    """
    asked = _VERBS.sub("", text.strip().casefold()[:LONGEST])
    words = asked.split()
    if not words:
        return []
    called = [name_of(one.name, one.name_en, one.href, one.words) for one in pages]
    named: list[tuple[str, str, Iterable[Name]]] = [
        ("pages", _("Pages of the house"), called),
        ("screens", _("Screens"), _screens(by)),
        ("indicators", _("Indicators"), _indicators(by)),
        ("plan", _("Plan"), _plan(by)),
    ]
    spelt = spellings() if asked.isascii() else {}
    groups = [Group(key, title, _ranked(words, names, language, spelt)) for key, title, names in named]
    groups.append(Group("cases", _("Cases"), _cases(asked, by)))
    groups.append(Group("objects", _("Objects"), _objects(asked, by)))
    filled = [group for group in groups if group.found]
    return sorted(filled, key=lambda group: -group.found[0].rank)


def find_named(key: str, text: str, *, by: Actor, language: str, pages: Sequence[Destination]) -> list[Found]:
    """What ``text`` may mean among one sort of named things: pages, indicators or plan; the nearest first."""
    asked = _VERBS.sub("", text.strip().casefold()[:LONGEST])
    words = asked.split()
    if not words:
        return []
    names: Iterable[Name] = {
        "pages": lambda: [name_of(one.name, one.name_en, one.href, one.words) for one in pages],
        "indicators": lambda: _indicators(by),
        "plan": lambda: _plan(by),
    }[key]()
    return _ranked(words, names, language, spellings() if asked.isascii() else {})


def all_names() -> list[str]:
    """Every name in memory that may be asked for, for whoever: what is spelt."""
    house = system("overview")
    found = [*_screens(house), *_indicators(house), *_plan(house)]
    return [*(one.name for one in found), *destination_names()]


def _ranked(words: list[str], names: Iterable[Name], language: str, spelt: dict[str, str]) -> list[Found]:
    """Those whose names hold every word, the nearest first."""
    found = [
        Found(one.name_en if language == "en" else one.name, one.href, near)
        for one in names
        if (near := rank(words, one, spelt))
    ]
    return sorted(found, key=lambda one: (-one.rank, len(one.name), one.name))[:SHOWN]


def _screens(by: Actor) -> list[Name]:
    return [name_of(one.name, one.name_en, _address(one.key)) for one in names_of_screens(by)]


@lru_cache(maxsize=1_024)
def _address(screen: str) -> str:
    return reverse("overview:one-screen", args=[screen])


def _indicators(by: Actor) -> list[Name]:
    """The names of all current indicators, which are open to whoever may read indicators."""
    if not decide(by, data.READ):
        return []
    return kept("beichen.screen.names.indicators", _of_indicators)


def _of_indicators() -> list[Name]:
    rows = data.indicators().values_list("key", "name", "name_en")[:MOST_NAMES]
    return [Name(name, name_en, reverse("data:indicator", args=[key])) for key, name, name_en in rows]


def _plan(by: Actor) -> list[Name]:
    """The indicators and projects of the plan in force."""
    plan = current_plan()
    if plan is None or not decide(by, READ_PLAN, plan):
        return []
    return kept(f"beichen.screen.names.plan.{plan.pk}", partial(_of_plan, plan))


def _of_plan(plan: Plan) -> list[Name]:
    english = plan.english
    lines = PlanIndicator.objects.filter(plan=plan).values_list("number", "name")[:MOST_NAMES]
    found = [
        Name(name, english.get(name, name), reverse("plan:indicator", args=[number]))
        for number, name in lines
    ]
    projects = Project.objects.filter(plan=plan).values_list("name", flat=True)[:MOST_NAMES]
    address = reverse("plan:projects")
    found += [Name(name, english.get(name, name), f"{address}?q={name[:60]}") for name in projects]
    return found


def _cases(asked: str, by: Actor) -> list[Found]:
    """The case of a code, then the newest whose titles hold every word."""
    if not decide(by, events.READ):
        return []
    exact = list(events.cases(by=by).filter(code=asked.upper())) if _CASE_CODE.fullmatch(asked) else []
    words = [] if exact or len(asked) < 2 else events.found_by_title(asked, by=by, most=SHOWN)
    return [
        Found(f"{row.title} {row.code}", reverse("governance:case", args=[row.code]), 4 if exact else 1)
        for row in (*exact, *words)
    ]


def _objects(asked: str, by: Actor) -> list[Found]:
    """The object of a code, then those whose names fit; of both what the reader may see."""
    try:
        row = registry.object_by_code(asked.upper()[:40], by=by)
    except ProblemError:
        return _named_objects(asked, by)
    return [Found(f"{row.name or row.code} {row.code}", address_of(row.code), 4)]


def _named_objects(asked: str, by: Actor) -> list[Found]:
    if len(asked) < 2 or not decide(by, geo.READ):
        return []
    places = geo.search_places(asked, by=by, limit=SHOWN, kind="object")
    codes = [one.ref.removeprefix(_OBJECT) for one in places]
    rows = visible(by, registry.READ, Object.objects.filter(code__in=codes, removed_at=None))
    seen = {row.code: row for row in rows}
    return [
        Found(f"{seen[code].name} {code}", address_of(code), 1 if place.how == "part" else 2)
        for place, code in zip(places, codes, strict=True)
        if code in seen
    ]
