"""Rows that follow an affair's state: the steps that wait and the timers that run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from beichen.fronts.services.affair import clocks
from beichen.fronts.services.bpmn.compiling import Specification, specification
from beichen.fronts.services.bpmn.running import Run, Waiting
from beichen.fronts.services.declaration import Process, Step, Words, read_process
from beichen.fronts.services.doors import Calling, doors
from beichen.fronts.services.models import Affair, AffairBody, Definition, Task, Timer
from beichen.fronts.services.problems import NO_BODY, stuck
from beichen.fronts.services.words import OPEN_STEPS, Standing
from beichen.hubs.events.service import first_route
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.kernel.scene.durations import duration
from beichen.kernel.statements import Insertion
from beichen.problem import Problem, ProblemError, said, shorten

LONGEST = timedelta(days=2000)
OPEN_TASKS = 200
"""How many steps of one affair wait at once."""
_TASKS, _TIMERS = Insertion(Task), Insertion(Timer)


@dataclass(slots=True)
class Hand:
    """What is done to an affair in one transaction: the affair, its process, its run, who and when."""

    affair: Affair
    process: Process
    run: Run
    by: Actor
    now: datetime
    is_called: bool = False


def specification_of(definition: Definition, process: Process) -> Specification:
    """The engine's specification of a definition, shared by its affairs."""
    return specification(definition.spec, tuple(process.fields), tuple(process.steps))


def take_up(affair: Affair, *, by: Actor, now: datetime) -> Hand:
    """An affair, locked by the caller, with its run."""
    process = read_process(affair.definition.declared)
    hand: Hand
    run = Run.resume(
        specification_of(affair.definition, process),
        affair.state,
        lambda step, data: call_door(hand, step, data),
    )
    hand = Hand(affair, process, run, by, now)
    return hand


def begin(affair: Affair, data: Mapping[str, Any], *, by: Actor, now: datetime) -> Hand:
    """A new affair, not saved yet, with its run begun."""
    process = read_process(affair.definition.declared)
    hand = Hand(affair, process, None, by, now)  # type: ignore[arg-type]  # the run calls doors while it begins
    hand.run = Run.begin(
        specification_of(affair.definition, process), data, lambda step, known: call_door(hand, step, known)
    )
    return hand


