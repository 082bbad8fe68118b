"""Rounds: opened for an adopted scheme and a period, and led from stage to stage by the working calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.hubs.data.service import SubjectKind
from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.calendar.service import deadline
from beichen.kernel.org.models import Body, Region
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.supports.evaluation.computing import draft_result, publish_draft
from beichen.supports.evaluation.models import Criterion, Round, Scheme, SelfReport, Subject
from beichen.supports.evaluation.rights import RUN
from beichen.supports.evaluation.spans import read_span
from beichen.supports.evaluation.words import STAGES, SchemeStatus, Source, Stage

NOT_NOW = code("EVA-108", "This cannot be done at this stage of the evaluation.", status=409)
TIME = code("EVA-109", "The day on which this was due has passed, or has not come.", status=409)
TAKEN = code("EVA-119", "The evaluation's key is taken.", status=409)
NO_REASON = code("EVA-115", "No reason is given.", status=422)


@dataclass(frozen=True, slots=True)
class Pace:
    """Working days for self-reports, then for third parties and surveys, then for appeals."""

    report_days: int = 15
    input_days: int = 10
    appeal_days: int = 10


def needs_reason(text: str, field: str = "reason") -> str:
    """The reason without blanks round it. Raises ProblemError EVA-115."""
    if not text.strip():
        raise ProblemError(Problem(NO_REASON, said("say why"), Where(field=field)))
    return text.strip()


def at_stage(round_: Round, *stages: Stage) -> Round:
    """The round's row, held for this transaction. Raises ProblemError EVA-108 at any other stage."""
    row = Round.objects.select_for_update(of=("self",)).select_related("scheme", "region").get(pk=round_.pk)
    if row.stage not in stages:
        hint = said("possible at: {names}", names=", ".join(stages))
        raise ProblemError(
            Problem(NOT_NOW, said("the evaluation stands at {stage}", stage=row.stage), hint=hint)
        )
    return row


def in_time(due: datetime | None, at: datetime) -> None:
    """Raises ProblemError EVA-109 when ``at`` is later than ``due``."""
    if due is None or at > due:
        day = timezone.localtime(due).strftime("%Y-%m-%d %H:%M") if due else ""
        raise ProblemError(
            Problem(
                TIME, said("this was due by {day}", day=day), hint=said("ask whoever leads the evaluation")
            )
        )


def record(by: Actor, action: str, round_: Round, **detail: Any) -> None:
    """Leave the audit record of an act on a round."""
    audit.record(by, action, f"supports_evaluation.round:{round_.key}", detail=detail)


def tell(event: str, round_: Round, by: Actor, **data: Any) -> None:
    """Publish ``evaluation.EVENT`` about a round; published results are open, everything else is internal."""
    level = 1 if round_.stage == Stage.PUBLISHED else 2
    path = round_.region.path if round_.region else ""
    publish(
        f"evaluation.{event}", round_.key, {"stage": round_.stage, **data}, by=by, region=path, level=level
    )


