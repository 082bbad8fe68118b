"""Progress reports: draft → submitted → accepted, or returned with a reason and submitted again.

Only an accepted report changes how its duty stands. What was submitted once stays in the duty's history
with its words, also when it is written anew after a return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from beichen.kernel.access.service import decide, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.duties import codes
from beichen.plan.duties.evidence import Upload, attach
from beichen.plan.duties.history import Deed, keep
from beichen.plan.duties.models import Duty, Report, Round
from beichen.plan.duties.rights import REPORT, REVIEW
from beichen.plan.duties.words import ReportStatus, State
from beichen.problem import Problem, ProblemError, Where, said

OPEN = {ReportStatus.DRAFT, ReportStatus.RETURNED}
LEAST_WORDS = 4  # characters below which a text says nothing


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a body says: the state, percent done (0 to 100), words, problems, and the day it was done."""

    state: str
    percent: int
    text: str
    problems: str = ""
    done_on: date | None = None


def _status_problem(row: Report) -> ProblemError:
    message = said("the report was handed in or decided on in the meantime")
    return ProblemError(
        Problem(codes.REPORT_STATUS, message, hint=said("open it again to see how it stands"))
    )


def _lock(row: Report) -> None:
    """Hold the report until the transaction ends, with the status that it has now: two may decide at once."""
    rows = Report.objects.select_for_update(of=("self",)).filter(pk=row.pk)
    row.status = rows.values_list("status", flat=True).get()


def _shape(stated: ReportFacts) -> list[Problem]:
    """What no report may say, not even as a draft."""
    problems = []
    if stated.state not in State.values:
        problems.append(
            Problem(codes.REPORT, said("choose how far it is"), Where(field="state"), ", ".join(State.values))
        )
    if not 0 <= stated.percent <= 100:
        problems.append(Problem(codes.REPORT, said("percent is from 0 to 100"), Where(field="percent")))
    return problems


def _gaps(row: Report, today: date) -> list[Problem]:
    """What is missing before a report can be submitted."""

    def wrong(field: str, message: str) -> None:
        problems.append(Problem(codes.REPORT, message, Where(field=field)))

    problems: list[Problem] = []
    if len(row.text.strip()) < LEAST_WORDS:
        wrong("text", _("say what was done in the period"))
    if row.state == State.STUCK and not row.problems.strip():
        wrong("problems", _("say what it is stuck on"))
    if row.state == State.DONE:
        if row.percent != 100:
            wrong("percent", _("what is done is 100 percent"))
        if row.done_on is None:
            wrong("done_on", _("say on which day it was done"))
        elif row.done_on > today:
            wrong("done_on", _("the day has not come yet"))
    if row.state == State.NOT_STARTED and row.percent:
        wrong("percent", _("what has not started is 0 percent"))
    if row.state != State.DONE and row.percent == 100:
        wrong("percent", _("100 percent means done"))
    return problems


def owes(duty: Duty, round_: Round) -> bool:
    """Whether a report on the duty is owed in the round: it has a body, was given in time, is not done."""
    return (
        duty.lead_id is not None
        and duty.vanished_at is None
        and (duty.assigned_on is None or duty.assigned_on <= round_.due)
        and (duty.done_on is None or duty.done_on >= round_.starts)
    )


@transaction.atomic
def save_report(
    duty: Duty,
    round_: Round,
    stated: ReportFacts,
    *,
    by: Actor,
    files: Sequence[Upload] = (),
    now: datetime | None = None,
    is_demo: bool = False,
) -> Report:
    """Keep a draft; it need not be complete. Files are added to those that are there.

    Raises ProblemError ACC-403, PLN-311 (before the round opens), PLN-313 to PLN-315, FIL-101 to FIL-104.
    """
    require(by, REPORT, duty)
    moment = now or timezone.now()
    if not owes(duty, round_) or duty.lead is None:
        raise ProblemError(Problem(codes.NOT_OWED, said("no report on this duty is owed in this round")))
    if timezone.localdate(moment) < round_.opens:
        raise ProblemError(
            Problem(codes.NO_ROUND, said("the round has not opened yet"), hint=str(round_.opens))
        )
    if problems := _shape(stated):
        raise ProblemError(*problems)
    Duty.objects.select_for_update(of=("self",)).filter(pk=duty.pk).values_list(
        "pk"
    ).get()  # one first draft, not two
    row = Report.objects.select_for_update(of=("self",)).filter(round=round_, duty=duty).first()
    if row is None:
        row = Report(round=round_, duty=duty, is_demo=is_demo)
    elif row.status not in OPEN:
        raise _status_problem(row)
    for name, value in asdict(stated).items():
        setattr(row, name, value)
    row.body, row.written_by = duty.lead, by.key
    row.save()
    attach(duty, files, by=by, report=row)
    detail = {"round": round_.period, "state": stated.state, "percent": stated.percent, "files": len(files)}
    audit.record(by, REPORT, f"plan_duties.report:{row.pk}", detail=detail)
    return row


