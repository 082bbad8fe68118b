"""One rule as its entry of `rules.yaml` says it: the file's schema, and the entry read into a value.

A rule stands on a measure of a type (``on: manhole.level_m``). Its condition is looked at with each reading
of that measure, over the thing's fields, the latest values of its measures, and the rule's windows.
Times are microseconds, as everywhere where readings are treated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beichen.kernel.levels import Level
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.durations import DURATION, duration

SECOND = 1_000_000
TAKES = ("avg", "min", "max", "count", "rate")
BASELINE = "baseline"
SHORTEST, LONGEST = 60 * SECOND, 86_400 * SECOND  # of a window
LONGEST_FOR = 7 * 86_400 * SECOND  # of `for` and `silent`
MOST_WINDOWS, MOST_WEEKS = 8, 26
REGION = "region"
WEEKS = 4  # of history that a baseline looks at where nothing is said
NUMBER, BOOLEAN, TEXT = "number", "boolean", "text"
_KINDS = {"number": NUMBER, "integer": NUMBER, "boolean": BOOLEAN, "string": TEXT, "text": TEXT}
_MEASURE: dict[str, Any] = vocabulary.FIELD
_WINDOW: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys((*TAKES, BASELINE), _MEASURE),
        "over": DURATION,
        "by": vocabulary.FIELD,
        "weeks": {"type": "integer", "minimum": 1, "maximum": MOST_WEEKS},
    },
}
_CONDITION: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}
_ON: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(_[a-z0-9]+)*$",
    "x-form": "a type and its measure, such as manhole.level_m",
}
_EVENT: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$",
    "maxLength": 120,
    "x-form": "a type of event, such as drainage.overflow",
}
RULES = vocabulary.mapping_of(
    vocabulary.record(
        {"on": _ON, "raise": _EVENT},
        {
            "name": vocabulary.TEXT,
            "when": _CONDITION,
            "silent": DURATION,
            "for": DURATION,
            "clear": _CONDITION,
            "windows": vocabulary.mapping_of(_WINDOW, vocabulary.FIELD, maxProperties=MOST_WINDOWS),
        },
    )
)


@dataclass(frozen=True, slots=True)
class Window:
    """A number over the past: ``take`` of a measure in the last ``over`` microseconds, of the thing itself
    (``by`` is empty), or of all things of its type in the same region or with the same value of a field.

    For a baseline, ``weeks`` of history by the hour of the week, and ``over`` is 0.
    """

    name: str
    take: str
    measure: str
    over: int = 0
    by: str = ""
    weeks: int = 0

    @property
    def column(self) -> str:
        """What it is, in words that are no name: two windows of two rules that say the same are one."""
        return f"window {self.take} {self.measure} {self.over} {self.by} {self.weeks}"


@dataclass(frozen=True, slots=True)
class Declared:
    """A rule; ``lasts`` is its ``for``, ``silent`` how long no reading may come (0: it has a condition)."""

    key: str
    kind: str
    measure: str
    raises: str
    zh: str = ""
    en: str = ""
    when: str = ""
    clear: str = ""
    lasts: int = 0
    silent: int = 0
    windows: tuple[Window, ...] = ()


def micros(text: str) -> int:
    """A duration in microseconds."""
    return int(duration(text).total_seconds()) * SECOND


def read_rule(key: str, declared: Mapping[str, Any]) -> Declared:
    """The rule of an entry that fits the schema. Raises ValueError, KeyError for one that does not."""
    kind, _dot, measure = declared["on"].partition(".")
    name = declared.get("name", {})
    return Declared(
        key=key,
        kind=kind,
        measure=measure,
        raises=declared["raise"],
        zh=name.get("zh", ""),
        en=name.get("en", ""),
        when=declared.get("when", ""),
        clear=declared.get("clear", ""),
        lasts=micros(declared["for"]) if "for" in declared else 0,
        silent=micros(declared["silent"]) if "silent" in declared else 0,
        windows=tuple(read_window(each, facts) for each, facts in declared.get("windows", {}).items()),
    )


def read_window(name: str, declared: Mapping[str, Any]) -> Window:
    """A window of an entry. Raises ValueError for one that takes nothing."""
    takes = [take for take in (*TAKES, BASELINE) if take in declared]
    if len(takes) != 1:
        raise ValueError(f"the window {name} takes {len(takes)} things")
    take = takes[0]
    over = micros(declared["over"]) if "over" in declared else 0
    weeks = int(declared.get("weeks", WEEKS)) if take == BASELINE else 0
    return Window(name, take, declared[take], over, declared.get("by", ""), weeks)


def kinds_of(kind: Mapping[str, Any]) -> dict[str, str]:
    """What a condition may name of a type, each a number, a truth or a text: its fields and measures.

    ``kind`` is a type as `objects.yaml` says it, or a mapping with a type's ``fields`` and ``measures``.
    """
    found: dict[str, str] = {}
    for name, field in kind.get("fields", {}).items():
        known = _KINDS.get(field.get("type", "")) or _of_choices(field.get("enum", ()))
        if known:
            found[name] = known
    for name, measure in kind.get("measures", {}).items():
        found[name] = _KINDS[measure.get("type", "number")]
    return found


def _of_choices(choices: Any) -> str:
    if choices and all(isinstance(one, str) for one in choices):
        return TEXT
    are_numbers = choices and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in choices
    )
    return NUMBER if are_numbers else ""


def level_of(kind: Mapping[str, Any], rule: Declared) -> int:
    """The level of what the rule says: that of the most sensitive thing that it looks at."""
    used = {
        rule.measure,
        *(window.measure for window in rule.windows),
        *(window.by for window in rule.windows),
    }
    found = [_number(kind.get("level", Level.L1.name))]
    for part in ("fields", "measures"):
        for name, facts in kind.get(part, {}).items():
            is_named = name in used or name in rule.when or name in rule.clear
            if is_named and "level" in facts:
                found.append(_number(facts["level"]))
    return max(found)


def _number(level: Any) -> int:
    return Level[level].value if isinstance(level, str) else int(level)
