"""The play: each device speaks at its times, people report, until the time is over or it is told to stop.

Simulated time begins at ``since`` and runs as fast as it can until it has caught up with now; without
that it runs ``scale`` times as fast as a clock. Times, values and reports depend on the seed, the things
and the beginning alone.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from beichen.platforms.iot.simulation.arithmetic import worked_out
from beichen.platforms.iot.simulation.behaviour import Machine, Measured
from beichen.platforms.iot.simulation.house import House
from beichen.platforms.iot.simulation.population import Thing
from beichen.platforms.iot.simulation.voice import Counts, Voice
from beichen.platforms.iot.simulation.weather import Weather
from beichen.problem import ProblemError

AT_ONCE = 50  # connections that are made together
PEOPLE_EVERY, DAY = 600.0, 86_400.0
LAST_ACKNOWLEDGEMENTS = 15.0
BREATH = 50  # messages after which others get their turn while it catches up
MANY_WAITING = 1_000  # messages of all that the broker has not acknowledged: then the past waits
FIRMWARE = "sim-1.0"
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to play.

    ``rate`` is messages a second of all devices together (0: each its own interval), ``minutes`` simulated
    time (0: until told to stop); ``faults`` and ``people`` multiply what scenes say. A device that is not let
    in tries again for ``patience`` seconds, because the gateway may be starting, before it asks for another
    token.
    """

    seed: int = 1
    rate: float = 0.0
    minutes: float = 0.0
    scale: float = 1.0
    faults: float = 1.0
    people: float = 1.0
    since: float = 0.0
    patience: float = 0.0


def machines(things: Sequence[Thing], declared: Mapping[str, Any], plan: Plan) -> list[Machine]:
    """A machine for each thing, in their order."""
    measures = {
        kind: tuple(Measured.of(name, one) for name, one in told["measures"].items())
        for kind, told in declared["devices"].items()
    }
    made = []
    for thing in things:
        told = declared["devices"][thing.kind]
        every = len(things) / plan.rate * plan.scale if plan.rate else told["every"]
        faults = (
            {kind: between / plan.faults for kind, between in told["faults"].items()} if plan.faults else {}
        )
        made.append(Machine(thing.device, every, measures[thing.kind], thing.fields, faults, plan.seed))
    return made


@dataclass(slots=True)
class People:
    """Who reports: for each kind how likely at a moment, and near which things."""

    declared: Sequence[Mapping[str, Any]]
    things: Sequence[Thing]
    plan: Plan
    _chances: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chances = [worked_out(one["per_day"]) for one in self.declared]

    def reports(self, at: float, weather: Mapping[str, Any]) -> list[tuple[str, str, Any, Any, str]]:
        """The reports of the ten minutes that begin at a time: kind, text, place, answers, key."""
        dice, found = Random(f"{self.plan.seed}:people:{int(at // PEOPLE_EVERY)}"), []  # noqa: S311
        for one, chance in zip(self.declared, self._chances, strict=True):
            likely = float(chance(weather) or 0.0) * self.plan.people * PEOPLE_EVERY / DAY
            near = [thing for thing in self.things if thing.kind == one["near"] and thing.at is not None]
            if dice.random() >= likely or not near:
                continue
            thing, text = dice.choice(near), dice.choice(one["texts"])
            place = (thing.at[0] + dice.gauss(0, 2e-4), thing.at[1] + dice.gauss(0, 2e-4))  # type: ignore[index]
            key = f"sim-{self.plan.seed}-{one['kind']}-{int(at // PEOPLE_EVERY)}"
            found.append((one["kind"], text, place, one.get("answers", {}), key))
        return found