@transaction.atomic
def submit_report(row: Report, *, by: Actor, now: datetime | None = None) -> Report:
    """Hand a report in. Publishes ``plan.report.submitted``.

    Raises ProblemError ACC-403, PLN-313, PLN-314.
    """
    require(by, REPORT, row.duty)
    moment = now or timezone.now()
    _lock(row)
    if row.status not in OPEN:
        raise _status_problem(row)
    if problems := _gaps(row, timezone.localdate(moment)):
        raise ProblemError(*problems)
    row.status, row.submitted_at, row.submitted_by = ReportStatus.SUBMITTED, moment, by.key
    row.save(update_fields=["status", "submitted_at", "submitted_by"])
    _tell(row, "report-submitted", row.text, by, moment)
    return row


@transaction.atomic
def accept_report(row: Report, *, by: Actor, now: datetime | None = None) -> Report:
    """Accept what a body reports: the duty stands so from now on. Raises ProblemError ACC-403, PLN-314."""
    _decide(row, ReportStatus.ACCEPTED, "", by, now)
    duty = row.duty
    newest = duty.reports.filter(status=ReportStatus.ACCEPTED).order_by("-round__ends").first()
    if newest is not None and newest.pk == row.pk:  # a late report on an old period changes nothing now
        duty.state, duty.percent, duty.done_on = row.state, row.percent, row.done_on
        duty.save(update_fields=["state", "percent", "done_on"])
    return row


@transaction.atomic
def return_report(row: Report, reason: str, *, by: Actor, now: datetime | None = None) -> Report:
    """Give a report back with what is missing. Raises ProblemError ACC-403, PLN-305, PLN-314."""
    if not reason.strip():
        require(by, REVIEW, row.duty.plan)
        raise ProblemError(Problem(codes.NO_REASON, said("say what is missing"), Where(field="reason")))
    return _decide(row, ReportStatus.RETURNED, reason.strip(), by, now)


def _decide(row: Report, status: ReportStatus, reason: str, by: Actor, now: datetime | None) -> Report:
    require(by, REVIEW, row.duty.plan)
    _lock(row)
    if row.status != ReportStatus.SUBMITTED:
        raise _status_problem(row)
    moment = now or timezone.now()
    row.status, row.reason, row.decided_at, row.decided_by = status, reason, moment, by.key
    row.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    _tell(row, f"report-{status}", reason, by, moment)
    return row


def _tell(row: Report, verb: str, text: str, by: Actor, moment: datetime) -> None:
    """The trail of a report's step: history, audit, event."""
    duty = row.duty
    detail = {"round": row.round.period, "state": row.state, "percent": row.percent, "report": row.pk}
    keep([Deed(duty, verb, text, detail)], by=by, now=moment)
    audit.record(by, f"plan.duty.{verb}", f"plan_duties.report:{row.pk}", detail=detail)
    data = {"plan": duty.plan.key, "kind": duty.kind, "key": duty.key, "body": row.body.key, **detail}
    path = duty.region.path if duty.region else ""
    publish(f"plan.report.{row.status}", f"{duty.plan.key}/{duty.key}", data, by=by, region=path, level=2)


def may_report_now(by: Actor, duty: Duty, round_: Round) -> bool:
    """Whether ``by`` may write, and still has to write, the report on the duty in the round."""
    if not decide(by, REPORT, duty) or not owes(duty, round_):
        return False
    return not Report.objects.filter(round=round_, duty=duty).exclude(status__in=OPEN).exists()
