"""Files as rows: Parquet, Arrow, CSV, JSON lines, a JSON array, the first sheet of an Excel workbook.

Cells of CSV and Excel are read as the table's columns say; an empty cell is empty, and a header names columns
by their names or titles. A time without an offset is the city's, which is what people write in tables. CSV is
in UTF-8, or as Excel writes it in Chinese: in GB 18030.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Any

import orjson

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.cells import cell
from beichen.platforms.warehouse.facts import ColumnType, TableFacts
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten


def digest(content: bytes) -> str:
    """What names the load of a file that nobody named."""
    return hashlib.sha256(content).hexdigest()


def read_file(content: bytes, name: str, facts: TableFacts) -> Any:
    """The rows of a file, an Arrow table or mappings. Raises ProblemError WHS-107."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    read = _FORMS.get(ending)
    if read is None:
        message = shorten(said("{name} has no known ending", name=name))
        raise ProblemError(Problem(codes.UNREADABLE, message, Where(file=name), nearest(ending, _FORMS)))
    try:
        return read(content, facts)
    except ProblemError as error:
        raise ProblemError(*(_placed(problem, name) for problem in error.problems)) from None


def _placed(problem: Problem, name: str) -> Problem:
    where = Where(file=name, line=problem.where.line, row=problem.where.row)
    return Problem(problem.code, problem.message, where, problem.hint)


def _unreadable(reason: str, line: int | None = None) -> ProblemError:
    return ProblemError(Problem(codes.UNREADABLE, shorten(reason), Where(line=line)))


def _parquet(content: bytes, _facts: TableFacts) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        return parquet.read_table(pa.BufferReader(content), partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(said("this is no Parquet: {reason}", reason=_reason(error))) from None


def read_stream(content: Any, _facts: TableFacts | None = None) -> Any:
    """An Arrow IPC stream or file as an Arrow table. Raises ProblemError WHS-107."""
    import pyarrow as pa

    try:
        if bytes(content[:6]) == b"ARROW1":
            return pa.ipc.open_file(content).read_all()
        return pa.ipc.open_stream(content).read_all()
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(said("this is no Arrow stream: {reason}", reason=_reason(error))) from None


def read_lines(content: bytes, _facts: TableFacts | None = None) -> list[dict[str, Any]]:
    """JSON lines as mappings. Raises ProblemError WHS-107 with the line."""
    rows = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise _unreadable(said("this is no JSON: {reason}", reason=str(error)[:40]), number) from None
        if not isinstance(row, dict):
            raise _unreadable(said("an object is expected in each line"), number)
        rows.append(row)
    return rows


def read_array(content: bytes, _facts: TableFacts | None = None) -> list[dict[str, Any]]:
    """A JSON array of objects. Raises ProblemError WHS-107."""
    try:
        rows = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _unreadable(said("this is no JSON: {reason}", reason=str(error)[:40])) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unreadable(said("an array of objects is expected"))
    return rows


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        with suppress(UnicodeDecodeError):
            return content.decode("gb18030")
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(said("expected UTF-8 or GB 18030"), line) from None


def _csv(content: bytes, facts: TableFacts) -> list[dict[str, Any]]:
    lines = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        return _rows(header, ((lines.line_num, cells) for cells in lines if cells), facts)
    except csv.Error as error:
        raise _unreadable(said("this is no CSV: {reason}", reason=str(error)[:40]), lines.line_num) from None


def cells_of(content: bytes, name: str) -> tuple[list[str], list[Sequence[Any]]]:
    """The header and the lines of a file whose columns nobody has declared. Raises ProblemError WHS-107."""
    rows = read_file(content, name, TableFacts(name="", zh="", en="", columns=()))
    if not isinstance(rows, list):  # Arrow
        return list(rows.column_names), list(zip(*rows.to_pydict().values(), strict=True))
    header = list(dict.fromkeys(name for row in rows for name in row))
    return header, [[row.get(name) for name in header] for row in rows]


def _excel(content: bytes, facts: TableFacts) -> list[dict[str, Any]]:
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        found = book.worksheets[0].iter_rows(values_only=True)
        names = ["" if name is None else str(name).strip() for name in next(found, ())]
        places = [place for place, name in enumerate(names) if name]
        lines = ((number, _under(names, cells, number)) for number, cells in enumerate(found, 2))
        full = ((number, cells) for number, cells in lines if any(one is not None for one in cells))
        rows = ((number, [cells[place] for place in places]) for number, cells in full)
        return _rows([names[place] for place in places], rows, facts)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise _unreadable(said("this is no workbook: {reason}", reason=_reason(error))) from None


def _under(names: Sequence[str], cells: Sequence[Any], number: int) -> Sequence[Any]:
    """A row as wide as the header. Raises ProblemError for a cell under no name: it would be lost."""
    cells = [*cells, *[None] * (len(names) - len(cells))]
    for place, value in enumerate(cells):
        if value is not None and (place >= len(names) or not names[place]):
            raise _unreadable(said("the cell {value} stands under no header", value=str(value)[:20]), number)
    return cells[: len(names)]


def _rows(header: Sequence[str], lines: Any, facts: TableFacts) -> list[dict[str, Any]]:
    if not header:
        raise _unreadable(said("the file is empty"))
    titles = {title: column.name for column in facts.columns for title in (column.en, column.zh) if title}
    header = [name if name in facts.types else titles.get(name, name) for name in header]
    if len(set(header)) < len(header):
        raise _unreadable(said("a column stands twice"), 1)
    rows = []
    for number, cells in lines:
        if len(cells) != len(header):
            message = said("{found} cells, the header has {expected}", found=len(cells), expected=len(header))
            raise _unreadable(message, number)
        rows.append(_row(dict(zip(header, cells, strict=True)), facts.types))
    return rows


def _row(cells: Mapping[str, Any], types: Mapping[str, ColumnType]) -> dict[str, Any]:
    return {name: cell(value, types.get(name)) for name, value in cells.items() if value not in (None, "")}


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:40] if str(error) else type(error).__name__


_FORMS: dict[str, Callable[[bytes, TableFacts], Any]] = {
    "parquet": _parquet,
    "arrow": read_stream,
    "arrows": read_stream,
    "feather": read_stream,
    "jsonl": read_lines,
    "ndjson": read_lines,
    "json": read_array,
    "csv": _csv,
    "xlsx": _excel,
}
