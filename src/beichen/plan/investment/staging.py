"""Changing a project's stage: in order, dated, with evidence, and through the gate of approvals.

A step back, a leap, a pause, a return from a pause and an end need a reason; a start without the
approvals of the gate needs one too, which stays in the history with what was missing.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.files.models import StoredFile
from beichen.plan.investment.codes import BAD_DATE, BAD_FIELD, NO_REASON, NOT_APPROVED
from beichen.plan.investment.declared import GATE, MET
from beichen.plan.investment.models import Approval, Investment, StageChange
from beichen.plan.investment.register import note
from beichen.plan.investment.rights import require_writer
from beichen.plan.investment.stages import BESIDE, Stage, is_forward, passes_start
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten


def missing_approvals(row: Investment) -> list[str]:
    """The keys of the gate's approvals that are neither granted nor found not to be needed."""
    met = set(Approval.objects.filter(investment=row, state__in=MET).values_list("kind", flat=True))
    return [key for key in GATE if key not in met]


def stage_on_the_way(row: Investment) -> str:
    """The stage that counts for what comes next: of a paused project, the one before its pause."""
    if row.stage not in BESIDE:
        return row.stage
    steps = StageChange.objects.filter(investment=row).exclude(stage__in=BESIDE).order_by("-id")
    return steps.values_list("stage", flat=True).first() or ""


def _faults(row: Investment, stage: str, on: date, reason: str, today: date) -> list[Problem]:
    problems = []
    if stage == row.stage:
        problems.append(
            Problem(
                BAD_FIELD,
                said("the project is at this stage already: {stage}", stage=stage),
                Where(field="stage"),
            )
        )
    if on > today:
        problems.append(Problem(BAD_DATE, said("{on} lies in the future", on=on), Where(field="on")))
    if row.stage_on is not None and on < row.stage_on:
        message = said("{on} lies before the last change on {stage_on}", on=on, stage_on=row.stage_on)
        problems.append(Problem(BAD_DATE, message, Where(field="on")))
    if not reason and stage != row.stage and not is_forward(_before(row), stage):
        message = said("{stage} → {stage2} is not the next step", stage=row.stage or "no stage", stage2=stage)
        hint = said("a step back, a leap, a pause or an end needs a reason")
        problems.append(Problem(NO_REASON, message, Where(field="reason"), hint))
    return problems


def _before(row: Investment) -> str:
    return Stage.ENDED if row.stage == Stage.ENDED else stage_on_the_way(row)


@transaction.atomic
def change_stage(
    row: Investment,
    stage: str,
    on: date,
    *,
    by: Actor,
    reason: str = "",
    evidence: str = "",
    file: StoredFile | None = None,
    today: date | None = None,
) -> StageChange:
    """Move a project to ``stage`` on a day; publishes ``plan.investment.stage-changed``.

    Raises ProblemError with everything that stands against it: ACC-403, PLN-602 for the same or an
    unknown stage, PLN-603 without the reason, PLN-604 for the day, PLN-605 without approvals or reason.
    """
    require_writer(by, row)
    if stage not in Stage.values:
        hint = nearest(stage, Stage.values)
        raise ProblemError(
            Problem(BAD_FIELD, shorten(said("no stage {stage}", stage=stage)), Where(field="stage"), hint)
        )
    stated = reason.strip()
    problems = _faults(row, stage, on, stated, today or timezone.localdate())
    waived = missing_approvals(row) if passes_start(stage_on_the_way(row), stage) else []
    if waived and not stated:
        message = shorten(said("missing before the start: {names}", names=", ".join(waived)))
        hint = said("record the approvals, or give the reason for a start without them")
        problems.append(Problem(NOT_APPROVED, message, Where(field="reason"), hint))
    if problems:
        raise ProblemError(*problems)
    change = StageChange.objects.create(
        investment=row,
        before=row.stage,
        stage=stage,
        on=on,
        reason=stated,
        evidence=evidence.strip(),
        file=file,
        waived=waived,
        by=by.key,
        at=timezone.now(),
    )
    told = {"stage": [row.stage, stage], "on": on.isoformat(), "waived": waived}
    row.stage, row.stage_on = stage, on
    row.save(update_fields=["stage", "stage_on", "updated_at"])
    note(row, "stage", told, by=by, reason=stated, event="stage-changed")
    return change
