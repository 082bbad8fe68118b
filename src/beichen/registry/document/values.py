"""Values of attributes: which value each attribute type takes, and what an id and a time look like.

Clauses 4.5.2 to 4.5.24, 4.6.3 to 4.6.5, 4.7. Values stay as they are; only names within them expand.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import Any

import orjson

from beichen.problem import Problem, ProblemError
from beichen.registry.document.context import Context
from beichen.registry.document.names import NULL, is_uri
from beichen.registry.geometry import GeometryError, shape_of
from beichen.registry.problems import bad_data

DEPTH_LIMIT = 60
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z\Z")
_INVISIBLE = re.compile(
    "[\u00ad\u115f\u1160\u2800\u3164\uffa0\ufdd0-\ufdef\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


class Nulls(Enum):
    """Where the NGSI-LD Null may stand: nowhere, as an attribute's value, or anywhere in a value."""

    NEVER = 0
    ATTRIBUTE = 1
    ANYWHERE = 2


def is_utc_time(value: object) -> bool:
    """Whether ``value`` is a DateTime in UTC as clause 4.6.3 wants it."""
    if not isinstance(value, str) or not _TIME.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_entity_id(value: object) -> bool:
    """Whether ``value`` can be an entity's id: a URI without invisible characters, and not the Null."""
    return is_uri(value) and value != NULL and not _INVISIBLE.search(str(value)) and str(value).isprintable()


class Values:
    """Checks the values of attributes by one context, collecting problems."""

    def __init__(self, context: Context, nulls: Nulls = Nulls.NEVER, *, is_patch: bool = False) -> None:
        self.context = context
        self.nulls = nulls
        self.is_patch = is_patch  # an instance may leave out its type and its value
        self.problems: list[Problem] = []

    def wrong(self, message: str, pointer: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(bad_data(message, pointer, hint))

    def finish(self) -> None:
        """Raise ProblemError with everything that was noted."""
        if self.problems:
            raise ProblemError(*self.problems[:50])

    def main(self, form: str, value: Any, pointer: str) -> Any:
        """The checked value of an instance of ``form``."""
        if value == NULL:
            if self.nulls is Nulls.NEVER:
                self.wrong("the NGSI-LD Null cannot be stored", pointer)
            return value
        return getattr(self, f"_{form.lower()}")(value, pointer)

    def _property(self, value: Any, pointer: str) -> Any:
        if isinstance(value, (dict, list)):
            self._walk(value, f"{pointer}/value")
        return value

    def _jsonproperty(self, value: Any, pointer: str) -> Any:
        if isinstance(value, (dict, list)):
            self._walk(value, f"{pointer}/json")
        elif value is not None:
            self.wrong("json is an object or a list", f"{pointer}/json")
        return value

    def _listproperty(self, value: Any, pointer: str) -> Any:
        if not isinstance(value, list):
            self.wrong("valueList is a list", f"{pointer}/valueList")
            return value
        self._walk(value, f"{pointer}/valueList")
        return value

    def _geoproperty(self, value: Any, pointer: str) -> Any:
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                self.wrong("a GeoProperty's text is no GeoJSON geometry", f"{pointer}/value")
                return value
        try:
            shape_of(value)
        except GeometryError as error:
            self.wrong(str(error), f"{pointer}/value", "a GeoJSON geometry in WGS 84, longitude first")
        return value

    def _relationship(self, value: Any, pointer: str) -> Any:
        values = value if isinstance(value, list) else [value]
        if not values or not all(is_entity_id(item) for item in values):
            self.wrong("a relationship's object is a URI", f"{pointer}/object")
        return value

    def _listrelationship(self, value: Any, pointer: str) -> Any:
        if not isinstance(value, list):
            self.wrong("objectList is a list", f"{pointer}/objectList")
            return value
        objects = [item.get("object") if isinstance(item, dict) else item for item in value]
        if not all(is_entity_id(item) for item in objects):
            self.wrong("objectList holds URIs", f"{pointer}/objectList")
        return [{"object": item} for item in objects]

    def _languageproperty(self, value: Any, pointer: str) -> Any:
        where = f"{pointer}/languageMap"
        if not isinstance(value, dict):
            self.wrong("languageMap is an object of texts by language", where)
            return value
        for tag, text in value.items():
            if text == NULL and self.nulls is not Nulls.NEVER:
                continue
            texts = text if isinstance(text, list) else [text]
            if not tag or not all(isinstance(item, str) and item != NULL for item in texts):
                self.wrong("languageMap holds texts, or lists of texts, by language", f"{where}/{tag}")
        return value

    def _vocabproperty(self, value: Any, pointer: str) -> Any:
        return self.names(value, f"{pointer}/vocab")

    def names(self, value: Any, pointer: str) -> Any:
        """Expanded vocabulary terms."""
        if isinstance(value, str) and value:
            return self.context.expand(value)
        if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
            return [self.context.expand(item) for item in value]
        self.wrong("expected a term or a list of terms", pointer)
        return value

    def _walk(self, value: Any, pointer: str) -> None:
        """Look through a compound value: not too deep, and no Null where none may stand."""
        stack: list[tuple[Any, int]] = [(value, 1)]
        while stack:
            item, depth = stack.pop()
            if depth > DEPTH_LIMIT:
                self.wrong(f"a value nests more than {DEPTH_LIMIT} deep", pointer)
                return
            for inner in item.values() if isinstance(item, dict) else item:
                if isinstance(inner, (dict, list)):
                    stack.append((inner, depth + 1))
                elif inner == NULL and self.nulls is not Nulls.ANYWHERE:
                    self.wrong("the NGSI-LD Null cannot be stored", pointer)
                    return