def call_door(hand: Hand, step: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Call the door of a service task. Raises ProblemError SRV-307 when no room has it any more."""
    declared = hand.process.steps[step]
    door = doors().get(declared.door)
    if door is None:
        raise stuck(said("there is no door {name}", name=declared.door))
    hand.is_called = True
    affair = hand.affair
    calling = Calling(
        affair.code, affair.definition.key, step, affair.subject, affair.region.path, affair.level, hand.by
    )
    return door.call(calling, data)


def keep(hand: Hand) -> dict[str, list[str]]:
    """Let rows follow the run; the affair is not saved. Gives the steps that opened and were overtaken.

    Raises ProblemError SRV-307, SRV-308.
    """
    hand.affair.state = hand.run.state()
    steps = {UUID(one.id): one for one in hand.run.steps()}
    timers = {UUID(one.id): one for one in hand.run.timers()}
    if len(steps) > OPEN_TASKS:
        raise stuck(said("more than {limit} steps wait at once", limit=OPEN_TASKS))
    told = _follow_tasks(hand, steps)
    _follow_timers(hand, timers)
    return told


def _follow_tasks(hand: Hand, waiting: Mapping[UUID, Waiting]) -> dict[str, list[str]]:
    rows = Task.objects.filter(affair=hand.affair).filter(Q(closed_at=None) | Q(engine_id__in=list(waiting)))
    kept = {row.engine_id: row for row in rows}
    overtaken = [row for row in kept.values() if row.is_open and row.engine_id not in waiting]
    for row in overtaken:
        row.standing, row.closed_at = Standing.OVERTAKEN, hand.now
        row.save(update_fields=["standing", "closed_at"])
    for engine_id, row in kept.items():
        if engine_id in waiting and not row.is_open:  # taken back
            row.standing, row.closed_at, row.outcome = Standing.WAITING, None, ""
            row.save(update_fields=["standing", "closed_at", "outcome"])
    fresh = [one for engine_id, one in waiting.items() if engine_id not in kept]
    if fresh:
        last = Task.objects.filter(affair=hand.affair).aggregate(Max("number"))["number__max"] or 0
        bodies = {_open_task(hand, one, number) for number, one in enumerate(fresh, last + 1)}
        take_part(hand.affair, bodies)
    return {"opened": [one.key for one in fresh], "overtaken": [row.step for row in overtaken]}


def take_part(affair: Affair, bodies: Iterable[Body]) -> None:
    """Let bodies take part in an affair, those that do already too: one statement for all."""
    rows = [AffairBody(affair=affair, body=body) for body in bodies]
    AffairBody.objects.bulk_create(rows, ignore_conflicts=True)


def _open_task(hand: Hand, one: Waiting, number: int) -> Body:
    """Open a step at the body of its lane, which it gives."""
    affair, step = hand.affair, hand.process.steps[one.key]
    lane = _lane_of(step, one)
    body = body_of(hand, lane)
    end = clocks.due(hand.now, step.time) if step.time else max(affair.promised_at, hand.now)
    task = Task(
        affair=affair,
        number=number,
        engine_id=UUID(one.id),
        step=one.key,
        lane=lane,
        name=step.name.zh[:200],
        name_en=step.name.en[:300],
        body=body,
        region=affair.region,
        level=affair.level,
        opened_at=hand.now,
        warn_at=clocks.warning(hand.now, end),
        due_at=end,
    )
    if affair.pauses:
        clocks.pause_task(task, hand.now)
    _TASKS.add(task)
    return body


def _lane_of(step: Step, one: Waiting) -> str:
    if not step.lane:
        return one.lane
    return str(one.data.get(step.lane) or "")


def body_of(hand: Hand, lane: str) -> Body:
    """The body that acts in a lane of the affair's region. Raises ProblemError SRV-308."""
    declared = hand.process.lanes.get(lane)
    body = first_route(declared.route, hand.affair.region).lead if declared is not None else None
    if body is None:
        name: object = declared.name.zh if declared is not None else lane[:40]
        message = said("no body acts as {lane} in {region}", lane=name, region=hand.affair.region.name)
        raise ProblemError(Problem(NO_BODY, shorten(message), hint=said("see the lane's routing table")))
    return body


def _follow_timers(hand: Hand, waiting: Mapping[UUID, Waiting]) -> None:
    rows = Timer.objects.filter(affair=hand.affair).filter(Q(closed_at=None) | Q(engine_id__in=list(waiting)))
    kept = {row.engine_id: row for row in rows}
    for row in kept.values():
        if row.closed_at is None and row.engine_id not in waiting:
            row.closed_at = hand.now
            row.save(update_fields=["closed_at"])
        elif row.closed_at is not None and row.engine_id in waiting:  # taken back
            row.closed_at = None
            row.save(update_fields=["closed_at"])
    for engine_id, one in waiting.items():
        if engine_id not in kept:
            _open_timer(hand, one)


def _open_timer(hand: Hand, one: Waiting) -> None:
    step = hand.process.steps.get(one.key, Step(Words("", "")))
    timer = Timer(
        affair=hand.affair,
        engine_id=UUID(one.id),
        step=one.key,
        is_public=step.public,
        opened_at=hand.now,
        due_at=clocks.due(hand.now, _time(hand, one)),
    )
    if hand.affair.pauses:
        clocks.pause_timer(timer, hand.now)
    _TIMERS.add(timer)


def _time(hand: Hand, one: Waiting) -> timedelta:
    text = hand.run.value(one) if one.expression.startswith("=") else one.expression
    try:
        found = duration(str(text))
    except ValueError:
        raise stuck(said("{text} is no time", text=str(text)[:30]), said("such as 3d or 4h")) from None
    if found > LONGEST:
        raise stuck(said("{text} is too long", text=str(text)[:30]))
    return found


def close_rows(affair: Affair, now: datetime) -> None:
    """Nothing of the affair waits any more."""
    waiting = Task.objects.filter(affair=affair, closed_at=None, standing__in=OPEN_STEPS)
    waiting.update(standing=Standing.OVERTAKEN, closed_at=now)
    Timer.objects.filter(affair=affair, closed_at=None).update(closed_at=now)
