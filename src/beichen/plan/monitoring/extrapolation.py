"""The process that computes forecasts by statsforecast: series in as JSON, values with intervals out.

    python -m beichen.plan.monitoring.extrapolation < asked.json

Its imports take seconds and a few hundred megabytes; a job starts it, so that no process of the house
keeps them. It knows no database.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

SECONDS = 300


def extrapolate(asked: Sequence[dict[str, object]]) -> list[list[dict[str, float]]]:
    """One list of ``value``, ``low`` and ``high`` by year for each series; started as a process.

    Raises subprocess.SubprocessError when the process fails or takes longer than :data:`SECONDS`.
    """
    if not asked:
        return []
    command = [sys.executable, "-m", "beichen.plan.monitoring.extrapolation"]
    done = subprocess.run(
        command, input=json.dumps(list(asked)), capture_output=True, text=True, timeout=SECONDS, check=True
    )
    found: list[list[dict[str, float]]] = json.loads(done.stdout)
    return found


def _forecast(asked: dict[str, Any]) -> list[dict[str, float]]:
    import numpy
    from statsforecast.models import AutoETS, HistoricAverage, RandomWalkWithDrift

    models: dict[str, Callable[[], Any]] = {
        "drift": RandomWalkWithDrift,
        "mean": HistoricAverage,
        "smoothing": lambda: AutoETS(season_length=1),
    }
    level = int(asked["level"])
    values = numpy.array(asked["values"], dtype=float)
    made = models[asked["model"]]().forecast(y=values, h=int(asked["horizon"]), level=[level])
    columns = (made["mean"], made[f"lo-{level}"], made[f"hi-{level}"])
    return [
        dict(zip(("value", "low", "high"), (_bounded(float(one), asked) for one in row), strict=True))
        for row in zip(*columns, strict=True)
    ]


def _bounded(value: float, asked: dict[str, Any]) -> float:
    """A share stays between none and all."""
    lower, upper = asked["lower"], asked["upper"]
    value = value if lower is None else max(value, lower)
    return value if upper is None else min(value, upper)


if __name__ == "__main__":
    sys.stdout.write(json.dumps([_forecast(one) for one in json.load(sys.stdin)]))
