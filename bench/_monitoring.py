"""The process that :mod:`bench.monitoring` starts: the pilot city's plan once, ten and a hundred times."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import django

from bench.measure import Row, seconds

if TYPE_CHECKING:
    from beichen.plan.models import Plan

TIMES = 5


def main() -> None:
    """Load the city, add plans, measure; the last line of output is the rows as JSON."""
    django.setup()
    from django.core.management import call_command

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.scene import service as packages
    from beichen.kernel.scene.section import PackageKind

    call_command("migrate", verbosity=0)
    by = system("bench")
    load_roles(by=by)
    packages.install(packages.find_package("changchun", PackageKind.CITY), by=by, kind=PackageKind.CITY)
    rows = [_measured(size) for size in (1, 10, 100)]
    print(json.dumps([asdict(row) for row in rows]))


def _measured(size: int) -> Row:
    from beichen.kernel.actor import system
    from beichen.plan.models import Plan
    from beichen.plan.monitoring.service import follow
    from beichen.plan.service import standings

    by, plan = system("bench"), Plan.objects.select_related("region").order_by("pk")[0]
    _copy(plan, size - Plan.objects.count())
    record = _recorder()

    def ours() -> None:
        record()
        follow(plan, "data.value.recorded", by=by)

    follow(plan, "bench", by=by)
    taken = seconds(ours, TIMES) - seconds(record, TIMES)
    peer = seconds(partial(standings, plan), TIMES)
    return Row("judge a plan anew after a value", size, max(taken, 0.0), "read and judge, keep nothing", peer)


def _copy(plan: Plan, wanted: int) -> None:
    """More plans with the same table and measures."""
    from beichen.plan.models import Measure, PlanIndicator

    lines, measures = list(plan.planindicators.all()), list(plan.measures.all())
    for _number in range(wanted):
        copy = type(plan).objects.get(pk=plan.pk)
        copy.pk, copy.key = None, f"copy-{type(plan).objects.count()}"
        copy.save(force_insert=True)
        for line in lines:
            line.pk, line.plan = None, copy
        PlanIndicator.objects.bulk_create(lines)
        for measure in measures:
            measure.pk, measure.plan = None, copy
        Measure.objects.bulk_create(measures)


def _recorder() -> Callable[[], None]:
    """Records another growth of the economy each time it is called."""
    from beichen.hubs.data.service import ValueFacts, record_values
    from beichen.kernel.actor import system

    numbers = count(1)

    def record() -> None:
        value = Decimal(next(numbers)) / 10
        facts = [ValueFacts("gdp-growth", "220100", "2024", value, "%", "bench")]
        record_values(facts, owner="file:bench", by=system("bench"))

    return record


if __name__ == "__main__":
    main()
