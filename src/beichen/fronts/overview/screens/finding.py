"""Ask the screen (问大屏): what a few words may mean, found within the reader's rights, grouped and ranked.

Names of indicators, of the plan's lines and of screens are few and are kept in memory for
:data:`SECONDS`; cases and objects, of which there are many, are found by their codes alone (unique indexes).
No table is read through for a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.overview.models import ThingLayer
from beichen.fronts.overview.screens.shelf import screens
from beichen.hubs.data import service as data
from beichen.hubs.events import service as events
from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.plan.models import PlanIndicator, Project
from beichen.plan.service import READ as READ_PLAN
from beichen.plan.service import current_plan
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.web.links import Link

LONGEST = 100
SECONDS = 300
SHOWN = 8
MOST_NAMES = 5_000
Name = tuple[str, str, str]
"""What something is called in Chinese and in English, and its address."""


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


def find(text: str, *, by: Actor, language: str, pages: Sequence[Link]) -> list[Group]:
    """What ``text`` may mean, group by group, the best group first; nothing for an empty text.

    ``pages`` are those of the navigation that the reader sees.
    """
    words = text.strip().casefold()[:LONGEST].split()
    if not words:
        return []
    named: list[tuple[str, str, Iterable[Name]]] = [
        ("screens", _("Screens"), _screens(by)),
        ("indicators", _("Indicators"), _indicators(by)),
        ("plan", _("Plan"), _plan(by)),
        ("pages", _("Pages of the house"), [(str(page.label), str(page.href), page.href) for page in pages]),
    ]
    groups = [Group(key, title, _ranked(words, names, language)) for key, title, names in named]
    code = text.strip().upper()[:40]
    groups.append(Group("cases", _("Cases"), _case(code, by)))
    groups.append(Group("objects", _("Objects"), _object(code, by)))
    filled = [group for group in groups if group.found]
    return sorted(filled, key=lambda group: -group.found[0].rank)


def _ranked(words: list[str], names: Iterable[Name], language: str) -> list[Found]:
    """Those whose names hold every word, the nearest first."""
    found = []
    for name, name_en, href in names:
        rank = max(_rank(words, name.casefold()), _rank(words, name_en.casefold()))
        if rank:
            found.append(Found(name_en if language == "en" else name, href, rank))
    return sorted(found, key=lambda one: (-one.rank, len(one.name), one.name))[:SHOWN]


def _rank(words: list[str], name: str) -> int:
    """4: the name itself; 3: its beginning; 2: the beginning of a word of it; 1: within; 0: not."""
    if not all(word in name for word in words):
        return 0
    whole = " ".join(words)
    if name == whole:
        return 4
    if name.startswith(whole):
        return 3
    return 2 if any(part.startswith(words[0]) for part in name.split()) else 1


def _screens(by: Actor) -> list[Name]:
    return [
        (one.screen.name, one.screen.name_en, reverse("overview:one-screen", args=[one.key]))
        for one in screens(by)
    ]


def _indicators(by: Actor) -> list[Name]:
    """The names of all current indicators, which are open to whoever may read indicators."""
    if not decide(by, data.READ):
        return []
    kept: list[Name] | None = cache.get("beichen.screen.names.indicators")
    if kept is None:
        rows = data.indicators().values_list("key", "name", "name_en")[:MOST_NAMES]
        kept = [(name, name_en, reverse("data:indicator", args=[key])) for key, name, name_en in rows]
        cache.set("beichen.screen.names.indicators", kept, SECONDS)
    return kept


def _plan(by: Actor) -> list[Name]:
    """The indicators and projects of the plan in force."""
    plan = current_plan()
    if plan is None or not decide(by, READ_PLAN, plan):
        return []
    key = f"beichen.screen.names.plan.{plan.pk}"
    kept: list[Name] | None = cache.get(key)
    if kept is None:
        english = plan.english
        lines = PlanIndicator.objects.filter(plan=plan).values_list("number", "name")[:MOST_NAMES]
        kept = [
            (name, english.get(name, name), reverse("plan:indicator", args=[number]))
            for number, name in lines
        ]
        projects = Project.objects.filter(plan=plan).values_list("name", flat=True)[:MOST_NAMES]
        address = reverse("plan:projects")
        kept += [(name, english.get(name, name), f"{address}?q={name[:60]}") for name in projects]
        cache.set(key, kept, SECONDS)
    return kept


def _case(code: str, by: Actor) -> list[Found]:
    if not decide(by, events.READ):
        return []
    row = events.cases(by=by).filter(code=code).first()
    if row is None:
        return []
    return [Found(f"{row.title} {row.code}", reverse("governance:case", args=[row.code]), 4)]


def _object(code: str, by: Actor) -> list[Found]:
    try:
        row = registry.object_by_code(code, by=by)
    except ProblemError:
        return []
    layer = _layer_of(row.type.key)
    address = reverse("overview:things", args=[layer]) + f"?q={row.code}" if layer else ""
    href = address or f"/ngsi-ld/v1/entities/{row.urn}"
    return [Found(f"{row.name or row.code} {row.code}", href, 4)]


def _layer_of(type_key: str) -> str:
    """The layer of things in which objects of a type stand; empty for none."""
    return str(ThingLayer.objects.filter(type=type_key).values_list("key", flat=True).first() or "")
