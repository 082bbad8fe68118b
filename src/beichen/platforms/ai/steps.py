"""The room's word for stories: ``{model: flooding}`` runs a model of the scene; who listens hears at once.

It runs for the story's own time, which the words of devices let pass (`platforms/iot/steps.py`), or for now
where no device spoke. ``finds`` and ``outcome`` say what must come of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from beichen.kernel.bus.service import heard_at_once
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import KEY, record
from beichen.platforms.ai import service
from beichen.platforms.ai.section import FILE
from beichen.platforms.ai.words import Outcome
from beichen.problem import Problem, nearest, shorten

CLOCK = "clock of devices"  # where the words of devices keep the story's time


def _run(stage: Stage, step: dict[str, Any]) -> None:
    told = stage.names.get(CLOCK)
    now = datetime.fromisoformat(told) if told else timezone.now()
    with heard_at_once():
        found = service.run_model(f"{stage.package.key}.{step['model']}", by=stage.by, now=now)
    wanted = step.get("outcome", Outcome.DONE.value)
    stage.expect(found.outcome == wanted, f"it is {found.outcome}: {found.reason_en or 'done'}"[:80])
    if "finds" in step:
        stage.expect(found.findings == step["finds"], f"it found {found.findings}, expected {step['finds']}")


def _check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    known = package.value(FILE)
    if step["model"] in known:
        return []
    message = shorten(f"the scene has no model {step['model']!r}")
    return [
        Problem(NO_REFERENCE, message, document.position((*path, "model")), nearest(step["model"], known))
    ]


register_step(
    Step(
        "model",
        frozenset({Clause.WHEN}),
        record(
            {"model": KEY},
            {
                "finds": {"type": "integer", "minimum": 0},
                "outcome": {"enum": [one.value for one in Outcome]},
            },
        ),
        _run,
        "按故事的时钟运行本场景的一个模型，并写明应发现几处",
        "a model of the scene runs for the story's time; how many findings it must have",
        _check,
    )
)
