"""How duties stand on a day: as a column of a query, and counted by body and by part.

A duty is *unassigned* without a lead; *overdue* past its deadline and not done; else as the last accepted
report says, *unreported* before the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields import CharField
from django.utils import timezone

from beichen.kernel.org.models import Body
from beichen.plan.duties.models import Duty, Report, Round
from beichen.plan.duties.rounds import last_round
from beichen.plan.duties.words import ReportStatus, Standing
from beichen.plan.models import Plan

HANDED_IN = (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)


def with_standing(rows: QuerySet[Duty], today: date) -> QuerySet[Any]:
    """``rows`` with ``standing``, a :class:`Standing` on ``today``, and ``is_assigned`` to order by."""
    return rows.annotate(
        standing=Case(
            When(vanished_at__isnull=False, then=Value(Standing.VANISHED.value)),
            When(done_on__isnull=False, then=Value(Standing.DONE.value)),
            When(lead__isnull=True, then=Value(Standing.UNASSIGNED.value)),
            When(deadline__lt=today, then=Value(Standing.OVERDUE.value)),
            When(state="", then=Value(Standing.UNREPORTED.value)),
            default=F("state"),
            output_field=CharField(),
        ),
        is_assigned=Case(
            When(lead__isnull=True, vanished_at__isnull=True, then=Value(False)),
            default=Value(True),
            output_field=BooleanField(),
        ),
    )


def owed_in(round_: Round) -> QuerySet[Duty]:
    """The duties on which a report is owed in the round, whether or not it was handed in."""
    given = Q(assigned_on__isnull=True) | Q(assigned_on__lte=round_.due)
    undone = Q(done_on__isnull=True) | Q(done_on__gte=round_.starts)
    return Duty.objects.filter(given, undone, plan_id=round_.plan_id, lead__isnull=False, vanished_at=None)


def missing_in(round_: Round) -> QuerySet[Duty]:
    """The duties whose report is owed in the round and was not handed in."""
    handed = Report.objects.filter(round=round_, duty=OuterRef("pk"), status__in=HANDED_IN)
    return owed_in(round_).filter(~Exists(handed))


@dataclass(frozen=True, slots=True)
class BodyProgress:
    """A body's duties, counted. ``body`` is None for those that nobody leads.

    ``in_time`` are those done by their deadline (or without one), ``late`` those done after it;
    ``unreported`` are those without a report in the newest round.
    """

    body: Body | None
    duties: int
    done: int
    in_time: int
    overdue: int
    stuck: int
    unreported: int

    @property
    def late(self) -> int:
        """Done after the deadline."""
        return self.done - self.in_time

    @property
    def name(self) -> str:
        """The body's name, or empty."""
        return self.body.name if self.body else ""

    @property
    def name_en(self) -> str:
        """The body's English name, or empty."""
        return self.body.name_en if self.body else ""


def progress_of(plan: Plan, *, today: date | None = None) -> list[BodyProgress]:
    """Every body's duties, in the order of the bodies' tree, those that nobody leads first: four queries."""
    day = today or timezone.localdate()
    rows = Duty.objects.filter(plan=plan, vanished_at=None)
    done = Q(done_on__isnull=False)
    counted = (
        rows.order_by()
        .values("lead")
        .annotate(
            duties=Count("pk"),
            done=Count("pk", filter=done),
            in_time=Count("pk", filter=done & (Q(deadline__isnull=True) | Q(done_on__lte=F("deadline")))),
            overdue=Count("pk", filter=Q(done_on__isnull=True, lead__isnull=False, deadline__lt=day)),
            stuck=Count("pk", filter=Q(state="stuck")),
        )
    )
    newest = last_round(plan, day)
    missing: dict[int | None, int] = {}
    if newest is not None:
        pairs = missing_in(newest).order_by().values_list("lead").annotate(number=Count("pk"))
        missing = dict(pairs)
    counts: list[dict[str, Any]] = [dict(row) for row in counted]
    bodies = Body.objects.select_related("region").in_bulk([row["lead"] for row in counts if row["lead"]])
    found = []
    for row in counts:
        lead = row.pop("lead")
        found.append(BodyProgress(body=bodies.get(lead), unreported=missing.get(lead, 0), **row))
    return sorted(found, key=lambda one: one.body.path if one.body else "")


@dataclass(frozen=True, slots=True)
class Totals:
    """A plan's duties, counted."""

    duties: int
    unassigned: int
    done: int
    overdue: int
    stuck: int
    unreported: int


def totals_of(progress: list[BodyProgress]) -> Totals:
    """The sums over all bodies."""
    return Totals(
        duties=sum(one.duties for one in progress),
        unassigned=sum(one.duties - one.done for one in progress if one.body is None),
        done=sum(one.done for one in progress),
        overdue=sum(one.overdue for one in progress),
        stuck=sum(one.stuck for one in progress),
        unreported=sum(one.unreported for one in progress),
    )


def parts_of(plan: Plan) -> list[dict[str, Any]]:
    """Per part, in the order of the text: ``part``, ``duties``, ``assigned``, ``done``."""
    rows = Duty.objects.filter(plan=plan, vanished_at=None).order_by().values("part")
    counted = rows.annotate(
        duties=Count("pk"),
        assigned=Count("pk", filter=Q(lead__isnull=False)),
        done=Count("pk", filter=Q(done_on__isnull=False)),
    )
    found: list[dict[str, Any]] = [dict(row) for row in counted]
    return sorted(found, key=lambda row: int(row["part"]) if row["part"].isdecimal() else 0)
