"""The lists of the room as declared tables: what waits, and affairs; each filter and order by an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services import service
from beichen.fronts.services.affair.leads import stretches
from beichen.fronts.services.affair.titles import titled
from beichen.fronts.services.affair.version import version_of
from beichen.fronts.services.models import Affair, AffairBody, Definition, Task
from beichen.fronts.services.permissions import READ
from beichen.fronts.services.queries import bodies_read
from beichen.fronts.services.signs import NAMES, Card, name_of, promise_badge, time_badge, time_words
from beichen.fronts.services.words import OPEN_STEPS, Standing, Status
from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.org.models import Body
from beichen.web.counted import MOST, CountedRows
from beichen.web.tables import Column, Filter, State, Table

Rule = Callable[[Any, str], Any]
_LAST = "\uffff"


@dataclass(frozen=True, slots=True)
class RuledTable(Table[Any]):
    """A table whose filters and search have rules; its count stops.

    ``in_order`` are the rows asked so that the database reads them in their order, for where they are many;
    ``rules_in_order`` are rules that say the same so that it stays so.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict)
    order: tuple[Any, ...] = ()
    in_order: QuerySet[Any] | None = None
    rules_in_order: Mapping[str, Rule] = field(default_factory=dict)

    def select(self, chosen: State) -> Any:
        """The rows of a state."""
        rows = self._chosen(self.rows, chosen, self.rules)
        if self.in_order is None:
            return CountedRows.of(rows)
        rules = {**self.rules, **self.rules_in_order}
        return CountedRows.of(rows, self._chosen(self.in_order, chosen, rules))

    def _chosen(self, rows: QuerySet[Any], chosen: State, rules: Mapping[str, Rule]) -> QuerySet[Any]:
        for key, value in chosen.filters.items():
            rows = rules[key](rows, value)
        if chosen.query:
            rows = rules["q"](rows, chosen.query)
        column = self.sorted_by(chosen)
        if column is None:
            return rows.order_by(*self.order)
        sign = "-" if chosen.is_descending else ""
        return rows.order_by(*(f"{sign}{name}" for name in column.sort), f"{sign}id")


def address(code: str) -> str:
    """Where an affair is shown."""
    return reverse("services:affair", args=[code])


def _coded(code: str) -> SafeString:
    return format_html('<a class="figures" href="{}">{}</a>', address(code), code)


def _found(query: str) -> Q:
    """Affairs whose code begins with what was typed, whose applicant has it, or whose title holds it."""
    word = query.strip().upper()
    return titled(query, Q(code__gte=word, code__lt=word + _LAST) | Q(subject=word))


def _step(row: Task) -> SafeString:
    shown = format_html('<a href="{}#task-{}">{}</a>', address(row.affair.code), row.number, row.label)
    if row.affair.is_demo:
        shown += format_html(' <span class="badge">{}</span>', gettext("Demo"))
    return shown


def _headed(row: Affair) -> str:
    """Its heading; what its process declares is held, and not read with each row."""
    return row.heading_of(version_of(row.definition).process.said(row.title))


def _processes() -> list[tuple[str, str]]:
    rows = Definition.objects.filter(is_newest=True).order_by("key").only("key", "name", "name_en")
    return [(row.key, row.label) for row in rows]


def _versions(key: str) -> list[int]:
    """The versions of a process, asked before its affairs are: a database that meets them as keys knows how
    many affairs each has, and so by which index to go.
    """
    return list(Definition.objects.filter(key=key).order_by().values_list("pk", flat=True))


def _of_process(rows: QuerySet[Task], key: str) -> QuerySet[Task]:
    """The steps of a process: from its affairs where few run, by a look at each step where many do."""
    versions = _versions(key)
    running = Affair.objects.order_by().filter(definition__in=versions, closed_at=None)
    if running.values("pk")[: MOST + 1].count() <= MOST:
        return rows.filter(affair__in=running)
    return rows.filter(affair__definition__in=versions)


def _bodies(by: Actor | None = None) -> list[Body]:
    """The bodies at which steps of affairs are handled; of an actor those at which they read them."""
    rows = Body.objects.filter(is_current=True).order_by("path")
    paths = {area.body_path for area in access.areas(by, READ)} if by is not None else {EVERYWHERE}
    if EVERYWHERE in paths:
        return list(rows)
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__under=path)
    return list(rows.filter(found))


def yellow_steps(now: datetime, at: list[int] | None) -> QuerySet[Task, int]:
    """The rows of the steps with a yellow card at these bodies, or at any: a look into each class of leads.

    A body is no column here but a value, so that the database goes by the class and not by the body.
    """
    rows = Task.objects.order_by().filter(closed_at=None, is_paused=False)
    if at is not None:
        rows = rows.annotate(at=F("body_id") + 0).filter(at__in=at)
    first, *others = (rows.filter(**one).values_list("pk", flat=True) for one in stretches(now))
    return first.union(*others, all=True)


def _yellow(rows: QuerySet[Task], now: datetime, at: list[int] | None) -> QuerySet[Task]:
    """Where few are yellow they are found first; where many are, the list soon meets enough of them."""
    found = list(yellow_steps(now, at)[: MOST + 1])
    if len(found) <= MOST:
        return rows.filter(pk__in=found)
    return rows.filter(is_paused=False, warn_at__lte=now, due_at__gte=now)


def _cards(now: datetime, at: list[int] | None) -> dict[str, Rule]:
    return {
        Card.RED: lambda rows, _value: rows.filter(is_paused=False, due_at__lt=now),
        Card.YELLOW: lambda rows, _value: _yellow(rows, now, at),
        Card.GREEN: lambda rows, _value: rows.filter(is_paused=False, warn_at__gt=now),
        Card.PAUSED: lambda rows, _value: rows.filter(is_paused=True),
    }


