"""Reading what is to be written: each row fits and is kept, or is put aside with its reasons.

Arrow tables are read column by column; only a column that does not fit as a whole is looked at value by
value. A table whose columns are not those of the city's table is refused whole: it is another table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.facts import ColumnType, TableFacts
from beichen.platforms.warehouse.schema import arrow_schema, arrow_type
from beichen.platforms.warehouse.values import READERS, TEXT_BYTES
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

# microseconds of the years 1 to 9999, a day within at either end: a moment has a day in every zone
TIMES = (-62_135_510_400_000_000, 253_402_214_399_999_999)


@dataclass(slots=True)
class Intake:
    """What was read: ``accepted`` in the table's own Arrow schema, and what was not, by row from 1."""

    accepted: Any
    read: int
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)

    def document(self, most: int) -> bytes:
        """The first ``most`` refused rows with their reasons, as JSON."""
        rows = [
            {
                "row": number,
                "values": {name: _shown(value) for name, value in self.values[number].items()},
                "problems": [problem.as_dict() for problem in problems],
            }
            for number, problems in sorted(self.refused.items())[:most]
        ]
        # the standard library takes what rows may hold and orjson refuses: halves of characters, huge numbers
        return json.dumps(rows, default=str, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _shown(value: Any) -> Any:
    """A value as JSON can say it."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def read_rows(facts: TableFacts, rows: Any) -> Intake:
    """Read an Arrow table or a sequence of mappings. Raises ProblemError WHS-101 for another table's."""
    return _read_arrow(facts, rows) if hasattr(rows, "schema") else _read_mappings(facts, rows)


def _fits(facts: TableFacts, names: Sequence[str]) -> None:
    """Raises ProblemError WHS-101 for every column that is unknown or missing."""
    problems = [
        Problem(
            codes.DOES_NOT_FIT,
            shorten(said("{table} has no column {column}", table=facts.name, column=name)),
            Where(field=name),
            nearest(name, facts.types),
        )
        for name in names
        if name not in facts.types
    ]
    problems += [
        Problem(
            codes.DOES_NOT_FIT,
            shorten(said("the column {column} is missing", column=name)),
            Where(field=name),
        )
        for name in sorted(facts.required - set(names))
    ]
    if len(set(names)) < len(names):
        problems.append(Problem(codes.DOES_NOT_FIT, said("a column stands twice")))
    if problems:
        raise ProblemError(*problems)


def _read_arrow(facts: TableFacts, rows: Any) -> Intake:
    import pyarrow as pa

    _fits(facts, rows.schema.names)
    refused: dict[int, list[Problem]] = {}
    columns = []
    for column in facts.columns:
        if column.name not in rows.schema.names:
            columns.append(pa.nulls(rows.num_rows, arrow_type(column.type)))
            continue
        given = rows[column.name]
        fitting, faults = _column(column.name, column.type, given)
        if column.name in facts.required and fitting.null_count:
            empty = given.is_null().to_pylist() if given.null_count else []
            for number, is_empty in enumerate(empty, 1):
                if is_empty:
                    faults.setdefault(number, _missing(column.name, number))
        for number, problem in faults.items():
            refused.setdefault(number, []).append(problem)
        columns.append(fitting)
    accepted = pa.Table.from_arrays(columns, schema=arrow_schema(facts))
    intake = Intake(accepted, rows.num_rows, refused)
    if refused:
        keep = [number not in refused for number in range(1, rows.num_rows + 1)]
        aside = rows.filter(pa.array([not kept for kept in keep]))
        intake.values = dict(zip(sorted(refused), aside.to_pylist(), strict=True))
        intake.accepted = accepted.filter(pa.array(keep))
    return intake


def _column(name: str, kind: ColumnType, given: Any) -> tuple[Any, dict[int, Problem]]:
    """A column in its type, nothing where a value does not fit, and what does not, by row."""
    import pyarrow as pa

    wanted = arrow_type(kind)
    if _is_safe(given.type, kind):
        try:
            fitting = given.cast(wanted, safe=True)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            fitting = None  # a value does not fit: which, is seen below
        if fitting is not None and _is_sound(fitting, kind):
            return fitting, {}
    read, values, faults = READERS[kind], [], {}
    for number, value in enumerate(given.to_pylist(), 1):
        try:
            values.append(None if value is None else read(value))
        except ValueError as error:
            values.append(None)
            faults[number] = _unfit(name, number, value, error)
    return pa.chunked_array([pa.array(values, wanted)]), faults


def _is_sound(values: Any, kind: ColumnType) -> bool:
    """Whether all values of a column that has its type are ones that are kept."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind is ColumnType.NUMBER:
        return bool(pc.all(pc.is_finite(values)).as_py() is not False)
    if kind is ColumnType.TEXT:
        return bool((pc.max(pc.binary_length(values)).as_py() or 0) <= TEXT_BYTES)
    if kind is ColumnType.TIME:
        ends = pc.min_max(values.cast(pa.int64())).as_py()
        if ends["min"] is not None and not (TIMES[0] <= ends["min"] and ends["max"] <= TIMES[1]):
            raise ProblemError(Problem(codes.DOES_NOT_FIT, said("a time of the years 1 to 9999 is expected")))
    return True


def _is_safe(given: Any, kind: ColumnType) -> bool:
    """Whether Arrow's own cast means what a table means by the type."""
    import pyarrow.types as types

    whole = bool(types.is_integer(given))
    if kind is ColumnType.TEXT:
        return bool(types.is_string(given) or types.is_large_string(given) or types.is_dictionary(given))
    if kind is ColumnType.TIME:
        return bool(types.is_timestamp(given) and given.tz is not None)
    return {
        ColumnType.JSON: False,
        ColumnType.INTEGER: whole,
        ColumnType.NUMBER: whole or bool(types.is_floating(given)),
        ColumnType.BOOLEAN: bool(types.is_boolean(given)),
        ColumnType.DATE: bool(types.is_date(given)),
    }[kind]


def _read_mappings(facts: TableFacts, rows: Sequence[Mapping[str, Any]]) -> Intake:
    import pyarrow as pa

    known, required = facts.types, facts.required
    columns: dict[str, list[Any]] = {name: [] for name in known}
    intake = Intake(None, len(rows))
    for number, row in enumerate(rows, 1):
        read, problems = _read_row(row, number, known, required)
        if problems:
            intake.refused[number], intake.values[number] = problems, row
            continue
        for name, values in columns.items():
            values.append(read.get(name))
    arrays = [pa.array(columns[name], arrow_type(kind)) for name, kind in known.items()]
    intake.accepted = pa.Table.from_arrays(arrays, schema=arrow_schema(facts))
    if intake.refused and len(intake.refused) == len(rows) and not any(row.keys() & known for row in rows):
        _fits(facts, sorted({str(name) for row in rows for name in row}))
    return intake


def _read_row(
    row: Mapping[str, Any], number: int, known: Mapping[str, ColumnType], required: frozenset[str]
) -> tuple[dict[str, Any], list[Problem]]:
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in row.items():
        if name not in known:
            message = shorten(said("there is no column {column}", column=name))
            problems.append(
                Problem(codes.BAD_ROW, message, Where(row=number, field=str(name)), nearest(str(name), known))
            )
        elif value is not None:
            try:
                read[name] = READERS[known[name]](value)
            except ValueError as error:
                problems.append(_unfit(name, number, value, error))
    problems += [_missing(name, number) for name in sorted(required) if row.get(name) is None]
    return read, problems


def _missing(name: str, number: int) -> Problem:
    return Problem(
        codes.BAD_ROW, shorten(said("{column} is empty", column=name)), Where(row=number, field=name)
    )


def _unfit(name: str, number: int, value: Any, error: ValueError) -> Problem:
    message = shorten(said("{column} is {value!r}", column=name, value=str(value)[:40]))
    return Problem(codes.BAD_ROW, message, Where(row=number, field=name), str(error.args[0]))
