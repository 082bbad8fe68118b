"""Rows that follow an affair's state: the steps that wait and the timers that run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from beichen.fronts.services.affair import clocks
from beichen.fronts.services.affair.leads import lead_of
from beichen.fronts.services.affair.version import version_of
from beichen.fronts.services.bpmn.running import Run, Waiting
from beichen.fronts.services.declaration import Process, Step, Words
from beichen.fronts.services.doors import Calling, doors
from beichen.fronts.services.models import Affair, AffairBody, Task, Timer
from beichen.fronts.services.objection.standing import require_answered
from beichen.fronts.services.problems import NO_BODY, stuck
from beichen.fronts.services.words import OPEN_STEPS, Standing
from beichen.hubs.events.service import Bodies, first_route
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.kernel.parcel import Parcel
from beichen.kernel.scene.durations import duration
from beichen.kernel.statements import Change, Insertion
from beichen.problem import Problem, ProblemError, said, shorten

LONGEST = timedelta(days=2000)
OPEN_TASKS = 200
"""How many steps of one affair wait at once."""
_TASKS, _STANDING = Insertion(Task), Change(Task, "standing", "closed_at", "outcome")
_BODIES = Insertion(AffairBody, "ON CONFLICT DO NOTHING")
_TIMERS = Insertion(Timer, "ON CONFLICT (affair_id, engine_id) DO UPDATE SET closed_at = NULL")
"""One that is there was taken back before, and runs again as it did."""
_AFFAIR = Change(
    Affair,
    *("version", "status", "outcome", "data", "state", "before", "pauses", "left", "stopped_at", "paused"),
    *("promised_at", "closed_at", "is_in_time", "working_days"),
)


@dataclass(slots=True)
class Hand:
    """What is done to an affair in one transaction: the affair, its process, its run, who and when.

    ``timed`` are the timers that ran when it was taken up, as their rows say, ``noticed`` those that the
    state says are public notices; a step that an objection follows is not taken back. ``parcel`` is what
    :func:`write` writes at the end.
    """

    affair: Affair
    process: Process
    run: Run
    by: Actor
    now: datetime
    timed: frozenset[UUID] = frozenset()
    noticed: frozenset[UUID] = frozenset()
    is_called: bool = False
    parcel: Parcel = field(default_factory=Parcel)


def take_up(affair: Affair, *, by: Actor, now: datetime, is_back: bool = False) -> Hand:
    """An affair, locked by the caller, with its run.

    ``is_back``: its state is another than the one that its rows follow, which say then what runs.
    """
    version = version_of(affair.definition)
    hand: Hand
    run = Run.resume(version.specification, affair.state, lambda step, data: call_door(hand, step, data))
    timed: Iterable[UUID] = (
        Timer.objects.filter(affair=affair, closed_at=None).values_list("engine_id", flat=True)
        if is_back
        else (UUID(one.id) for one in run.timers())
    )
    public = {key for key, step in version.process.steps.items() if step.public}
    noticed = frozenset(UUID(one.id) for one in run.timers() if one.key in public) if public else frozenset()
    hand = Hand(affair, version.process, run, by, now, frozenset(timed), noticed)
    return hand


def begin(affair: Affair, data: Mapping[str, Any], *, by: Actor, now: datetime) -> Hand:
    """A new affair, not saved yet, with its run begun."""
    version = version_of(affair.definition)
    hand = Hand(affair, version.process, None, by, now)  # type: ignore[arg-type]  # it calls doors while it begins
    hand.run = Run.begin(version.specification, data, lambda step, known: call_door(hand, step, known))
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
    """Let rows follow the run; they are in the hand's parcel. Gives the steps that opened and were overtaken.

    Raises ProblemError SRV-307, SRV-308, SRV-310.
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
    steps = hand.affair.steps
    kept = {row.engine_id: row for row in steps}
    overtaken = [row for row in steps if row.is_open and row.engine_id not in waiting]
    for row in overtaken:
        row.standing, row.closed_at = Standing.OVERTAKEN, hand.now
    again = [row for row in steps if row.engine_id in waiting and not row.is_open]
    for row in again:  # taken back
        row.standing, row.closed_at, row.outcome = Standing.WAITING, None, ""
    hand.parcel.add(_STANDING, (*overtaken, *again))
    fresh = [one for engine_id, one in waiting.items() if engine_id not in kept]
    if fresh:
        _open_tasks(hand, fresh)
    return {"opened": [one.key for one in fresh], "overtaken": [row.step for row in overtaken]}


