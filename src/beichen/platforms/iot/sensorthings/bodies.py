"""What clients send of entities: JSON checked against the type's properties, all mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from beichen.platforms.iot.sensorthings import geometry
from beichen.platforms.iot.sensorthings.codes import bad_body
from beichen.platforms.iot.sensorthings.filters import moment
from beichen.platforms.iot.sensorthings.models import NAME_LENGTH
from beichen.platforms.iot.sensorthings.schema import FORMS, EntityType, Kind, Property
from beichen.problem import Problem, ProblemError, nearest

MOST_BYTES = 16 << 20
MOST_MEMBER = 1 << 20  # of one entity's JSON
MOST_PARTS = 50  # of a MultiDatastream
LISTS = frozenset({"multiObservationDataTypes", "unitOfMeasurements"})
UNIT = ("name", "symbol", "definition")
Body = dict[str, Any]


def parsed(content: bytes) -> Any:
    """A body as JSON. Raises ProblemError STA-107."""
    if len(content) > MOST_BYTES:
        raise ProblemError(bad_body(f"larger than {MOST_BYTES >> 20} MB"))
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ProblemError(bad_body(f"no JSON: {error}")) from None
    if b"\\u0000" in content:
        raise ProblemError(bad_body("a text holds a character without a form"))
    return value


def entity(value: Any, pointer: str = "") -> Body:
    """A body that is an object. Raises ProblemError STA-107."""
    if not isinstance(value, dict):
        raise ProblemError(bad_body("an object is expected", pointer))
    return value


def key_of(value: Any) -> int | None:
    """The id where an object is nothing but a reference; None for an entity."""
    if isinstance(value, dict) and set(value) == {"@iot.id"}:
        key = value["@iot.id"]
        is_key = isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63
        return key if is_key else 0
    return None


def _is_link(name: str) -> bool:
    return name.startswith("@iot.") or "@iot." in name or name == "id"


def values_of(kind: EntityType, body: Body, pointer: str = "", *, is_whole: bool = True) -> Body:
    """The columns that a body states; ``is_whole`` demands what is needed, and gives the rest its default.

    Raises ProblemError STA-107 with everything that is wrong.
    """
    values: Body = {}
    known = {one.name: one for one in kind.properties}
    problems: list[Problem] = [
        bad_body(f"{kind.singular} has no {name[:30]!r}", f"{pointer}/{name[:60]}", nearest(name, kind.names))
        for name in body
        if name not in kind.names and not _is_link(name)
    ]
    for name, own in known.items():
        value = body.get(name)
        if value is None:
            if own.is_needed and (is_whole or name in body):
                problems.append(bad_body(f"{name} is missing", f"{pointer}/{name}"))
            elif is_whole or name in body:
                values[own.column] = {} if own.kind is Kind.JSON else ""
            continue
        problem = _problem(own, value)
        if problem:
            problems.append(bad_body(f"{name}: {problem}", f"{pointer}/{name}"))
        else:
            values[own.column] = moment(value) if own.kind is Kind.TIME else value
    problems += _place_problems(values, pointer)
    if problems:
        raise ProblemError(*problems)
    if "shape" in values:
        values |= geometry.bounds_of(geometry.shape_of(values["shape"]))
    return values


def _text_problem(own: Property, value: Any) -> str:
    if not isinstance(value, str):
        return "a text is expected"
    most = {"name": NAME_LENGTH, "encoding": 100, "observation_type": 200}.get(own.column, MOST_MEMBER)
    if len(value) > most:
        return f"longer than {most} characters"
    if own.choices and value.rsplit("/", 1)[-1] not in own.choices:
        return f"one of {', '.join(own.choices)} is expected"
    return ""


def _problem(own: Property, value: Any) -> str:
    """Why a value cannot be this property's; empty when it can."""
    if own.name == "metadata":
        return "" if _size(value) <= MOST_MEMBER else "too long"
    if own.kind is Kind.TIME:
        return "" if is_time(value) else "a time such as 2026-07-01T12:00:00+08:00 is expected"
    if own.kind is Kind.TEXT:
        return _text_problem(own, value)
    if own.name in LISTS:
        return _list_problem(own.name, value)
    if not isinstance(value, dict):
        return "an object is expected"
    if _size(value) > MOST_MEMBER:
        return "too long"
    if own.name == "unitOfMeasurement":
        return _unit_problem(value)
    return ""


def _unit_problem(value: Mapping[str, Any]) -> str:
    missing = [name for name in UNIT if name not in value]
    wrong = [name for name in UNIT if not isinstance(value.get(name), str | None)]
    if missing or wrong:
        return f"{', '.join(missing or wrong)} is a text or null"
    return "" if len(str(value["symbol"] or "")) <= 40 else "the symbol is longer than 40 characters"


def _list_problem(name: str, value: Any) -> str:
    """Why a list cannot say what the parts of a MultiDatastream are, or in which units."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_PARTS:
        return f"a list of 1 to {MOST_PARTS} is expected"
    for one in value:
        if name == "multiObservationDataTypes":
            is_known = isinstance(one, str) and len(one) <= 200 and one.rsplit("/", 1)[-1] in FORMS
            problem = "" if is_known else f"each is one of {', '.join(FORMS)}"
        else:
            problem = _unit_problem(one) if isinstance(one, dict) else "each is an object"
        if problem:
            return problem
    return "" if _size(value) <= MOST_MEMBER else "too long"


def _place_problems(values: Body, pointer: str) -> list[Problem]:
    if "shape" not in values or values.get("encoding", "application/geo+json") not in geometry.GEOJSON:
        return []
    if geometry.shape_of(values["shape"]) is not None:
        return []
    return [bad_body("no GeoJSON geometry or feature in WGS 84", pointer)]


def _size(value: Any) -> int:
    try:
        return len(orjson.dumps(value))
    except (TypeError, ValueError):
        return MOST_MEMBER + 1


def is_time(value: Any) -> bool:
    """Whether a value is a time as SensorThings writes it."""
    if not isinstance(value, str) or len(value) > 60 or "T" not in value:
        return False
    try:
        moment(value)
    except ValueError:
        return False
    return True


def patched(document: Body, patches: Any) -> Body:
    """A document after a JSON Patch (RFC 6902): add, replace, remove and test of members.

    Raises ProblemError STA-107.
    """
    if not isinstance(patches, list):
        raise ProblemError(bad_body("a list of patches is expected"))
    for number, patch in enumerate(patches):
        if not isinstance(patch, dict) or not _patch(document, patch):
            raise ProblemError(bad_body("the patch cannot be applied", f"/{number}"))
    return document


def _patch(document: Body, patch: Body) -> bool:
    path, word = patch.get("path"), patch.get("op")
    if not isinstance(path, str) or not path.startswith("/") or len(path) > 1_000:
        return False
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    target: Any = document
    for name in parents:
        target = target.get(name) if isinstance(target, dict) else None
    if not isinstance(target, dict):
        return False
    if word in {"add", "replace"} and "value" in patch and (word == "add" or last in target):
        target[last] = patch["value"]
        return True
    if word == "remove" and last in target:
        del target[last]
        return True
    return word == "test" and target.get(last) == patch.get("value")