def desk_table(by: Actor, now: datetime) -> RuledTable:
    """What waits within the actor's bodies."""
    bodies = _bodies(by)
    ids = {body.key: body.pk for body in bodies}
    cards = _cards(now, bodies_read(by))
    columns: list[Column[Task]] = [
        Column("step", pgettext("process", "Step"), lambda row: row.label, _step, is_header=True),
        Column("code", _("Affair"), lambda row: row.affair.code, lambda row: _coded(row.affair.code)),
        Column("title", pgettext("affair", "Title"), lambda row: _headed(row.affair)),
        Column(
            "process",
            pgettext("service", "Process"),
            lambda row: row.affair.definition.label,
            is_exported_only=True,
        ),
        Column("body", _("Body"), lambda row: name_of(row.body)),
        Column("region", _("Region"), lambda row: name_of(row.region)),
        Column("standing", pgettext("step", "State"), lambda row: str(Standing(row.standing).label)),
        Column(
            "due",
            _("Time left"),
            lambda row: localtime(row.due_at),
            lambda row: time_badge(row, now),
            ("due_at",),
        ),
        Column("left", _("Time left in words"), lambda row: time_words(row, now), is_exported_only=True),
        Column("opened", _("Came in"), lambda row: localtime(row.opened_at), _opened, ("opened_at",)),
    ]
    filters = [
        Filter("card", _("Card"), "due_at", [(str(card), words) for card, words in NAMES.items()]),
        Filter("process", pgettext("service", "Process"), "affair", _processes()),
        Filter("body", _("Body"), "body", [(body.key, name_of(body)) for body in bodies]),
        Filter(
            "standing", pgettext("step", "State"), "standing", [(one.value, one.label) for one in OPEN_STEPS]
        ),
    ]
    rules: dict[str, Rule] = {
        "card": lambda rows, value: cards[value](rows, value),
        "process": _of_process,
        "body": lambda rows, value: rows.filter(body=ids[value]),
        "standing": lambda rows, value: rows.filter(standing=value),
        "q": lambda rows, value: rows.filter(affair__in=Affair.objects.order_by().filter(_found(value))),
    }
    return RuledTable(
        "tasks",
        _("What waits"),
        service.tasks_for(by),
        columns,
        filters,
        ("affair",),
        rules=rules,
        order=("due_at", "id"),
    )


def _opened(row: Task | Affair) -> str:
    return f"{localtime(row.opened_at):%Y-%m-%d %H:%M}"


def _titled(row: Affair) -> SafeString:
    shown = format_html('<a href="{}">{}</a>', address(row.code), row.heading)
    if row.is_demo:
        shown += format_html(' <span class="badge">{}</span>', gettext("Demo"))
    return shown


def end_of(row: Affair) -> str:
    """How an affair ended, as its process says it."""
    ends = row.definition.declared["ends"]
    if row.outcome not in ends:
        return ""
    from beichen.fronts.services.declaration import Words

    label = Words(**ends[row.outcome]).label
    return label if row.annulled_at is None else gettext("%(end)s (taken back)") % {"end": label}


def affairs_table(by: Actor, now: datetime) -> RuledTable:
    """The affairs in which the actor's bodies take part, by body and state."""
    bodies = _bodies()
    ids = {body.key: body.pk for body in bodies}
    columns: list[Column[Affair]] = [
        Column("title", pgettext("affair", "Title"), lambda row: row.heading, _titled, is_header=True),
        Column("code", _("Affair"), lambda row: row.code, lambda row: _coded(row.code), ("code",)),
        Column(
            "process", pgettext("service", "Process"), lambda row: row.definition.label, is_exported_only=True
        ),
        Column("region", _("Region"), lambda row: name_of(row.region)),
        Column("status", pgettext("affair", "State"), lambda row: str(Status(row.status).label)),
        Column("outcome", _("Result"), end_of),
        Column(
            "promised",
            _("Promised"),
            lambda row: localtime(row.promised_at),
            lambda row: promise_badge(row, now),
            ("promised_at",),
        ),
        Column("days", _("Working days"), lambda row: row.working_days, is_number=True),
        Column("opened", _("Came in"), lambda row: localtime(row.opened_at), _opened, ("opened_at",)),
    ]
    filters = [
        Filter("status", pgettext("affair", "State"), "status", Status.choices),
        Filter("process", pgettext("service", "Process"), "definition", _processes()),
        Filter("body", _("Body"), "bodies", [(body.key, name_of(body)) for body in bodies]),
        Filter("late", _("Time"), "promised_at", [("yes", _("Overdue"))]),
    ]
    rules: dict[str, Rule] = {
        "status": lambda rows, value: rows.filter(status=value),
        "process": lambda rows, value: rows.filter(definition__in=_versions(value)),
        "body": lambda rows, value: rows.filter(bodies__body=ids[value]),  # a body takes part once
        "late": lambda rows, _value: rows.filter(
            Q(status=Status.RUNNING, promised_at__lt=now) | Q(closed_at__gt=F("promised_at"))
        ),
        "q": lambda rows, value: rows.filter(_found(value)),
    }
    in_order: dict[str, Rule] = {
        "body": lambda rows, value: rows.filter(
            Exists(AffairBody.objects.filter(affair=OuterRef("pk"), body=ids[value]))
        )
    }
    return RuledTable(
        "affairs",
        _("Affairs"),
        service.affairs(by),
        columns,
        filters,
        ("code",),
        rules=rules,
        order=("-opened_at", "-id"),
        in_order=service.affairs(by, in_order=True),
        rules_in_order=in_order,
    )
