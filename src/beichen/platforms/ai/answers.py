"""What a model's process answered, looked at before a word of it is kept: one fault refuses it whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from beichen.platforms.ai.declaration import Declared
from beichen.platforms.ai.exchange import moment

MOST_FORECASTS, MOST_FINDINGS, MOST_VALUES, MOST_FIGURES = 200_000, 2_000, 20, 50
LARGEST = 1e15
LONGEST_TEXT = 1_000
SLACK = timedelta(minutes=1)  # past the horizon, for steps that are rounded


class Reason(NamedTuple):
    """Why nothing came of a run, in both languages."""

    zh: str
    en: str


class BadAnswer(Exception):  # noqa: N818 - it is an outcome
    """An answer that is not believed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Foretold:
    """A forecast that fits what the model declares; a value is finite and lies between its bounds."""

    thing: str
    measure: str
    at: datetime
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a declared type."""

    thing: str
    type: str
    zh: str
    en: str
    values: dict[str, float | str | bool]


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer that can be kept."""

    forecasts: list[Foretold] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


def both(template: str, **values: object) -> Reason:
    """A sentence in both languages; ``template`` is marked where it stands."""
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(gettext(template).format(**values))
    return Reason(*found)


def read_answer(
    document: Mapping[str, Any], model: Declared, kinds: Mapping[str, str], now: datetime
) -> Answered:
    """The answer of a document; ``kinds`` are the types of the given things by code. Raises BadAnswer."""
    try:
        return Answered(
            _forecasts(document["forecasts"], model, kinds, now),
            _findings(document["findings"], model, kinds),
            _figures(document["figures"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadAnswer(both(gettext_noop("The answer is of another shape than an Answer."))) from None


def _forecasts(rows: list[Any], model: Declared, kinds: Mapping[str, str], now: datetime) -> list[Foretold]:
    if len(rows) > MOST_FORECASTS:
        text = gettext_noop("{number} forecasts; at most {limit} are kept.")
        raise BadAnswer(both(text, number=len(rows), limit=MOST_FORECASTS))
    found: dict[tuple[str, str, datetime], Foretold] = {}
    for thing, measure, at, value, low, high in rows:
        if (kinds.get(thing), measure) not in model.foretells:
            text = gettext_noop("A forecast of {thing} {measure}, which the model does not declare.")
            raise BadAnswer(both(text, thing=str(thing)[:60], measure=str(measure)[:60]))
        time = moment(at)
        if not now < time <= now + model.horizon + SLACK:
            text = gettext_noop("A forecast of {thing} for a time that is not within the horizon.")
            raise BadAnswer(both(text, thing=thing))
        one = Foretold(thing, measure, time, *_bounded(thing, value, low, high))
        if found.setdefault((thing, measure, time), one) is not one:
            raise BadAnswer(both(gettext_noop("Two forecasts of {thing} for the same time."), thing=thing))
    return list(found.values())


def _bounded(thing: str, value: Any, low: Any, high: Any) -> tuple[float, float | None, float | None]:
    number = _number(thing, value)
    bottom = None if low is None else _number(thing, low)
    top = None if high is None else _number(thing, high)
    if (bottom is not None and bottom > number) or (top is not None and top < number):
        raise BadAnswer(both(gettext_noop("The value of {thing} is not between its bounds."), thing=thing))
    return number, bottom, top


def _number(thing: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or abs(value) > LARGEST:
        raise BadAnswer(both(gettext_noop("A value of {thing} is no finite number."), thing=thing))
    return float(value)


def _findings(rows: list[Any], model: Declared, kinds: Mapping[str, str]) -> list[Found]:
    if len(rows) > MOST_FINDINGS:
        text = gettext_noop("{number} findings; at most {limit} are kept.")
        raise BadAnswer(both(text, number=len(rows), limit=MOST_FINDINGS))
    found: dict[tuple[str, str], Found] = {}
    for row in rows:
        thing, kind = row["thing"], row["type"]
        if thing not in kinds or kind not in model.finds:
            text = gettext_noop("A finding {kind} of {thing}, which the model does not declare.")
            raise BadAnswer(both(text, kind=str(kind)[:60], thing=str(thing)[:60]))
        texts = [str(row[language]).replace("\0", " ").strip()[:LONGEST_TEXT] for language in ("zh", "en")]
        if not all(texts):
            raise BadAnswer(both(gettext_noop("A finding of {thing} says nothing."), thing=thing))
        one = Found(thing, kind, texts[0], texts[1], _values(thing, row["values"]))
        found.setdefault((thing, kind), one)
    return list(found.values())


def _values(thing: str, values: Mapping[str, Any]) -> dict[str, float | str | bool]:
    if len(values) > MOST_VALUES:
        raise BadAnswer(both(gettext_noop("A finding of {thing} has too many values."), thing=thing))
    found: dict[str, float | str | bool] = {}
    for name, value in values.items():
        if isinstance(value, bool):
            found[name] = value
        elif isinstance(value, str):
            found[name] = value.replace("\0", " ")[:200]
        else:
            found[name] = _number(thing, value)
    return found


def _figures(values: Mapping[str, Any]) -> dict[str, float]:
    if len(values) > MOST_FIGURES:
        raise BadAnswer(both(gettext_noop("The answer has too many figures.")))
    finite: Callable[[Any], bool] = lambda value: isinstance(value, int | float) and math.isfinite(value)  # noqa: E731
    return {str(name)[:60]: float(value) for name, value in values.items() if finite(value)}
