"""What a form says, read into values of the declared fields; every mistake at once, each at its field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from beichen.fronts.services.declaration import Field, Process
from beichen.fronts.services.problems import BAD_VALUE
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

SHORT, LONG, MANY = 200, 2000, 100
_LARGEST = 2**53
_YES, _NO = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0"})


def read_values(
    process: Process, names: Iterable[str], given: Mapping[str, Any], *, partly: bool = False
) -> dict[str, Any]:
    """The values of the fields ``names``. ``partly``: what is required may come later.

    Raises ProblemError SRV-305 for each field that is unknown, missing or wrong.
    """
    return read_fields(process.fields, names, given, partly=partly)


def read_fields(
    fields: Mapping[str, Field], names: Iterable[str], given: Mapping[str, Any], *, partly: bool = False
) -> dict[str, Any]:
    """The same of declared fields that belong to no process, such as the questions of a guided check."""
    asked = list(names)
    problems = [
        Problem(
            BAD_VALUE, shorten(said("{name} is not asked here", name=name[:40])), Where(field=name[:60]), hint
        )
        for name in given
        if name not in asked
        for hint in [nearest(name[:60], asked)]
    ]
    found: dict[str, Any] = {}
    for name in asked:
        one = fields[name]
        value = given.get(name)
        if value is None or value in ("", []):
            if one.required and not partly:
                problems.append(Problem(BAD_VALUE, said("this must be said"), Where(field=name)))
            continue
        try:
            found[name] = _READERS[one.type](one, value)
        except _NotThatError as error:
            problems.append(Problem(BAD_VALUE, shorten(error.message), Where(field=name), error.hint))
    if problems:
        raise ProblemError(*problems)
    return found


class _NotThatError(Exception):
    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def _text(limit: int) -> Callable[[Field, Any], str]:
    def read(_field: Field, value: Any) -> str:
        if not isinstance(value, str) or "\x00" in value:
            raise _NotThatError(said("this is no text"))
        if len(value) > limit:
            raise _NotThatError(said("longer than {limit} characters", limit=limit))
        return value.strip()

    return read


def _number(one: Field, value: Any) -> float | int:
    try:
        found = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        found = None
    if found is None or found - found != 0 or abs(found) > _LARGEST:
        raise _NotThatError(said("this is no number"))
    if one.minimum is not None and found < one.minimum:
        raise _NotThatError(
            said("{found} is too small", found=f"{found:g}"), said("at least {limit}", limit=one.minimum)
        )
    if one.maximum is not None and found > one.maximum:
        raise _NotThatError(
            said("{found} is too large", found=f"{found:g}"), said("at most {limit}", limit=one.maximum)
        )
    return found


def _integer(one: Field, value: Any) -> int:
    found = _number(one, value)
    if found != int(found):
        raise _NotThatError(said("this is no whole number"))
    return int(found)


def _boolean(_field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in _YES | _NO:
        return str(value).lower() in _YES
    raise _NotThatError(said("this is neither yes nor no"))


def _date(_field: Field, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _NotThatError(said("this is no date"), said("as 2026-11-29")) from None


def _choice(one: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in one.choices:
        raise _NotThatError(said("this is not one of the choices"), nearest(str(value)[:40], one.choices))
    return value


def _list(one: Field, value: Any) -> list[str]:
    found = value if isinstance(value, list | tuple) else [value]
    if len(found) > MANY:
        raise _NotThatError(said("more than {limit} items", limit=MANY))
    read = _choice if one.choices else _text(SHORT)
    return [read(one, item) for item in found]


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "string": _text(SHORT),
    "text": _text(LONG),
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "list": _list,
}
