"""What an analysis is asked with: parameters, how each is read, checked and shown in a form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from beichen.platforms.geo.analysis.codes import BAD_VALUE, refused
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MOST_PLACES = 100
MOST_LAYERS = 12
_APART = re.compile(r"[;\n]+")


class Form(StrEnum):
    """What a parameter holds."""

    LAYER = "layer"
    LAYERS = "layers"
    NUMBER = "number"
    INTEGER = "integer"
    CHOICE = "choice"
    FLAG = "flag"
    PLACES = "places"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``dimensions`` are the kinds of geometry that a layer may have: 0, 1, 2."""

    name: str
    title: str | Promise
    form: Form
    default: Any = None
    least: float = 0
    most: float = 0
    unit: str = ""
    choices: Sequence[tuple[str, str | Promise]] = ()
    dimensions: tuple[int, ...] = (0, 1, 2)
    hint: str | Promise = ""

    @property
    def is_needed(self) -> bool:
        """Whether it must be given."""
        return self.default is None and self.form != Form.FLAG

    def described(self) -> dict[str, Any]:
        """As programs read it."""
        told: dict[str, Any] = {"name": self.name, "title": str(self.title), "form": str(self.form)}
        told |= {"required": self.is_needed}
        if self.form in (Form.NUMBER, Form.INTEGER):
            told |= {"minimum": self.least, "maximum": self.most, "unit": self.unit}
        if self.choices:
            told["enum"] = [value for value, _title in self.choices]
        if self.form in (Form.LAYER, Form.LAYERS):
            told["geometry"] = [("point", "line", "polygon")[one] for one in self.dimensions]
        if self.default is not None:
            told["default"] = self.default
        return told


def checked(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of every parameter. Raises ProblemError GEO-641 with each that is missing, unknown or unfit."""
    known = {one.name: one for one in parameters}
    problems = [_unknown(str(name)[:40], known) for name in given if name not in known]
    values: dict[str, Any] = {}
    for one in parameters:
        try:
            values[one.name] = _value(one, given.get(one.name))
        except ProblemError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemError(*problems)
    return values


def _unknown(name: str, known: Mapping[str, Parameter]) -> Problem:
    message = shorten(said("there is no parameter {name}", name=name))
    return Problem(BAD_VALUE, message, Where(field=name), nearest(name, known))


def _value(one: Parameter, raw: Any) -> Any:
    if raw is None or raw == "" or raw == []:
        if one.is_needed:
            raise refused(BAD_VALUE, said("it is missing"), one.name)
        return one.default if one.form != Form.FLAG else False
    return _READERS[one.form](one, raw)


def _number(one: Parameter, raw: Any) -> float:
    try:
        value = float(raw) if not isinstance(raw, bool) else math.nan
    except (TypeError, ValueError):
        value = math.nan
    if not one.least <= value <= one.most:
        message = said("a number from {least:g} to {most:g} is needed", least=one.least, most=one.most)
        raise refused(BAD_VALUE, message, one.name)
    return value


def _integer(one: Parameter, raw: Any) -> int:
    value = _number(one, raw)
    if value != int(value):
        raise refused(BAD_VALUE, said("a whole number is needed"), one.name)
    return int(value)


def _choice(one: Parameter, raw: Any) -> str:
    valid = [value for value, _title in one.choices]
    if raw not in valid:
        raise refused(BAD_VALUE, said("it is none of the choices"), one.name, nearest(str(raw)[:40], valid))
    return str(raw)


def _flag(_one: Parameter, raw: Any) -> bool:
    return raw is True or str(raw).lower() in ("true", "1", "on", "yes")


def _word(one: Parameter, raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > 300:
        raise refused(BAD_VALUE, said("a text of at most {most} characters is needed", most=300), one.name)
    return raw.strip()


def _layers(one: Parameter, raw: Any) -> list[str]:
    parts = raw if isinstance(raw, list) else _APART.split(str(raw))
    names = [_word(one, part) for part in parts if not isinstance(part, str) or part.strip()]
    if len(names) > MOST_LAYERS:
        raise refused(BAD_VALUE, said("at most {most} layers", most=MOST_LAYERS), one.name)
    return list(dict.fromkeys(names))


def _places(one: Parameter, raw: Any) -> list[tuple[float, float]]:
    """A list of [longitude, latitude], or text: `125.3,43.9; 125.4,43.8`."""
    parts = raw if isinstance(raw, list) else [part for part in _APART.split(str(raw)) if part.strip()]
    if len(parts) > MOST_PLACES:
        raise refused(BAD_VALUE, said("at most {most} places", most=MOST_PLACES), one.name)
    found = []
    for part in parts:
        numbers = part if isinstance(part, list | tuple) else str(part).split(",")
        try:
            longitude, latitude = (float(number) for number in numbers)
        except (TypeError, ValueError):
            longitude = latitude = math.nan
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            hint = said("such as {example}", example="125.32,43.88; 125.35,43.90")
            raise refused(BAD_VALUE, said("longitude and latitude in degrees are needed"), one.name, hint)
        found.append((longitude, latitude))
    return found


_READERS = {
    Form.LAYER: _word,
    Form.LAYERS: _layers,
    Form.NUMBER: _number,
    Form.INTEGER: _integer,
    Form.CHOICE: _choice,
    Form.FLAG: _flag,
    Form.PLACES: _places,
    Form.WORD: _word,
}
