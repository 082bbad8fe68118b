"""Doing something to a case: found, locked, allowed, still as it was seen, decided, appended, recorded."""

from __future__ import annotations

import logging
from datetime import datetime

import msgspec
from django.db import OperationalError, transaction
from django.utils import timezone

from beichen.hubs.events.case.changes import Joined, name_of
from beichen.hubs.events.case.projection import state_of
from beichen.hubs.events.case.stream import append
from beichen.hubs.events.commands import COMMANDS, Appeal, Command, Merge, Rate, Warn
from beichen.hubs.events.commands.base import Ground
from beichen.hubs.events.models import Case, CaseDesk, CaseEvent, Report
from beichen.hubs.events.permissions import ACCEPT, READ, SEND
from beichen.hubs.events.problems import CHANGED, NO_CASE, NOT_ALIKE, bad
from beichen.hubs.events.words import Part
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

CLOCK = system("clock")
_log = logging.getLogger(__name__)


def find_case(code: str, *, by: Actor) -> Case:
    """The case of this code, when the actor may see it. Raises ProblemError EVT-308, hidden or not there."""
    row = (
        Case.objects.select_related("kind", "kind__category", "region", "centre", "desk")
        .filter(code=code)
        .first()
    )
    if row is None:
        raise _no_case(code)
    _check_seen(row, by=by)
    return row


def _check_seen(row: Case, *, by: Actor) -> None:
    """A case that the actor does not see is none: the answer must not tell that there is one."""
    if by.is_system:
        return
    if not access.visible(by, READ, CaseDesk.objects.filter(case=row)).exists():
        raise _no_case(row.code)


def _no_case(code: str) -> ProblemError:
    return ProblemError(Problem(NO_CASE, shorten(said("there is no case {code!r}", code=code[:30]))))


def _locked(code: str) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).select_related("kind", "region", "centre", "desk")
    row = rows.filter(code=code).first()
    if row is None:
        raise _no_case(code)
    return row


def acting_body(row: Case, right: str, parts: tuple[Part, ...], *, by: Actor) -> Body | None:
    """The body of the case for which the actor may do this; None for a part of Beichen itself.

    Raises ProblemError ACC-403 with who could allow it.
    """
    if by.is_system:
        return None
    desks = CaseDesk.objects.filter(case=row, part__in=parts).select_related("body", "case__region")
    found = access.visible(by, right, desks).order_by("id").first()
    if found is not None:
        return found.body
    centre = CaseDesk(case=row, body=row.desk or row.centre, part=Part.CENTRE)
    access.require(by, right, centre)
    raise ProblemError(
        Problem("ACC-403", said("the case is with {body}", body=(row.desk or row.centre).name))
    )


def _body_for(row: Case, command: Command, *, by: Actor) -> Body | None:
    """For which body the actor gives the command: the centre gives some by a right of its own."""
    if command.centre_right and not by.is_system:
        centre = CaseDesk.objects.filter(case=row, part=Part.CENTRE).select_related("body")
        found = access.visible(by, command.centre_right, centre).order_by("id").first()
        if found is not None:
            return found.body
    return acting_body(row, command.right, command.parts, by=by)


def _check_version(row: Case, expected: int | None) -> None:
    if expected is None or expected == row.version:
        return
    last = CaseEvent.objects.filter(case=row).order_by("-number").first()
    who = last.by_name if last is not None else ""
    message = said("{who} changed the case meanwhile", who=who or "–")
    hint = said("look at it again, then decide (version {version})", version=row.version)
    raise ProblemError(Problem(CHANGED, shorten(message), Where(field="version"), hint))


