"""What is done to an affair: each act finds it, locks it, is allowed, and is one transaction.

Whoever is answered may rely on it: state, rows, trail, audit and events are one commit. Long because the acts
share how they begin and end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from beichen.fronts.services.affair import clocks
from beichen.fronts.services.affair.finding import check_open, check_running, find_task, locked_affair
from beichen.fronts.services.affair.following import Hand, begin, keep, keep_affair, take_part, take_up, write
from beichen.fronts.services.affair.pausing import go_on, pause
from beichen.fronts.services.affair.stream import happened
from beichen.fronts.services.affair.titles import keep_title
from beichen.fronts.services.affair.values import read_values
from beichen.fronts.services.bpmn.expressions import UnsoundValueError, sound
from beichen.fronts.services.declaration import Process, read_process
from beichen.fronts.services.items.models import Application
from beichen.fronts.services.models import Affair, Definition, Task
from beichen.fronts.services.permissions import HANDLE, START, SUPERVISE
from beichen.fronts.services.problems import NO_BODY, NO_PROCESS, bad, not_now, stated
from beichen.fronts.services.words import Standing, Status
from beichen.hubs.events.service import dated_code
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.statements import Change
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MATERIALS = 30
KEY = 150
_DONE = Change(Task, "standing", "outcome", "closed_at", "by", "by_name")


def newest(key: str) -> Definition:
    """The version of a process on which new affairs start. Raises ProblemError SRV-304."""
    row = Definition.objects.filter(key=key, is_newest=True, is_offered=True).first()
    if row is None:
        known = Definition.objects.filter(is_newest=True, is_offered=True).values_list("key", flat=True)
        message = said("there is no process {key!r}", key=key[:60])
        raise ProblemError(
            Problem(NO_PROCESS, shorten(message), Where(field="process"), nearest(key[:60], known))
        )
    return row


def newest_keys() -> dict[str, str]:
    """What each process that is offered promises, by its key."""
    rows = Definition.objects.filter(is_newest=True, is_offered=True)
    return {key: str(declared["promised"]) for key, declared in rows.values_list("key", "declared")}


def start(
    process: str,
    data: Mapping[str, Any],
    subject: str,
    region: Region,
    *,
    by: Actor,
    key: str = "",
    now: datetime | None = None,
    is_demo: bool = False,
    promised: timedelta | None = None,
    is_own: bool = False,
) -> tuple[Affair, bool]:
    """Start an affair on the newest version of a process; the same key of the same actor gives the first one.

    Also whether it is new. ``promised`` is the working time of the item where it says another than the
    process. ``is_own``: the caller has seen that the actor may act for the subject, who needs no right to
    take applications in. Raises ProblemError ACC-403, SRV-304, SRV-305, SRV-307, SRV-308.
    """
    definition, moment = newest(process), now or timezone.now()
    if len(key) > KEY:
        raise bad("Idempotency-Key", said("longer than {limit} characters", limit=KEY))
    own = f"{by.key}:{key}"[:200] if key else None
    declared = read_process(definition.declared)
    affair = Affair(
        definition=definition,
        subject=subject_code(subject),
        region=region,
        level=int(Level[declared.level]),
        opened_at=moment,
        promised_at=clocks.due(moment, promised or declared.time),
        key=own,
        is_demo=is_demo or by.is_simulator,
    )
    if not is_own:
        access.require(by, START, affair)
    if (known := _known(own)) is not None:
        return known, False
    values = read_values(declared, declared.start, data)
    try:
        with transaction.atomic():
            return _open(affair, declared, values, by=by, now=moment), True
    except IntegrityError:  # the same application, sent twice at once: the other one won
        if (known := _known(own)) is None:
            raise
        return known, False


def _known(key: str | None) -> Affair | None:
    return Affair.objects.select_related("definition", "region").filter(key=key).first() if key else None


def subject_code(text: str) -> str:
    """The code of a person or a firm, in capitals. Raises ProblemError SRV-305."""
    found = text.strip().upper()
    if (
        not found
        or len(found) > 40
        or not all(one.isascii() and (one.isalnum() or one == "-") for one in found)
    ):
        raise bad("subject", said("this is no code of a person or a firm"))
    return found


def _open(affair: Affair, declared: Process, values: dict[str, Any], *, by: Actor, now: datetime) -> Affair:
    affair.code = dated_code(now)
    affair.data = values
    affair.title = declared.titled(values)[:200]
    affair.save(force_insert=True)
    keep_title(affair)
    affair.steps = []  # none yet
    hand = begin(affair, values, by=by, now=now)
    note(hand, "opened", keep(hand), right=START)
    conclude(hand)
    write(hand)
    return affair


def conclude(hand: Hand) -> None:
    """Conclude the affair when its process has come to an end."""
    if not hand.run.is_done:
        return
    affair = hand.affair
    affair.status, affair.outcome, affair.closed_at = Status.DONE, hand.run.end, hand.now
    affair.is_in_time = hand.now <= affair.promised_at
    affair.working_days = clocks.working_days(affair, hand.now)
    affair.before, affair.pauses = None, []
    note(hand, "closed", {"outcome": affair.outcome})


def note(
    hand: Hand, name: str, data: Mapping[str, Any], task: Task | None = None, *, right: str = ""
) -> None:
    """Let ``name`` have happened with this hand, at a step or none; it is written with the rest."""
    step, body = (task.step, task.body) if task is not None else ("", None)
    happened(
        hand.affair,
        name,
        data,
        by=hand.by,
        now=hand.now,
        step=step,
        body=body,
        right=right,
        parcel=hand.parcel,
    )


def _acting(affair: Affair, task: Task, *, by: Actor) -> str:
    """The right by which the actor acts on a step. Raises ProblemError ACC-403."""
    if by.is_system or access.decide(by, HANDLE, task):
        return HANDLE
    access.require(by, SUPERVISE, task)
    return SUPERVISE


@transaction.atomic
def take(
    code: str, number: int, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Affair:
    """Take a step on, so that colleagues see who works on it.

    Raises ProblemError SRV-301, SRV-302, SRV-303, SRV-306, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    check_running(affair)
    task = find_task(affair, number)
    right = _acting(affair, task, by=by)
    if task.standing == Standing.TAKEN and task.by != by.key:
        raise not_now(said("{who} has taken this step", who=task.by_name))
    task.standing, task.taken_at, task.by, task.by_name = Standing.TAKEN, moment, by.key, by.name[:100]
    task.save(update_fields=["standing", "taken_at", "by", "by_name"])
    happened(
        affair, "taken", {"task": number}, by=by, now=moment, step=task.step, body=task.body, right=right
    )
    affair.save(update_fields=["version"])
    return affair


