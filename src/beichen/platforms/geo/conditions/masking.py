"""Asks a checked condition of a table of features: which of its rows match.

Columns are compared as a whole (pyarrow); what is unknown, because a value is missing, follows three-valued
logic and does not match in the end. Geometry is asked last, of the rows that are still open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beichen.platforms.geo.conditions.moments import days, is_moment, microseconds
from beichen.platforms.geo.conditions.spans import SPANS, span_of
from beichen.platforms.geo.conditions.touching import touching
from beichen.platforms.geo.conditions.words import ARITHMETIC, COMPARISONS, SPATIAL
from beichen.platforms.geo.source import GEOMETRY, Condition

__all__ = ["mask"]

Value = Any
"""A pyarrow Array as long as the table, or a Scalar."""

_COMPARED: dict[str, Callable[[Value, Value], Value]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    ">": pc.greater,
    "<=": pc.less_equal,
    ">=": pc.greater_equal,
}


def mask(table: pa.Table, condition: Condition) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows match a condition that was :func:`checked`; the table has the columns that it names."""
    found = _Asking(table).truth(condition)
    rows: np.ndarray[Any, np.dtype[np.bool_]] = np.array(
        _whole(found, table.num_rows).fill_null(False).to_numpy(zero_copy_only=False), dtype=bool
    )
    return rows


def _whole(value: Value, length: int) -> pa.Array:
    return pa.repeat(value, length) if isinstance(value, pa.Scalar) else value


class _Asking:
    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def truth(self, node: Any) -> Value:
        """True, false or null for each row, or for all."""
        if isinstance(node, bool):
            return pa.scalar(node)
        if "property" in node:
            return self._column(node["property"])
        name, arguments = node["op"], node["args"]
        if name in COMPARISONS:
            return _COMPARED[name](*self._alike(arguments))
        if name in SPATIAL:
            left, right = (self._shape(one) for one in arguments)
            return touching(name, left, right)
        if name in SPANS:
            return SPANS[name](*(span_of(one, self._value, self._all_days(arguments)) for one in arguments))
        found: Value = getattr(self, f"_{name.lower()}")(*arguments)
        return found

    def _and(self, *arguments: Any) -> Value:
        """The cheap ones first; geometry of the rows that they left open."""
        plain = [one for one in arguments if not _is_spatial(one)]
        spatial = [one for one in arguments if _is_spatial(one)]
        found = _folded(pc.and_kleene, [self.truth(one) for one in plain])
        for one in spatial:
            found = self._narrowed(found, one)
        return found

    def _narrowed(self, found: Value | None, node: Any) -> Value:
        length = self._table.num_rows
        if found is None:
            return _whole(self.truth(node), length)
        found = _whole(found, length)
        is_open = found.fill_null(True).to_numpy(zero_copy_only=False)
        if is_open.all():
            return pc.and_kleene(found, self.truth(node))
        rows = np.flatnonzero(is_open)
        asked = _whole(_Asking(self._table.take(pa.array(rows))).truth(node), len(rows))
        return pc.replace_with_mask(
            found, pa.array(is_open), pc.and_kleene(found.take(pa.array(rows)), asked)
        )

    def _or(self, *arguments: Any) -> Value:
        return _folded(pc.or_kleene, [self.truth(one) for one in arguments])

    def _not(self, argument: Any) -> Value:
        return pc.invert(self.truth(argument))

    def _between(self, *arguments: Any) -> Value:
        value, least, most = self._alike(arguments)
        return pc.and_kleene(pc.greater_equal(value, least), pc.less_equal(value, most))

    def _in(self, value: Any, among: list[Any]) -> Value:
        first, *others = self._alike([value, *among])
        if all(isinstance(one, pa.Scalar) for one in (first, *others)):
            return _folded(pc.or_kleene, [pc.equal(first, one) for one in others])
        if not isinstance(first, pa.Scalar) and len({one.type for one in others}) == 1:
            kind = others[0].type
            if first.type == kind:
                within = pc.is_in(first, value_set=pa.array([one.as_py() for one in others], kind))
                return pc.if_else(pc.is_null(first), pa.scalar(None, pa.bool_()), within)
        return _folded(pc.or_kleene, [pc.equal(first, one) for one in others])

    def _like(self, value: Any, pattern: Any) -> Value:
        return pc.match_like(self._value(value), self._value(pattern).as_py())

    def _isnull(self, argument: Any) -> Value:
        if argument == {"property": GEOMETRY}:
            return pc.is_null(self._column(GEOMETRY))
        return pc.is_null(self._value(argument))

    def _column(self, name: str) -> pa.Array:
        column = self._table[name].combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column

    def _shape(self, node: Any) -> Any:
        return self._column(GEOMETRY) if "property" in node else node

    def _value(self, node: Any) -> Value:
        if isinstance(node, bool | str | int | float):
            return pa.scalar(node)
        if is_moment(node):
            if "date" in node:
                return pa.scalar(days(node["date"]), pa.int32()).cast(pa.date32())
            return pa.scalar(microseconds(node["timestamp"]), pa.int64()).cast(pa.timestamp("us", "UTC"))
        if "property" in node:
            return self._column(node["property"])
        operands = [self._value(one) for one in node["args"]]
        if node["op"] in ARITHMETIC:
            return _reckoned(node["op"], *(_real(one) for one in operands))
        return _casei(*operands) if node["op"] == "casei" else _accenti(*operands)

    def _alike(self, arguments: Any) -> list[Value]:
        """Operands of one type: a date beside a timestamp is its midnight in UTC."""
        found = [self._value(one) for one in arguments]
        if any(pa.types.is_timestamp(one.type) for one in found):
            return [one.cast(pa.timestamp("us", "UTC")) for one in found]
        if any(pa.types.is_floating(one.type) for one in found):
            return [_real(one) for one in found]
        return found

    def _all_days(self, arguments: list[Any]) -> bool:
        return all(self._is_days(one) for one in arguments)

    def _is_days(self, node: Any) -> bool:
        if isinstance(node, str):
            return True  # an open end
        if "interval" in node:
            return all(self._is_days(one) for one in node["interval"])
        if "property" in node:
            return bool(pa.types.is_date(self._table.schema.field(node["property"]).type))
        return "date" in node


