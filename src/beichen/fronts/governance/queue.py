"""The queue of cases as a declared table: what can be filtered, searched and ordered, each by an index.

Bodies and kinds are resolved before the cases are asked for, so that the database meets plain columns.
A search that looks like a case's code is a range of the index of codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from beichen.fronts.governance.reach import CLOSED, OPEN, cases_for, ours
from beichen.fronts.governance.signs import grade_badge, time_badge
from beichen.fronts.governance.times import SOON, left_words
from beichen.fronts.governance.wording import body_name
from beichen.hubs.events.models import Case
from beichen.hubs.events.pages import Grade, Stage
from beichen.hubs.events.service import all_kinds, titled
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.web.counted import MOST, CountedRows
from beichen.web.tables import Column, Filter, State, Table, TablePage

CODE = re.compile(r"\d{4,8}(-[0-9A-Z]{0,6})?\Z")
Rule = Callable[[QuerySet[Case], str], QuerySet[Case]]
_LAST = "\uffff"
DAY = 8
"""So many digits of a code name the day on which its case came in."""
BARE = Q(is_open=True)
"""Open cases, said so that SQLite serves them by no index that begins with this column: see ``OPEN``."""


def region_name(region: Region) -> str:
    """A region's name in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return (region.name_en or region.name) if is_english else region.name


@dataclass(frozen=True, slots=True)
class CaseTable(Table[Case]):
    """The queue: each filter has a rule, closed cases come only when they are asked for."""

    rules: Mapping[str, Rule] = field(default_factory=dict)

    def select(self, chosen: State) -> Any:
        """The rows of a state, with a count that stops."""
        column = self.sorted_by(chosen)
        if column is not None:
            sign = "-" if chosen.is_descending else ""
            order: list[Any] = [*(f"{sign}{name}" for name in column.sort), f"{sign}id"]
        elif chosen.filters.get("stage") == Stage.CLOSED:
            order = ["-opened_at", "-id"]
        else:
            order = [F("due_at").asc(nulls_last=True), "id"]
        # Of many, a page by code or by time of arrival is read in that order: the database would take an
        # index that begins with another column, find every open case and sort them.
        are_open = BARE if column is not None and column.key in ("opened", "code") else OPEN
        in_order = self._chosen(chosen, are_open, is_range=False).order_by(*order)
        is_title = bool(chosen.query) and not CODE.match(chosen.query.upper())
        if is_title or not (chosen.query or chosen.filters):
            return CountedRows.of(in_order)
        return CountedRows.of(self._chosen(chosen, OPEN).order_by(*order), in_order)

    def _chosen(self, chosen: State, are_open: Q, *, is_range: bool = True) -> QuerySet[Case]:
        """The rows of a state in no order; ``are_open`` asks for open ones where it is not said which.

        A whole day's code, or more of it, finds closed cases too; a year or a month open ones alone: as a
        range of the index of codes, or by looking at each.
        """
        rows: QuerySet[Case] = self.rows
        code = chosen.query.upper()
        is_code = bool(CODE.match(code))
        if not is_code or len(code) < DAY:
            is_closed = chosen.filters.get("stage") == Stage.CLOSED
            rows = rows.filter(CLOSED if is_closed else are_open)
        if is_code and (is_range or len(code) >= DAY):
            rows = rows.filter(code__gte=code, code__lt=code + _LAST)
        elif is_code:
            rows = rows.filter(code__startswith=code)
        elif chosen.query:
            rows = titled(rows, chosen.query)
        for key, value in chosen.filters.items():
            rows = self.rules[key](rows, value)
        return rows


class CasePage(TablePage):
    """A page of the queue; says when there are more cases than were counted."""

    @property
    def summary(self) -> str:
        """How many cases there are, as far as they were counted."""
        if self.total > MOST:
            return gettext("more than %(count)s cases") % {"count": f"{MOST:,}"}
        return ngettext("%(count)d case", "%(count)d cases", self.total) % {"count": self.total}


def _code(row: Case) -> SafeString:
    return format_html('<a class="figures" href="{}">{}</a>', case_address(row.code), row.code)


def case_address(code: str) -> str:
    """Where a case is shown."""
    return reverse("governance:case", args=[code])


def _title(row: Case) -> SafeString:
    shown = format_html('<a href="{}" lang="zh-Hans">{}</a>', case_address(row.code), row.title)
    if row.is_demo:
        shown += format_html(' <span class="badge">{}</span>', gettext("Demo"))
    return shown


def _kind(row: Case) -> str:
    return row.kind.label if row.kind is not None else gettext("not classified")


def _stage(row: Case) -> str:
    return str(Stage(row.stage).label)