@transaction.atomic
def complete(
    code: str,
    number: int,
    outcome: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    expected: int | None = None,
    now: datetime | None = None,
) -> Affair:
    """Complete a step with one of its outcomes and the values of its form; the process moves on.

    Raises ProblemError SRV-301 to 303, SRV-305 to 308, ACC-403; then nothing has changed.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    check_running(affair)
    task = find_task(affair, number)
    right = _acting(affair, task, by=by)
    if task.standing == Standing.TAKEN and task.by != by.key and right == HANDLE:
        raise not_now(said("{who} has taken this step", who=task.by_name), said("or have it handed over"))
    hand = take_up(affair, by=by, now=moment)
    step = hand.process.steps[task.step]
    if outcome not in step.outcomes and (step.outcomes or outcome):
        raise bad("outcome", said("this is not one of the outcomes"), nearest(outcome[:40], step.outcomes))
    values = read_values(hand.process, step.form, data)
    before = {"state": affair.state, "data": affair.data, "task": number, "by": by.key}
    hand.run.complete(str(task.engine_id), values, {**values, "outcome": outcome})
    affair.data = {**affair.data, **values}
    task.standing, task.outcome, task.closed_at = Standing.DONE, outcome, moment
    task.by, task.by_name = by.key, by.name[:100]
    hand.parcel.add(_DONE, [task])
    told = keep(hand)
    note(hand, "completed", {"task": number, "outcome": outcome, "values": values, **told}, task, right=right)
    affair.before = {**before, "version": affair.version} if step.recall and not hand.is_called else None
    conclude(hand)
    write(hand)
    return affair


@transaction.atomic
def recall(
    code: str, reason: str, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Affair:
    """Take the last step back, as long as nothing followed it and no door was called (撤回).

    Raises ProblemError SRV-301 to 303, SRV-305, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    why = stated("reason", reason)
    check_running(affair)
    before = affair.before
    if before is None or before["version"] != affair.version:
        raise not_now(said("there is no step that can be taken back"), said("something has followed it"))
    task = Task.objects.select_related("body", "region").get(affair=affair, number=before["task"])
    if not by.is_system and before["by"] != by.key:
        access.require(by, SUPERVISE, task)
    affair.state, affair.data, affair.before = before["state"], before["data"], None
    hand = take_up(affair, by=by, now=moment, is_back=True)
    detail = {"task": task.number, "reason": why, **keep(hand)}
    note(hand, "recalled", detail, task, right=HANDLE)
    write(hand)
    return affair


