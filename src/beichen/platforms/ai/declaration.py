"""One model as its entry of `models.yaml` says it: the file's schema, and the entry read into a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from beichen.kernel.levels import Level
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.durations import DURATION, duration

HISTORY = timedelta(hours=3)  # of readings, where nothing is said
LONGEST_HISTORY, LONGEST_HORIZON = timedelta(days=400), timedelta(days=14)
SECONDS, MEMORY_MB = 60, 2_048
TAKES = ("max", "min", "mean", "last")
_MEASURE: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(_[a-z0-9]+)*$",
    "x-form": "a type and its measure, such as manhole.level_m",
}
_EVENT: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$",
    "maxLength": 120,
    "x-form": "a type of event, such as drainage.flood-expected",
}
_NAME: dict[str, Any] = vocabulary.record(
    {
        "zh": {"type": "string", "minLength": 1, "maxLength": 100},
        "en": {"type": "string", "minLength": 1, "maxLength": 200},
    }
)
_OVER = vocabulary.record(
    {},
    {
        "measures": {"type": "array", "items": vocabulary.FIELD, "uniqueItems": True, "maxItems": 20},
        "history": DURATION,
        "step": DURATION,
    },
)
MODELS = vocabulary.mapping_of(
    vocabulary.record(
        {
            "name": _NAME,
            "says": vocabulary.TEXT,
            "function": vocabulary.FIELD,
            "over": vocabulary.mapping_of(_OVER, minProperties=1, maxProperties=12),
            "run": {"type": "string", "minLength": 9, "maxLength": 60, "description": "a cron expression"},
        },
        {
            "horizon": DURATION,
            "foretells": {"type": "array", "items": _MEASURE, "uniqueItems": True, "maxItems": 20},
            "keeps": vocabulary.mapping_of(
                vocabulary.record(
                    {"take": {"enum": list(TAKES)}, "of": vocabulary.FIELD},
                    {"day": {"type": "integer", "minimum": 0, "maximum": 14}},
                ),
                _MEASURE,
            ),
            "finds": {"type": "array", "items": _EVENT, "uniqueItems": True, "maxItems": 12},
            "parameters": vocabulary.mapping_of({"type": "number"}, vocabulary.FIELD, maxProperties=60),
            "limits": vocabulary.record(
                {},
                {
                    "seconds": {"type": "integer", "minimum": 1, "maximum": 600},
                    "memory_mb": {"type": "integer", "minimum": 64, "maximum": 16_384},
                },
            ),
        },
    )
)


@dataclass(frozen=True, slots=True)
class Over:
    """A type of things that a model is given: the measures of it, how far back, and by which step.

    With a ``step`` a series holds means of whole steps, at each step's beginning.
    """

    kind: str
    measures: tuple[str, ...] = ()
    history: timedelta = HISTORY
    step: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Keep:
    """A measure of the thing that the newest forecast is written to: its largest value, or another."""

    kind: str
    name: str
    take: str
    of: str
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A model; ``foretells`` are pairs of a type and its measure."""

    function: str
    over: tuple[Over, ...]
    run: str
    horizon: timedelta
    foretells: frozenset[tuple[str, str]]
    keeps: tuple[Keep, ...]
    finds: frozenset[str]
    parameters: Mapping[str, float]
    seconds: int
    memory_mb: int


def read_model(declared: Mapping[str, Any]) -> Declared:
    """The model of an entry that fits the schema."""
    limits = declared.get("limits", {})
    return Declared(
        function=declared["function"],
        over=tuple(_over(kind, facts) for kind, facts in declared["over"].items()),
        run=declared["run"],
        horizon=duration(declared["horizon"]) if "horizon" in declared else timedelta(),
        foretells=frozenset(_pair(name) for name in declared.get("foretells", ())),
        keeps=tuple(
            Keep(*_pair(name), facts["take"], facts["of"], facts.get("day"))
            for name, facts in declared.get("keeps", {}).items()
        ),
        finds=frozenset(declared.get("finds", ())),
        parameters={name: float(value) for name, value in declared.get("parameters", {}).items()},
        seconds=limits.get("seconds", SECONDS),
        memory_mb=limits.get("memory_mb", MEMORY_MB),
    )


def _over(kind: str, facts: Mapping[str, Any]) -> Over:
    return Over(
        kind,
        tuple(facts.get("measures", ())),
        duration(facts["history"]) if "history" in facts else HISTORY,
        duration(facts["step"]) if "step" in facts else timedelta(),
    )


def _pair(name: str) -> tuple[str, str]:
    kind, _dot, measure = name.partition(".")
    return kind, measure


def level_of(types: Mapping[str, Any], model: Declared) -> int:
    """The level of what the model says: that of the most sensitive measure that it is given."""
    found = [Level.L1.value]
    for over in model.over:
        kind = types.get(over.kind, {})
        found.append(_number(kind.get("level", Level.L1.name)))
        measures = kind.get("measures", {})
        found += [_number(measures.get(name, {}).get("level", Level.L1.name)) for name in over.measures]
    return max(found)


def _number(level: Any) -> int:
    return Level[level].value if isinstance(level, str) else int(level)