def take_part(affair: Affair, bodies: Iterable[Body]) -> None:
    """Let bodies take part in an affair, those that do already too: one statement for all."""
    _BODIES.add_all(_parts(affair, bodies))


def _parts(affair: Affair, bodies: Iterable[Body]) -> list[AffairBody]:
    return [AffairBody(affair=affair, body=body) for body in bodies]


def _open_tasks(hand: Hand, fresh: Sequence[Waiting]) -> None:
    """Open steps, each at the body of its lane, which takes part from now on."""
    affair = hand.affair
    lanes = [_lane_of(hand.process.steps[one.key], one) for one in fresh]
    bodies = bodies_of(hand, lanes)
    last = max((row.number for row in affair.steps), default=0)
    tasks = [
        _task(hand, one, last + place, lane, body)
        for place, (one, lane, body) in enumerate(zip(fresh, lanes, bodies, strict=True), 1)
    ]
    hand.parcel.add(_TASKS, tasks)
    known = {row.body_id for row in affair.steps}
    hand.parcel.add(_BODIES, _parts(affair, {body for body in bodies if body.pk not in known}))


def _task(hand: Hand, one: Waiting, number: int, lane: str, body: Body) -> Task:
    """A step that opens at the body of its lane; not saved yet."""
    affair, step = hand.affair, hand.process.steps[one.key]
    end = clocks.due(hand.now, step.time) if step.time else max(affair.promised_at, hand.now)
    warn = clocks.warning(hand.now, end)
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
        warn_at=warn,
        lead=lead_of(warn, end),
        due_at=end,
    )
    if affair.pauses:
        clocks.pause_task(task, hand.now)
    return task


def _lane_of(step: Step, one: Waiting) -> str:
    if not step.lane:
        return one.lane
    return str(one.data.get(step.lane) or "")


def bodies_of(hand: Hand, lanes: Sequence[str]) -> list[Body]:
    """The body that acts in each of the lanes, for the affair's region. Raises ProblemError SRV-308."""
    region = hand.affair.region
    declared = [hand.process.lanes.get(lane) for lane in lanes]
    among = Bodies([row for one in declared if one is not None for row in one.route], region)
    found = []
    for lane, one in zip(lanes, declared, strict=True):
        body = first_route(one.route, region, among=among).lead if one is not None else None
        if body is None:
            name: object = one.name.zh if one is not None else lane[:40]
            message = said("no body acts as {lane} in {region}", lane=name, region=region.name)
            raise ProblemError(Problem(NO_BODY, shorten(message), hint=said("see the lane's routing table")))
        found.append(body)
    return found


def _follow_timers(hand: Hand, waiting: Mapping[UUID, Waiting]) -> None:
    gone, fresh = hand.timed - waiting.keys(), waiting.keys() - hand.timed
    if gone:
        if gone & hand.noticed:
            require_answered(hand.affair)
        over = Timer.objects.filter(affair=hand.affair, engine_id__in=gone, closed_at=None)
        over.update(closed_at=hand.now)
    hand.parcel.add(_TIMERS, [_timer(hand, waiting[one]) for one in waiting if one in fresh])


def _timer(hand: Hand, one: Waiting) -> Timer:
    """A timer that begins to run; not saved yet."""
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
    return timer


def _time(hand: Hand, one: Waiting) -> timedelta:
    text = hand.run.value(one) if one.expression.startswith("=") else one.expression
    try:
        found = duration(str(text))
    except ValueError:
        raise stuck(said("{text} is no time", text=str(text)[:30]), said("such as 3d or 4h")) from None
    if found > LONGEST:
        raise stuck(said("{text} is too long", text=str(text)[:30]))
    return found


def keep_affair(affair: Affair) -> None:
    """Write what an act changes of an affair that it has locked."""
    _AFFAIR.save(affair)


def write(hand: Hand) -> None:
    """Write the affair, and all that was done to it with this hand."""
    hand.parcel.add(_AFFAIR, [hand.affair])
    hand.parcel.send()


def close_rows(affair: Affair, now: datetime) -> None:
    """Nothing of the affair waits any more."""
    waiting = Task.objects.filter(affair=affair, closed_at=None, standing__in=OPEN_STEPS)
    waiting.update(standing=Standing.OVERTAKEN, closed_at=now)
    Timer.objects.filter(affair=affair, closed_at=None).update(closed_at=now)