@transaction.atomic
def hand_over(
    code: str,
    number: int,
    to: str,
    reason: str,
    *,
    by: Actor,
    expected: int | None = None,
    now: datetime | None = None,
) -> Affair:
    """Hand a step over to another body (转办), saying why; its time runs on.

    Raises ProblemError SRV-301 to 303, SRV-305, SRV-306, SRV-308, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    why = stated("reason", reason)
    check_running(affair)
    task = find_task(affair, number)
    right = _acting(affair, task, by=by)
    body = Body.objects.filter(key=to, is_current=True).first()
    if body is None:
        message = said("there is no body {key!r}", key=to[:40])
        raise ProblemError(Problem(NO_BODY, shorten(message), Where(field="to")))
    if body.pk == task.body_id:
        raise bad("to", said("the step is there already"))
    source, task.body = task.body, body
    task.standing, task.by, task.by_name, task.taken_at = Standing.WAITING, "", "", None
    task.save(update_fields=["body", "standing", "by", "by_name", "taken_at"])
    take_part(affair, [body])
    detail = {"task": number, "to": body.key, "reason": why}
    happened(affair, "handed-over", detail, by=by, now=moment, step=task.step, body=source, right=right)
    affair.save(update_fields=["version"])
    return affair


@transaction.atomic
def suspend(
    code: str, reason: str, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Affair:
    """Stop an affair and all its clocks (中止), saying by what right.

    Raises ProblemError SRV-301 to 303, SRV-305, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    why = stated("reason", reason)
    check_running(affair)
    access.require(by, SUPERVISE, affair)
    pause(affair, "suspended", {"reason": why}, moment)
    happened(affair, "suspended", {"reason": why}, by=by, now=moment, right=SUPERVISE)
    keep_affair(affair)
    return affair


@transaction.atomic
def resume(
    code: str, reason: str, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Affair:
    """Let a suspended affair go on (恢复). Raises ProblemError SRV-301 to 303, SRV-305, ACC-403."""
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    why = stated("reason", reason)
    access.require(by, SUPERVISE, affair)
    check_open(affair)
    if affair.status != Status.SUSPENDED:
        raise not_now(said("the affair is not suspended"))
    go_on(affair, [one for one in affair.pauses if one["kind"] != "suspended"], moment)
    happened(affair, "resumed", {"reason": why}, by=by, now=moment, right=SUPERVISE)
    keep_affair(affair)
    return affair


@transaction.atomic
def ask_for_material(
    code: str,
    number: int,
    items: Sequence[str],
    reason: str,
    *,
    by: Actor,
    expected: int | None = None,
    now: datetime | None = None,
) -> Affair:
    """Ask the applicant for what is missing (补正): all at once, and the clocks stand still until it comes.

    Raises ProblemError SRV-301 to 303, SRV-305, SRV-306, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    check_running(affair)
    task = find_task(affair, number)
    right = _acting(affair, task, by=by)
    wanted = [stated("items", one) for one in items]
    if not wanted or len(wanted) > MATERIALS:
        raise bad("items", said("between one and {limit} materials", limit=MATERIALS))
    why = stated("reason", reason)
    if any(one.get("task") == number for one in affair.pauses):
        raise not_now(said("this step waits for material already"))
    detail = {"task": number, "items": wanted, "reason": why}
    pause(affair, "material", detail, moment)
    happened(affair, "material-asked", detail, by=by, now=moment, step=task.step, body=task.body, right=right)
    keep_affair(affair)
    return affair


@transaction.atomic
def give_material(
    code: str,
    number: int,
    data: Mapping[str, Any],
    note: str,
    *,
    by: Actor,
    expected: int | None = None,
    now: datetime | None = None,
    has_come: bool = True,
) -> Affair:
    """The applicant's answer, as a clerk takes it: changed values of the application, and what was brought.

    ``has_come`` is false where it came without a visit, which figures count.
    Raises ProblemError SRV-301 to 303, SRV-305, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    access.require(by, START, affair)
    check_open(affair)
    said_so = stated("note", note)
    rest = [one for one in affair.pauses if one.get("task") != number]
    if len(rest) == len(affair.pauses):
        raise not_now(said("no material is missing for this step"))
    hand = take_up(affair, by=by, now=moment)
    values = read_values(hand.process, hand.process.start, data, partly=True)
    task = Task.objects.filter(affair=affair, number=number).first()
    if values and task is not None and task.is_open:
        hand.run.correct(str(task.engine_id), values)
        affair.data = {**affair.data, **values}
        affair.state = hand.run.state()
    go_on(affair, rest, moment)
    if has_come:
        Application.objects.filter(affair=affair).update(visits=F("visits") + 1)
    detail = {"task": number, "note": said_so, "values": values}
    step = task.step if task is not None else ""
    happened(affair, "material-given", detail, by=by, now=moment, step=step, right=START)
    keep_affair(affair)
    return affair


@transaction.atomic
def message(
    code: str,
    name: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    expected: int | None = None,
    now: datetime | None = None,
) -> Affair:
    """A message from elsewhere that the process waits for, such as a payment's receipt.

    Raises ProblemError SRV-301 to 303, SRV-305, SRV-307, SRV-308, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    access.require(by, START, affair)
    check_running(affair)
    hand = take_up(affair, by=by, now=moment)
    if name not in hand.process.messages:
        raise bad("message", said("there is no such message"), nearest(name[:40], hand.process.messages))
    values = read_values(hand.process, hand.process.messages[name], data)
    try:
        sound(values)
    except UnsoundValueError as error:
        raise bad("data", str(error)) from None
    hand.run.tell(name, values)
    affair.data = {**affair.data, **values}
    affair.before = None
    told = keep(hand)
    note(hand, "message", {"message": name, "values": values, **told}, right=START)
    conclude(hand)
    write(hand)
    return affair
