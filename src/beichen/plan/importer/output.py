"""Facts as files: five JSON lists and a CSV table beside each, written all or not at all.

JSON has the facts' members in snake_case; CSV flattens lists to their length's worth of text.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from beichen.plan.importer import codes
from beichen.plan.importer.facts import PlanFacts
from beichen.problem import Level, Problem, ProblemError, Where, said, shorten

LISTS = ("outline", "indicators", "targets", "projects", "bodies")
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def as_rows(facts: Sequence[Any]) -> list[dict[str, Any]]:
    """Facts of one kind as plain dictionaries."""
    return [dataclasses.asdict(fact) for fact in facts]


def as_json(facts: Sequence[Any]) -> bytes:
    """Facts of one kind as a JSON list, indented, UTF-8, ending in a newline."""
    return orjson.dumps(as_rows(facts), option=_OPTIONS)


def as_csv(facts: Sequence[Any]) -> bytes:
    """Facts of one kind as CSV with a header, in UTF-8 with the byte-order mark that Excel needs."""
    out = io.StringIO()
    rows = as_rows(facts)
    writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["key"], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain(value) for name, value in row.items()})
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list | tuple | dict) else value


def refuse_incomplete(facts: PlanFacts) -> None:
    """Raise the problems of level error, if the text had any: such facts are incomplete."""
    errors = [problem for problem in facts.problems if problem.level is Level.ERROR]
    if errors:
        raise ProblemError(*errors)


def write_facts(facts: PlanFacts, folder: Path) -> list[Path]:
    """Write the five JSON lists and their CSV tables into ``folder``; return the paths.

    Everything is written beside the folder first and moved in file by file at the end, each move
    atomic, so that a full disk or a wrong permission leaves the old files as they were. Raises
    ProblemError: PLN-108 when the facts are of a text that breaks off, PLN-109 when nothing was written.
    """
    refuse_incomplete(facts)
    files = {f"{name}.json": as_json(getattr(facts, name)) for name in LISTS}
    files |= {f"{name}.csv": as_csv(getattr(facts, name)) for name in LISTS}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        waiting = Path(tempfile.mkdtemp(prefix=".plan-", dir=folder))
    except OSError as error:
        raise _not_written(folder, error) from error
    try:
        for name, content in files.items():
            (waiting / name).write_bytes(content)
        if blocked := [name for name in files if (folder / name).is_dir()]:
            raise IsADirectoryError(blocked[0])
        for name in files:
            (waiting / name).replace(folder / name)
    except OSError as error:
        raise _not_written(folder, error) from error
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return [folder / name for name in files]


def _not_written(folder: Path, error: OSError) -> ProblemError:
    message = shorten(said("the folder cannot be written: {strerror}", strerror=error.strerror or error))
    return ProblemError(Problem(codes.NOT_WRITTEN, message, Where(file=str(folder))))