def columns(now: datetime) -> list[Column[Case]]:
    """What the queue shows of each case at the moment ``now``."""
    return [
        Column("title", _("Case"), lambda row: row.title, _title, is_header=True),
        Column("code", _("Case code"), lambda row: row.code, _code, ("code",)),
        Column("kind", _("Kind of event"), _kind),
        Column(
            "grade",
            _("Grade of the case"),
            lambda row: row.grade,
            lambda row: grade_badge(row.grade),
            ("grade", "due_at"),
            is_number=False,
        ),
        Column("region", _("Region"), lambda row: region_name(row.region)),
        Column("stage", _("Stage"), _stage),
        Column("desk", _("Body"), lambda row: body_name(row.desk)),
        Column(
            "due",
            _("Time left"),
            lambda row: "" if row.due_at is None else localtime(row.due_at),
            lambda row: time_badge(row, now),
            ("due_at",),
        ),
        Column("left", _("Time left in words"), lambda row: left_words(row, now), is_exported_only=True),
        Column("opened", _("Came in"), lambda row: localtime(row.opened_at), _opened, ("opened_at",)),
        Column("reports", _("Reports received"), lambda row: row.report_count, is_number=True),
    ]


def _opened(row: Case) -> str:
    return f"{localtime(row.opened_at):%m-%d %H:%M}"


def _times(now: datetime) -> dict[str, Rule]:
    return {
        "overdue": lambda rows, _value: rows.filter(due_at__lt=now),
        "soon": lambda rows, _value: rows.filter(due_at__gte=now, due_at__lt=now + SOON),
        "waiting": lambda rows, _value: rows.filter(due_at=None, is_waiting=True),
    }


def _rules(by: Actor, now: datetime, ids: Mapping[str, Mapping[str, int]]) -> dict[str, Rule]:
    times = _times(now)
    return {
        "stage": lambda rows, value: rows.filter(stage=value),
        "grade": lambda rows, value: rows.filter(grade=int(value)),
        "district": lambda rows, value: rows.filter(region__in=_within(value)),
        "kind": lambda rows, value: (
            rows.filter(kind=ids["kind"][value]) if value in ids["kind"] else rows.filter(kind=None)
        ),
        "desk": lambda rows, value: rows.filter(desk=ids["desk"].get(value)),
        "time": lambda rows, value: times[value](rows, value),
        "mine": lambda rows, _value: rows.filter(ours(by)),
    }


def _within(path: str) -> QuerySet[Region, int]:
    """The rows of a subtree of regions; a fixed few hundred."""
    return Region.objects.filter(path__under=path).values_list("pk", flat=True)


def districts() -> list[Region]:
    """The districts and counties of the city, by code."""
    city = city_region()
    if city is None:
        return []
    return list(
        Region.objects.filter(level="county", path__under=city.path, is_current=True).order_by("code")
    )


NO_KIND = NOBODY = "none"


def filters(kinds: list[Any], bodies: list[Body]) -> list[Filter]:
    """What narrows the queue."""
    times = [("overdue", _("Overdue")), ("soon", _("Due within 4 hours")), ("waiting", _("Waiting"))]
    named = [(kind.key, kind.label) for kind in kinds]
    led = [(body.key, body_name(body)) for body in bodies]
    return [
        Filter("stage", _("Stage"), "stage", Stage.choices),
        Filter("time", _("Time"), "due_at", times),
        Filter(
            "grade", _("Grade of the case"), "grade", [(str(value), label) for value, label in Grade.choices]
        ),
        Filter("district", _("District"), "region", [(one.path, region_name(one)) for one in districts()]),
        Filter("kind", _("Kind of event"), "kind", [(NO_KIND, _("not classified")), *named]),
        Filter("desk", _("Body"), "desk", [(NOBODY, _("No lead body yet")), *led]),
        Filter("mine", _("Whose turn"), "desk", [("yes", _("Waits for us"))]),
    ]


def queue_table(by: Actor, now: datetime, *, before: Column[Case] | None = None) -> CaseTable:
    """The queue that ``by`` sees at ``now``; ``before`` is a column of the page's own, such as a tick box."""
    kinds = list(all_kinds())
    bodies = list(Body.objects.filter(is_current=True).order_by("path"))
    ids = {"kind": {kind.key: kind.pk for kind in kinds}, "desk": {body.key: body.pk for body in bodies}}
    return CaseTable(
        "cases",
        _("Cases"),
        cases_for(by),
        [*([before] if before is not None else []), *columns(now)],
        filters(kinds, bodies),
        ("title",),
        rules=_rules(by, now, ids),
    )