@transaction.atomic
def act(
    code: str, command: Command, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Case:
    """Do ``command`` to a case. ``expected`` is the version that the actor saw.

    Raises ProblemError: EVT-308 no such case, ACC-403, EVT-307 changed meanwhile, what the command refuses.
    """
    row = _locked(code)
    _check_seen(row, by=by)
    body = _body_for(row, command, by=by)
    _check_version(row, expected)
    return _perform(row, command, body, by=by, now=now or timezone.now())


def _perform(row: Case, command: Command, body: Body | None, *, by: Actor, now: datetime) -> Case:
    state = state_of(row)
    changes = command.decide(Ground(state, now, body.key if body else ""))
    append(row, state, changes, by=by, now=now, body=body)
    if changes and not isinstance(command, Warn):
        detail = {"events": [name_of(change) for change in changes], "version": row.version}
        audit.record(by, command.right, f"hubs_events.case:{row.code}", detail=detail)
    return row


def command_of(name: str, values: dict[str, object]) -> Command:
    """The command that a form or a program names. Raises ProblemError EVT-310."""
    kind = COMMANDS.get(name)
    if kind is None:
        raise bad("command", said("there is no command {name!r}", name=name[:30]), nearest(name, COMMANDS))
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise bad(place.rstrip("`") or name, shorten(message)) from None


@transaction.atomic
def merge(
    code: str, into: str, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Case:
    """Close a case into another one, which takes over its reports; gives the other.

    ``expected`` is the version of the first that the actor saw. Raises ProblemError EVT-308, EVT-311,
    EVT-307, ACC-403.
    """
    moment = now or timezone.now()
    if code == into:
        raise ProblemError(Problem(NOT_ALIKE, said("a case is not joined to itself"), Where(field="into")))
    # Always locked in the same order, so that two people who join two cases crosswise do not wait.
    locked = {one: _locked(one) for one in sorted((code, into))}
    row, other = locked[code], locked[into]
    for one in (row, other):
        _check_seen(one, by=by)
    bodies = [acting_body(one, ACCEPT, (Part.CENTRE,), by=by) for one in (row, other)]
    _check_version(row, expected)
    if not other.is_open:
        raise ProblemError(Problem(NOT_ALIKE, said("{code} is closed", code=into), Where(field="into")))
    _perform(row, Merge(into=into), bodies[0], by=by, now=moment)
    reports = list(Report.objects.filter(case=row).order_by("id"))
    state = state_of(other)
    joined = [
        Joined(report=one.code, channel=str(one.channel), text=one.text, merged=row.code) for one in reports
    ]
    append(other, state, joined, by=by, now=moment, body=bodies[1])
    Report.objects.filter(case=row).update(case=other)
    row.files.filter(report__in=[one.code for one in reports]).update(case=other)
    row.likenesses.update(is_settled=True)
    return other


@transaction.atomic
def rate(
    report: Report, stars: int, *, is_solved: bool, opinion: str, by: Actor, now: datetime | None = None
) -> Case:
    """The reporter's own word on how it went; later ones replace it. Raises ProblemError EVT-301, EVT-310."""
    access.require(by, SEND)
    moment = now or timezone.now()
    row = _locked(report.case.code)
    command = Rate(report=report.code, stars=stars, is_solved=is_solved, opinion=opinion)
    _perform(row, command, None, by=by, now=moment)
    report.rating, report.opinion, report.rated_at = stars, opinion.strip()[:1000], moment
    report.save(update_fields=["rating", "opinion", "rated_at"])
    return row


@transaction.atomic
def appeal(report: Report, text: str, *, by: Actor, now: datetime | None = None) -> Case:
    """The reporter objects to the refusal. Raises ProblemError EVT-301, EVT-302."""
    access.require(by, SEND)
    row = _locked(report.case.code)
    return _perform(row, Appeal(text=text, report=report.code), None, by=by, now=now or timezone.now())


def tick(now: datetime | None = None, *, most: int = 500) -> int:
    """Let the clocks speak whose time has come; returns how many did. Each case is its own transaction.

    A case whose clock cannot speak is left for the next time, and does not keep the others from speaking.
    """
    moment = now or timezone.now()
    due = Case.objects.filter(alert_at__lte=moment).order_by("alert_at")
    codes = list(due.values_list("code", flat=True)[:most])
    spoken = 0
    for code in codes:
        try:
            with transaction.atomic():
                _perform(_locked(code), Warn(), None, by=CLOCK, now=moment)
            spoken += 1
        except OperationalError:
            raise  # the database is away: for all of them
        except Exception:  # noqa: BLE001 - whatever it is, it is this case's alone
            _log.exception("the clock of case %s could not speak", code)
    return spoken