def _is_spatial(node: Any) -> bool:
    if not isinstance(node, dict) or "op" not in node:
        return False
    return node["op"] in SPATIAL or (
        node["op"] in ("and", "or", "not") and any(_is_spatial(one) for one in node["args"])
    )


def _folded(join: Callable[[Value, Value], Value], found: list[Value]) -> Any:
    whole = None
    for one in found:
        whole = one if whole is None else join(whole, one)
    return whole


def _real(value: Value) -> Value:
    return (
        value.cast(pa.float64(), safe=False)
        if isinstance(value, pa.Array)
        else pa.scalar(None if value.as_py() is None else float(value.as_py()), pa.float64())
    )


def _reckoned(sign: str, left: Value, right: Value) -> Value:
    """A number, null where it has no value (a division by zero) or none that is finite."""
    is_scalar = isinstance(left, pa.Scalar) and isinstance(right, pa.Scalar)
    first, second = _numbers(left), _numbers(right)
    with np.errstate(all="ignore"):
        found = _RECKONED[sign](first, second)
        found = np.atleast_1d(np.where(np.isfinite(found), found, np.nan))
    numbers = pa.array(found, from_pandas=True)
    return numbers[0] if is_scalar else numbers


_RECKONED: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "div": lambda left, right: np.trunc(np.divide(left, right)),
    "^": np.power,
}


def _numbers(value: Value) -> Any:
    if isinstance(value, pa.Scalar):
        return np.float64(np.nan if value.as_py() is None else value.as_py())
    return value.to_numpy(zero_copy_only=False)


def _casei(value: Value) -> Value:
    return pc.utf8_lower(value)


def _accenti(value: Value) -> Value:
    apart = pc.utf8_normalize(value, form="NFD")
    return pc.utf8_normalize(pc.replace_substring_regex(apart, r"\p{Mn}", ""), form="NFC")
