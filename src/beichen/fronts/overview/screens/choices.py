"""What a widget can be bound to, as lists to choose from: only what the maker may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beichen.fronts.overview.models import VideoSource
from beichen.fronts.overview.rights import READ
from beichen.fronts.overview.things import layers as thing_layers
from beichen.hubs.data import service as data
from beichen.kernel.access.service import decide, visible
from beichen.kernel.actor import Actor
from beichen.platforms.geo import service as geo
from beichen.platforms.warehouse import service as warehouse

Choices = list[tuple[str, str]]
CASES = {
    "open": gettext_lazy("Open now"),
    "overdue": gettext_lazy("Overdue"),
    "new": gettext_lazy("New today"),
    "closed": gettext_lazy("Closed today"),
    "day": gettext_lazy("By day"),
    "stage": gettext_lazy("By stage"),
    "grade": gettext_lazy("By grade"),
    "region": gettext_lazy("By part of the region"),
    "body": gettext_lazy("By body"),
    "kind": gettext_lazy("By kind"),
    "newest": gettext_lazy("The newest"),
}
PLAN = {
    "met": gettext_lazy("Targets ahead or on course"),
    "statuses": gettext_lazy("Targets by status"),
    "boxes": gettext_lazy("Projects by box"),
    "standings": gettext_lazy("Each target"),
}
FORMS = {
    "line": gettext_lazy("As a line"),
    "bar": gettext_lazy("Bars"),
    "area": gettext_lazy("Filled area"),
    "pie": gettext_lazy("Parts of a whole"),
}
EVERY = {
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
}


def choices_of(bound: str, *, by: Actor, language: str, now: datetime) -> Choices:
    """What a widget of this binding can name: one of ``indicator``, ``question``, ``things``, ``layers``,
    ``video``."""
    sorts: dict[str, Callable[[], Choices]] = {
        "indicator": lambda: _indicators(by, language),
        "question": lambda: _questions(by),
        "things": lambda: [
            (str(one.row.type), one.title) for one in thing_layers(by=by, language=language, now=now)
        ],
        "layers": lambda: [
            (str(row.key), str((row.name_en or row.name) if language == "en" else row.name))
            for row in visible(by, geo.READ, geo.layers())
        ],
        "video": lambda: [
            (str(row.key), row.named(language)) for row in visible(by, READ, VideoSource.objects.all())
        ],
    }
    return sorted(dict(sorts[bound]()).items(), key=lambda pair: pair[1])


def tables_of(by: Actor, language: str) -> Choices:
    """The tables that the maker may ask, as names and what they are called."""
    if not decide(by, warehouse.READ):
        return []
    return [
        (str(row.name), str(row.en if language == "en" else row.zh)[:80]) for row in warehouse.readable(by)
    ]


def _indicators(by: Actor, language: str) -> Choices:
    if not decide(by, data.READ):
        return []
    name = "name_en" if language == "en" else "name"
    rows = data.indicators().values_list("key", name, "unit")
    return [(key, f"{title} ({data.unit_name(unit)})" if unit else title) for key, title, unit in rows]


def _questions(by: Actor) -> Choices:
    if not decide(by, warehouse.READ):
        return []
    alone = _("seen by you alone")
    return [
        (str(row.code), row.title if row.is_shared else f"{row.title} ({alone})")
        for row in warehouse.questions(by)
    ]
