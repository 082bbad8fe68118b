"""A process that decides about rides and grants, and kills itself at a named point; or one clerk of many.

`python -m tests.crash.rides build | STEP FILE [POINT | @MOMENT] | clerk SEED ACTS | verify`. FILE takes down
each answer before the next act: what the clerk knows when the house dies. ``clerk`` acts at random beside
others, as clerks, people, gates and the nightly forgetting do; ``verify`` fails where counters, log and chain
disagree.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.utils import timezone

from beichen.fronts.codes import granting, returning, service
from beichen.fronts.codes.forgetting import forget
from beichen.fronts.codes.models import Gate, Grant, Return, Scan
from beichen.fronts.codes.scanning import point_of
from beichen.fronts.codes.tests import town
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body, Person
from beichen.kernel.org.service import actor_of, appoint, city_region
from beichen.problem import ProblemError
from tests.crash.driver import after, nth
from tests.crash.moments import watched
from tests.crash.rides_points import COUNT, COUNTED, KEPT, SILENT, TOLD

KEY, GATE = "bus-rides", "bus-1"


def _third(name: str) -> None:
    """Die when a decision or a grant has called it for the third time."""
    for module in (returning, granting):
        if hasattr(module, name):
            after(module, name, nth(3))


POINTS: dict[str, Callable[[], None]] = {
    COUNTED: lambda: _third("_fill" if "grant" in sys.argv else "_put"),
    KEPT: lambda: _third("_save"),
    TOLD: lambda: _third("_record"),
    SILENT: lambda: after(sys.modules[__name__], "_done", nth(3)),
}


def build() -> None:
    """People with two rides each, of which a gate has taken one, and a clerk of the buses."""
    town.build()
    town.officer("officer", "roads", "clerk")
    place = city_region()
    assert place is not None
    clerk_, roads = Person.objects.get(name="clerk"), Body.objects.get(key="roads")
    appoint(clerk_, "certifier", roads, place, by=town.BY)
    gate = town.gate(GATE, town.BUS, (KEY,), takes=True)[0]
    for number in range(COUNT):
        row = town.person(f"p{number}")
        service.grant(town.entitlement(KEY), row, by=town.BY)
        _read([row], gate)
        service.ask_back(Scan.objects.latest("pk").nonce, "车坏了", by=actor_of(row))


def _clerk() -> Actor:
    found = access.actor_again(f"person:{Person.objects.get(name='clerk').code}")
    assert found is not None
    return found


def _read(people: list[Person], gate: Gate) -> list[service.Answer]:
    kind, now = town.entitlement(KEY), timezone.now()
    codes = [service.make_codes(one, kind, gate.reader, now=now, count=1)[0].text for one in people]
    return service.read_codes([service.Brought(one) for one in codes], point_of(gate), by=town.BY, now=now)


def _done(step: str, row: Return | Grant, by: Actor) -> str:
    """One act, as a page answers it; what was done before the house died is said to be done."""
    if isinstance(row, Grant):
        return str(service.grant(row.entitlement, row.person, by=by).state)
    try:
        return str(service.decide_return(row.reference, step, "核实", by=by).state)
    except ProblemError as error:
        return f"refused {error.problems[0].code}"


def act(step: str, file: str) -> None:
    """The same step for all, each answered before the next."""
    by = _clerk()
    rows = Grant.objects.all() if step == "grant" else Return.objects.all()
    with open(file, "a", encoding="utf-8") as answers:  # noqa: PTH123 - kept open over all
        for row in rows.order_by("id"):
            answers.write(f"{row.pk} {sys.modules[__name__]._done(step, row, by)}\n")
            answers.flush()


def clerk(seed: str, acts: str) -> None:
    """Whatever may be done, at random; who comes too late is told so, and nothing else may go wrong."""
    chance, by = random.Random(int(seed)), _clerk()
    gate = Gate.objects.select_related("reader__body").get(key=GATE)
    people = list(Person.objects.filter(name__startswith="p").order_by("id"))
    for _number in range(int(acts)):
        try:
            _any(chance, by, gate, people)
        except ProblemError as error:
            if not error.problems[0].code.startswith("COD-"):
                raise


def _any(chance: random.Random, by: Actor, gate: Gate, people: list[Person]) -> None:
    someone = chance.choice(people)
    numbers = list(Scan.objects.filter(person=someone).values_list("nonce", flat=True))
    numbers += list(Return.objects.filter(person=someone).values_list("reference", flat=True))
    number = chance.choice(numbers) if numbers else "0"
    acts: dict[str, Callable[[], Any]] = {
        "read": lambda: _read(chance.sample(people, 3), gate),
        "ask": lambda: service.ask_back(number, "车坏了", by=actor_of(someone)),
        "ask no more": lambda: service.ask_no_more(number, by=actor_of(someone)),
        "grant": lambda: service.grant(town.entitlement(KEY), someone, by=by),
        "forget": lambda: forget(Scan.objects.filter(nonce=number)),
        "count": lambda: service.count_days(1),
        **{step: partial(service.decide_return, number, step, "核实", by=by) for step in returning.STEPS},
    }
    acts[chance.choice(list(acts))]()


def verify() -> None:
    """Counters, what was given back, and the chain agree."""
    problems = [*service.disagreements(), *audit.verify().problems]
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    sys.exit(1 if problems else 0)


def main(words: list[str]) -> None:
    """Do what is asked, and die on the way where a point is named."""
    known: dict[str, Callable[..., None]] = {"build": build, "clerk": clerk, "verify": verify}
    with watched(words) as (name, *more):
        if more and more[-1] in POINTS:
            POINTS[more.pop()]()
        known[name](*more) if name in known else act(name, *more)


if __name__ == "__main__":
    sys.modules["tests.crash.rides"] = sys.modules["__main__"]
    main(sys.argv[1:])
