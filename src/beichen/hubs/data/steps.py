"""``{indicator: {key: handled-in-time, region: "990102", period: this-month, value: 100}}``.

The indicator is computed first, as the schedule would do it; its value is read at `/api/indicators`.
``value: null`` says that there is none.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from beichen.hubs.data.computing.periods import Unit, period_of
from beichen.hubs.data.computing.running import compute
from beichen.hubs.data.computing.section import FILES
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import KEY, REGION, Schema, record
from beichen.problem import Problem, nearest, shorten

NOW = {"today": Unit.DAY, "this-week": Unit.WEEK, "this-month": Unit.MONTH, "this-year": Unit.YEAR}
_PERIOD: Schema = {
    "anyOf": [
        {"enum": list(NOW)},
        {"type": "string", "pattern": r"^\d{4}(-Q[1-4]|-W\d\d|-\d\d(-\d\d)?)?$"},
    ],
    "x-form": 'today, this-week, this-month, this-year, or a period such as "2025-03"',
}
_SCHEMA = record(
    {
        "indicator": record(
            {"key": KEY, "region": REGION, "period": _PERIOD, "value": {"type": ["number", "null"]}},
            {
                "dimension": {"type": "string", "pattern": "^[a-z0-9_+]+$"},
                "member": {"type": "string", "minLength": 1, "maxLength": 200},
                "kind": {"enum": ["real", "demo"]},
            },
        )
    }
)


def _run(stage: Stage, step: dict[str, Any]) -> None:
    named = step["indicator"]
    key, period = named["key"], named["period"]
    if period in NOW:
        period = period_of(NOW[period], timezone.localdate()).text
    for one in compute([key], by=stage.by):
        for problem in one.problems:
            stage.expect(False, f"{key}: {problem.message}")
    asked = {name: named[name] for name in ("region", "dimension", "member") if name in named}
    reply = stage.look(f"/api/indicators/{key}?{urlencode({'kind': named.get('kind', 'real'), **asked})}")
    if reply.status != 200:
        stage.expect(False, f"there is no indicator {key}")
        return
    found = [one["value"] for one in reply.content["values"] if one["period"] == period]
    wanted = named["value"]
    if wanted is None:
        stage.expect(not found, f"{key} is {found}, expected none")
        return
    holds = bool(found) and abs(found[0] - wanted) < 1e-6
    stage.expect(holds, f"{key} is {found[0] if found else 'not there'}, expected {wanted}")


def _check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    """A scene declares the indicator: this one or one that it requires."""
    packages = (*package.required.values(), package)
    known = {PurePosixPath(name).stem for one in packages for name in one.glob(FILES)}
    key = step["indicator"]["key"]
    if key in known:
        return []
    message = shorten(f"no scene declares the indicator {key!r}")
    where = document.position((*path, "indicator", "key"))
    return [Problem(NO_REFERENCE, message, where, nearest(key, known))]


register_step(
    Step(
        "indicator",
        frozenset({Clause.THEN}),
        _SCHEMA,
        _run,
        "计算出的指标在此区域、此期的值（value: null 为没有）",
        "an indicator, computed now, has this value for a region and a period; null: it has none",
        _check,
    )
)