class Play:
    """One run. ``counts`` and ``problems`` say how it went; ``until`` is how far simulated time has come."""

    def __init__(
        self,
        house: House,
        declared: Mapping[str, Any],
        things: Sequence[Thing],
        tokens: dict[str, str],
        plan: Plan,
        clock: Clock = time.time,
    ) -> None:
        self.counts, self.reports, self.until = Counts(), 0, 0.0
        self.problems: dict[str, int] = {}
        self._house, self._tokens, self._plan, self._clock = house, tokens, plan, clock
        self._weather = Weather(declared["city"], declared["climate"], plan.seed)
        self.machines = machines(things, declared, plan)
        self._people = People(declared["people"], things, plan)
        self._voices: list[Voice] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def _trouble(self, what: str) -> None:
        self.problems[what] = self.problems.get(what, 0) + 1

    def _voice(self, machine: Machine) -> Voice:
        return Voice(machine.code, self._tokens[machine.code], self.counts, machine.obey)

    async def _come_in(self, host: str, port: int, stop: asyncio.Event) -> None:
        room = asyncio.Semaphore(AT_ONCE)
        self._voices = [self._voice(one) for one in self.machines]
        patient_until, renewed = self._clock() + self._plan.patience, set[str]()

        async def one(number: int) -> None:
            async with room:
                if stop.is_set():
                    return
                machine = self.machines[number]
                while not await self._voices[number].connect(host, port):
                    if self._clock() < patient_until and not stop.is_set():
                        await asyncio.sleep(1.0)
                    elif machine.code not in renewed:
                        # a house that was set up anew knows the device, not its token
                        renewed.add(machine.code)
                        self._tokens |= await asyncio.to_thread(self._house.tokens, [machine.code])
                    else:
                        self._trouble("a device was not let in")
                        return
                    self._voices[number] = self._voice(machine)
                self._voices[number].introduce({"firmware": FIRMWARE})

        await asyncio.gather(*(one(number) for number in range(len(self.machines))))

    async def run(self, host: str, port: int, stop: asyncio.Event) -> None:
        """Play until the plan's time is over or ``stop``. Raises OSError when there is no broker."""
        began = self._clock()
        start = self._plan.since or began - (self._plan.minutes * 60 if self._plan.scale > 1 else 0)
        end = start + self._plan.minutes * 60 if self._plan.minutes else float("inf")
        self.until = start
        try:
            await self._come_in(host, port, stop)
            await self._speak(start, end, stop)
            await self._wait_for_acknowledgements()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(
                *(voice.close() for voice in self._voices), *self._tasks, return_exceptions=True
            )

    async def _speak(self, start: float, end: float, stop: asyncio.Event) -> None:
        due = [(start + one.every * one.own, number) for number, one in enumerate(self.machines)]
        if self._people.declared:
            due.append((max(start, self._clock() - PEOPLE_EVERY), -1))
        heapq.heapify(due)
        origin, spoken = self._clock(), 0
        while not stop.is_set():
            at, number = due[0]
            if at >= end:
                return
            wait = self._wait(at, start, origin)
            if wait <= 0 and self.counts.sent - self.counts.acknowledged > MANY_WAITING:
                wait = 0.02
            if wait > 0 or spoken % BREATH == 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), max(wait, 0.001))
                if stop.is_set():
                    return
            self.until, spoken = at, spoken + 1
            weather = self._weather.at(at)
            if number < 0:
                self._let_people_speak(at, weather)
                heapq.heapreplace(due, (at + PEOPLE_EVERY, number))
                continue
            machine = self.machines[number]
            said = machine.says(at, weather)
            if said is not None:
                self._voices[number].say(said.document)
            heapq.heapreplace(due, (at + machine.every, number))

    def _wait(self, at: float, start: float, origin: float) -> float:
        """Real seconds until a simulated time; what lies before now is due at once where there is a past."""
        if self._plan.since:
            return at - self._clock()
        return (at - start) / self._plan.scale - (self._clock() - origin)

    def _let_people_speak(self, at: float, weather: Mapping[str, Any]) -> None:
        for report in self._people.reports(at, weather):
            task = asyncio.create_task(self._report(*report))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _report(self, kind: str, text: str, at: Any, answers: Any, key: str) -> None:
        try:
            await asyncio.to_thread(self._house.report, kind, text, at, answers, key)
        except ProblemError as error:
            self._trouble(error.problems[0].message)
        else:
            self.reports += 1

    async def _wait_for_acknowledgements(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_ACKNOWLEDGEMENTS):
                while any(voice.waiting for voice in self._voices):  # noqa: ASYNC110 - each has its own broker
                    await asyncio.sleep(0.05)
                if self._tasks:
                    await asyncio.gather(*self._tasks, return_exceptions=True)