@transaction.atomic
def open_round(
    scheme: Scheme,
    key: str,
    title: str,
    period: str,
    *,
    by: Actor,
    title_en: str = "",
    pace: Pace | None = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> Round:
    """Open an evaluation of everybody whom the scheme names. Publishes ``evaluation.round.opened``.

    Raises ProblemError ACC-403, EVA-108 (the scheme is a draft), EVA-119, EVA-121.
    """
    require(by, RUN, scheme)
    if scheme.status != SchemeStatus.ADOPTED:
        hint = said("adopt it first")
        raise ProblemError(Problem(NOT_NOW, said("the scheme is a draft"), Where(field="scheme"), hint))
    span = read_span(period)
    if Round.objects.filter(key=key).exists():
        raise ProblemError(
            Problem(TAKEN, said("the evaluation {key} exists", key=key[:40]), Where(field="key"))
        )
    days, moment = pace or Pace(), at or timezone.now()
    reports_due = deadline(moment, timedelta(days=days.report_days), working=True)
    row = Round.objects.create(
        key=key,
        scheme=scheme,
        title=title,
        title_en=title_en,
        period=span.text,
        starts=span.starts,
        ends=span.ends,
        opened_at=moment,
        opened_by=by.key,
        reports_due=reports_due,
        inputs_due=deadline(reports_due, timedelta(days=days.input_days), working=True),
        appeal_days=days.appeal_days,
        region=scheme.region,
        is_demo=is_demo,
    )
    subjects = Subject.objects.bulk_create(_subjects(row))
    record(by, RUN, row, scheme=f"{scheme.key}/{scheme.version}", subjects=len(subjects))
    tell("round.opened", row, by, period=row.period)
    return row


def _subjects(round_: Round) -> list[Subject]:
    """The members of the scheme's groups, each with the body that answers for it."""
    scheme = round_.scheme
    group_of = {member: group["key"] for group in scheme.groups for member in group["members"]}
    if scheme.subject_kind == SubjectKind.BODY:
        bodies = Body.objects.filter(key__in=group_of, is_current=True).select_related("region")
        found: list[tuple[str, str, str, Body | None, Region | None]] = [
            (row.key, row.name, row.name_en, row, row.region) for row in bodies
        ]
    else:
        regions = Region.objects.filter(code__in=group_of, is_current=True)
        heads = _governments(group_of)
        found = [(row.code, row.name, row.name_en, heads.get(row.code), row) for row in regions]
    return [
        Subject(
            round=round_, key=key, group=group_of[key], name=name, name_en=english, body=body, region=region
        )
        for key, name, english, body, region in found
    ]


def _governments(codes: dict[str, str]) -> dict[str, Body | None]:
    """The body that answers for each region: its government, else the highest of its bodies."""
    rows = Body.objects.filter(region__code__in=codes, is_current=True).select_related("region")
    by_rank = sorted(
        rows, key=lambda row: (not row.kind.endswith("government"), row.path.count("/"), row.path)
    )
    found: dict[str, Body | None] = {}
    for row in by_rank:
        if row.region is not None:
            found.setdefault(row.region.code, row)
    return found


@transaction.atomic
def advance_round(round_: Round, *, by: Actor, at: datetime | None = None) -> Round:
    """Lead the round to its next stage; assessing → review computes the draft, review → published shows it.

    Self-reporting ends before its day only when no report is missing.
    Publishes ``evaluation.round.advanced``.
    Raises ProblemError ACC-403, EVA-108, EVA-109.
    """
    require(by, RUN, round_)
    row = at_stage(round_, Stage.REPORTING, Stage.ASSESSING, Stage.REVIEW)
    moment = at or timezone.now()
    if row.stage == Stage.REPORTING:
        _refuse_early(row.reports_due, moment, missing_reports(row))
    elif row.stage == Stage.ASSESSING:
        draft_result(row, by=by, at=moment)
    row.stage = STAGES[STAGES.index(Stage(row.stage)) + 1].value
    if row.stage == Stage.PUBLISHED:
        publish_draft(row, at=moment)
        row.published_at = moment
        row.appeals_due = deadline(moment, timedelta(days=row.appeal_days), working=True)
    row.save(update_fields=["stage", "published_at", "appeals_due"])
    record(by, RUN, row, stage=row.stage)
    tell("round.advanced", row, by)
    return row


def missing_reports(round_: Round) -> int:
    """How many self-reports are still to come."""
    asked = Criterion.objects.filter(scheme=round_.scheme_id, source=Source.SELF_REPORT).count()
    given = SelfReport.objects.filter(subject__round=round_).count()
    return asked * round_.subjects.exclude(body=None).count() - given


def _refuse_early(due: datetime, at: datetime, missing: int) -> None:
    if missing > 0 and at < due:
        day = timezone.localtime(due).strftime("%Y-%m-%d %H:%M")
        message = said(
            "{missing} self-reports are missing and may come until {day}", missing=missing, day=day
        )
        raise ProblemError(Problem(TIME, message[:80]))


@transaction.atomic
def extend_round(round_: Round, days: int, *, reason: str, by: Actor) -> Round:
    """Put off the day of the present stage, and those after it, by working days.

    Raises ProblemError ACC-403, EVA-108, EVA-115.
    """
    require(by, RUN, round_)
    why = needs_reason(reason)
    row = at_stage(round_, Stage.REPORTING, Stage.ASSESSING)
    longer = timedelta(days=days)
    if row.stage == Stage.REPORTING:
        row.reports_due = deadline(row.reports_due, longer, working=True)
    row.inputs_due = deadline(row.inputs_due, longer, working=True)
    row.save(update_fields=["reports_due", "inputs_due"])
    record(by, RUN, row, days=days, reason=why)
    tell("round.extended", row, by, days=days)
    return row
