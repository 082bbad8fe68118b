"""What this room can say about bodies and districts to whoever judges them: duties done and reports in time.

A district's are those whose lead body belongs to it. What was made up to show the room counts only where
nothing real is there, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial

from django.utils import timezone

from beichen.hubs.data.service import Direction, Evidence, Figure, Period, SubjectKind
from beichen.plan.duties.models import Duty, Milestone, Report, Round
from beichen.plan.duties.progress import HANDED_IN, owed_in

LEAD = {SubjectKind.BODY: "lead__key", SubjectKind.REGION: "lead__region__code"}
HUNDREDTH = Decimal("0.01")


@dataclass
class Tally:
    """How many were due of each subject, and how many of these came in time."""

    due: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)

    def take(self, rows: Iterable[tuple[str, bool]]) -> None:
        """Count rows of a subject and whether it was in time."""
        for subject, is_kept in rows:
            self.due[subject] += 1
            self.kept[subject] += is_kept


def _figures(real: Tally, demo: Tally, source: str) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for tally, is_demo in ((demo, True), (real, False)):
        for subject, due in tally.due.items():
            share = (Decimal(100 * tally.kept[subject]) / due).quantize(HUNDREDTH)
            found[subject] = Figure(share, source, f"{tally.kept[subject]} / {due}", is_demo)
    return found


def _past(period: Period) -> tuple[date, date]:
    """The days of the period that have come: what falls due later is neither kept nor missed."""
    return period.starts, min(period.ends, timezone.localdate())


def _done_in_time(kind: SubjectKind, period: Period, subjects: Sequence[str]) -> Mapping[str, Figure]:
    """Duties and milestones that fell due in the period: the share done by their day."""
    lead = LEAD[kind]
    days = _past(period)
    duties = Duty.objects.filter(vanished_at=None, deadline__range=days, **{f"{lead}__in": subjects})
    steps = Milestone.objects.filter(
        duty__vanished_at=None, due__range=days, **{f"duty__{lead}__in": subjects}
    )
    rows = [
        *duties.order_by().values_list(lead, "deadline", "done_on", "is_demo"),
        *steps.order_by().values_list(f"duty__{lead}", "due", "done_on", "is_demo"),
    ]
    tallies = {False: Tally(), True: Tally()}
    for subject, due, done, is_demo in rows:
        tallies[is_demo].take([(subject, done is not None and done <= due)])
    return _figures(tallies[False], tallies[True], "责任事项台账")


def _owed(round_: Round, lead: str, subjects: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each report that was owed in a round, with whether it was handed in by its day."""
    handed = Report.objects.filter(round=round_, status__in=HANDED_IN)
    end = timezone.make_aware(datetime.combine(round_.due, time.max))
    in_time = set(handed.filter(submitted_at__lte=end).values_list("duty_id", flat=True))
    owed = owed_in(round_).filter(**{f"{lead}__in": subjects}).order_by()
    for subject, duty in owed.values_list(lead, "pk"):
        yield subject, duty in in_time


def _reported_in_time(kind: SubjectKind, period: Period, subjects: Sequence[str]) -> Mapping[str, Figure]:
    """Progress reports that fell due in the period: the share handed in by the round's day."""
    tallies = {False: Tally(), True: Tally()}
    for round_ in Round.objects.filter(due__range=_past(period)).order_by("due"):
        tallies[round_.is_demo].take(_owed(round_, LEAD[kind], subjects))
    return _figures(tallies[False], tallies[True], "责任事项报送记录")


Count = Callable[[SubjectKind, Period, Sequence[str]], Mapping[str, Figure]]


def _both(key: str, name: str, name_en: str, count: Count) -> Iterator[Evidence]:
    """The same count about bodies and about districts."""
    for kind, prefix in ((SubjectKind.BODY, ""), (SubjectKind.REGION, "district-")):
        yield Evidence(f"{prefix}{key}", name, name_en, "%", Direction.HIGHER, kind, partial(count, kind))


EVIDENCE: tuple[Evidence, ...] = (
    *_both("duties-in-time", "责任事项按期完成率", "Share of duties done in time", _done_in_time),
    *_both("reports-in-time", "进展报送按时率", "Share of progress reports in time", _reported_in_time),
)
