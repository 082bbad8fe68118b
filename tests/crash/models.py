"""A process that runs a model as the worker does, and kills itself at a named point.

`python -m tests.crash.models POINT | FILE`. One run is asked for, once; FILE is what there is in the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection  # Django first
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.kernel.actor import system
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.jobs.worker import LEASE, JobWorker
from beichen.platforms.ai import jobs, recording, running
from beichen.platforms.ai.models import Model, Prediction, Run
from beichen.platforms.ai.service import declare_models
from beichen.platforms.warehouse import service as warehouse
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from tests.crash.driver import after, before, die

BY = system("crash")
PID = Path(os.environ["BEICHEN_DATA_DIR"]) / "child.pid"
TURNS = 40
SOURCE = """
from datetime import timedelta
from beichen.sdk import Answer, Forecast, model

@model
def tell(inputs):
    return Answer([Forecast(one.code, "speed", inputs.now + timedelta(minutes=minutes), 1.0)
                   for one in inputs.of("pump") for minutes in (10, 20, 30)])
"""
DECLARED = {
    "name": {"zh": "模型", "en": "Model"},
    "says": {"zh": "无", "en": "Nothing"},
    "function": "tell",
    "over": {"pump": {"measures": ["speed"]}},
    "run": "0 0 1 1 *",
    "horizon": "2h",
    "foretells": ["pump.speed"],
}


def in_the_middle() -> None:
    """Die when the model's process has begun, before it has set its limits."""
    original = subprocess.Popen

    def begun(*arguments: Any, **options: Any) -> Any:
        started = original(*arguments, **options)
        PID.write_text(str(started.pid), encoding="utf-8")
        die()
        return started

    setattr(subprocess, "Popen", begun)  # noqa: B010 - for the module that runs models


POINTS: dict[str, Callable[[], None]] = {
    "while it runs": in_the_middle,
    "answered, nothing kept": lambda: after(running, "execute"),
    "in the table, no run": lambda: before(recording, "_keep"),
    "kept, not committed": lambda: after(recording, "_keep"),
}


def ready() -> None:
    """The pump, the model, and the one run that was asked for."""
    if Model.objects.exists():
        return
    pump = registry.TypeFacts(key="pump", name="泵", measures={"speed": {"unit": "1"}})
    registry.declare_types([pump], scene="crash", by=BY)
    entity = Expander(CORE_ONLY).entity({"id": "urn:ngsi-ld:pump:1", "type": "pump"})
    registry.write_object(registry.Draft(entity, code="PUMP-1"), by=BY)
    declare_models({"tell": DECLARED}, SOURCE, {}, scene="crash", by=BY)
    enqueue(jobs.run, "crash.tell", timezone.now().isoformat())


def shifted(by: timedelta) -> datetime:
    """The time, so much later: who died before is given up at once."""
    return timezone.now() + by


def work() -> None:
    """Ticks until nothing is left, by a clock that goes on past the lease of each worker before."""
    for turn in range(1, TURNS):
        worker = JobWorker(partial(shifted, (LEASE + timedelta(hours=1)) * turn))
        while worker.tick():
            pass
        if not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists():
            return


def report(file: str) -> None:
    """Runs, present forecasts, rows of the table."""
    with warehouse.reader() as ask:
        rows = ask.sql("select count(*) as n from forecasts").column("n").to_pylist()[0]
    outcomes = ",".join(Run.objects.values_list("outcome", flat=True))
    Path(file).write_text(f"{outcomes} {Prediction.objects.count()} {rows}", encoding="utf-8")


def main() -> None:
    """Die at the point that the arguments name, or bring it to its end and say what there is."""
    (word,) = sys.argv[1:]
    ready()
    if word in POINTS:
        POINTS[word]()
    work()
    if word not in POINTS:
        report(word)
    connection.close()


if __name__ == "__main__":
    main()
