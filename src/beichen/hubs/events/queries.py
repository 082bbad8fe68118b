"""Reading cases: those that an actor may see, one report with its secret, the timeline of a case."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, QuerySet

from beichen.hubs.events.models import Case, CaseDesk, CaseEvent, Category, EventKind, Report
from beichen.hubs.events.permissions import READ
from beichen.hubs.events.words import Outcome
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, code, said

NO_REPORT = code("EVT-406", "No report has this code and secret.", status=404)


def cases(*, by: Actor) -> QuerySet[Case]:
    """The cases that a body of the actor takes part in, with what a list shows of each."""
    rows = Case.objects.select_related("kind", "region", "desk", "centre").defer("state")
    if by.is_system:
        return rows
    seen = access.visible(by, READ, CaseDesk.objects.filter(case=OuterRef("pk")))
    return rows.filter(Exists(seen))


def follow(code_: str, secret: str) -> Report:
    """The report that somebody follows without an account. Raises ProblemError EVT-406."""
    rows = Report.objects.select_related("case", "case__kind", "case__desk", "kind", "region")
    found = rows.filter(code=code_.strip().upper()).first()
    if found is None or not secrets.compare_digest(found.secret.encode(), secret.strip().upper().encode()):
        raise ProblemError(
            Problem(
                NO_REPORT, said("no report has this code and secret"), hint=said("look at what you were sent")
            )
        )
    return found


def reports_of(person: str) -> QuerySet[Report]:
    """What the person of this code has reported with their account, with what a list shows of each."""
    rows = Report.objects.select_related("case", "kind", "region").defer("text", "answers", "case__state")
    return rows.filter(reporter__person__code=person) if person else rows.none()


def report_of(person: str, code_: str) -> Report | None:
    """One report of this person's own, with its case; None for another's, or none."""
    rows = Report.objects.select_related("case", "case__kind", "case__desk", "kind", "region")
    return rows.filter(code=code_.strip().upper(), reporter__person__code=person).first() if person else None


def closed_lately(most: int) -> list[Case]:
    """The cases of public kinds that were closed last: what, in which district, when; nobody's words."""
    rows = Case.objects.select_related("kind", "region").defer("state", "text", "title", "address")
    newest = rows.filter(closed_at__isnull=False, level__lt=Level.L3, merged_into=None)
    found = newest.filter(outcome=Outcome.RESOLVED).order_by("-closed_at")[: most * 5]
    return [row for row in found if row.kind is not None and row.kind.is_public][:most]


def public_kinds() -> QuerySet[EventKind]:
    """The kinds that citizens may report, in the order of their categories."""
    rows = EventKind.objects.select_related("category", "category__parent")
    return rows.filter(is_current=True, is_public=True).order_by("category__code", "key")


_NAMED = Prepared(
    lambda: (
        EventKind.objects.select_related("category")
        .filter(is_current=True, is_public=True)
        .order_by("category__code", "key")
        .only("key", "name", "name_en", "about", "about_en", "category__name", "category__name_en")
    )
)


def public_kind_names() -> list[EventKind]:
    """The same, with their keys and what they and their categories are called."""
    return _NAMED.rows()


_PUBLIC = Prepared(
    lambda: EventKind.objects.select_related("category__parent").filter(
        is_current=True, is_public=True, key=slot(EventKind, "key")
    )
)


def public_kind(key: str) -> EventKind | None:
    """The kind of this key, where citizens may report it."""
    return _PUBLIC.first(key=key)


def all_kinds() -> QuerySet[EventKind]:
    """The kinds that a case may be of."""
    return (
        EventKind.objects.select_related("category").filter(is_current=True).order_by("category__code", "key")
    )


def kind_names(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The names of kinds, current or not, in Chinese and English."""
    rows = EventKind.objects.filter(key__in=list(keys)).values_list("key", "name", "name_en")
    return {key: (name, name_en) for key, name, name_en in rows}


def heard_names() -> dict[str, str]:
    """What events that kinds listen to are called, by their patterns, in the active language; one query."""
    rows = EventKind.objects.filter(is_current=True, listens=True).order_by("-key")
    return {str(pattern): row.label for row in rows for pattern in row.declared["on"]}


def categories() -> QuerySet[Category]:
    """The categories that are in use."""
    return Category.objects.filter(is_current=True)


def timeline(row: Case) -> Iterable[CaseEvent]:
    """Everything that happened to a case, in its order."""
    return row.stream.select_related("body").order_by("number")


def open_by_stage() -> dict[str, int]:
    """How many cases are open at each stage: the house's own count, of no use to a desk."""
    rows = Case.objects.filter(is_open=True).order_by().values_list("stage").annotate(Count("id"))
    return dict(rows)
