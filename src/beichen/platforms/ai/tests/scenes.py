"""Running the models of the scenes that come with the house, as the house runs them, on things of a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.ai.answers import Answered, read_answer
from beichen.platforms.ai.declaration import read_model
from beichen.platforms.ai.exchange import micros
from beichen.platforms.ai.process import execute
from beichen.platforms.ai.words import Outcome

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
Pairs = Sequence[tuple[int, float]]


def hours(value: Callable[[int], float], back: int, ahead: int = 0) -> list[tuple[int, float]]:
    """Means of whole hours, by how many hours before now each begins."""
    return [(micros(NOW + timedelta(hours=hour)), value(hour)) for hour in range(-back, ahead)]


def minutes(value: Callable[[int], float], back: int, every: int = 5) -> list[tuple[int, float]]:
    """Readings each so many minutes up to now, by how many minutes before it."""
    return [(micros(NOW + timedelta(minutes=at)), value(at)) for at in range(-back, 1, every)]


def thing(
    kind: str,
    code: str,
    series: Mapping[str, Pairs] | None = None,
    at: tuple[float, float] | None = None,
    relations: Mapping[str, str] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A thing as the house gives it; the newest value is the last of a series."""
    known = dict(series or {})
    return {
        "code": code,
        "type": kind,
        "name": code,
        "longitude": at[0] if at else None,
        "latitude": at[1] if at else None,
        "fields": fields,
        "relations": {name: [other] for name, other in (relations or {}).items()},
        "latest": {name: list(pairs[-1]) for name, pairs in known.items() if pairs},
        "series": {name: [list(pair) for pair in pairs] for name, pairs in known.items()},
    }


def answered(scene: str, model: str, things: Sequence[dict[str, Any]], **parameters: float) -> Answered:
    """What a scene's model says of these things."""
    package = scenes.check(scenes.find_package(scene, PackageKind.SCENE)).sound()
    declared = read_model(package.value("models.yaml")[model])
    document = {
        "now": micros(NOW),
        "horizon": declared.horizon.total_seconds(),
        "parameters": {**declared.parameters, **parameters},
        "things": list(things),
    }
    ended = execute(
        package.path("model.py").read_text(encoding="utf-8"),
        declared.function,
        document,
        seconds=declared.seconds,
        memory_mb=declared.memory_mb,
    )
    assert ended.outcome is Outcome.DONE, ended.reason.en
    assert ended.answer is not None
    return read_answer(ended.answer, declared, {one["code"]: one["type"] for one in things}, NOW)
