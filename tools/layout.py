"""Checks what the house style says about files, which no linter knows.

Modules: at most 500 lines; over 300 only with a docstring that says why ("long because"); the median
under 100; no `utils`, `helpers`, `common`, `misc`, `manager`.
Rooms: a README, tests, an app. Run by `make check`.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/beichen"
LONGEST, LONG, MEDIAN = 500, 300, 100
VAGUE = {"utils", "helpers", "common", "misc", "manager", "base2"}


def modules() -> list[Path]:
    """Python files of the source, tests and migrations left out."""
    skipped = {"tests", "migrations", "static"}
    return [file for file in SOURCE.rglob("*.py") if not skipped & set(file.relative_to(SOURCE).parts)]


def module_faults() -> Iterator[str]:
    """Each module that is too long, vague in name, or without a sign at its door."""
    lengths = []
    for file in modules():
        text = file.read_text(encoding="utf-8")
        lines = text.count("\n")
        docstring = ast.get_docstring(ast.parse(text)) or ""
        place = file.relative_to(ROOT)
        if lines > 5:
            lengths.append(lines)
        if not docstring:
            yield f"{place}: no docstring"
        if file.stem in VAGUE:
            yield f"{place}: a module is named by its noun"
        if lines > LONGEST:
            yield f"{place}: {lines} lines; {LONGEST} is the most"
        elif lines > LONG and "long because" not in docstring.lower():
            yield f"{place}: {lines} lines; the docstring must say what it is long because of"
    median = statistics.median(lengths)
    if median > MEDIAN:
        yield f"src/beichen: the median module has {median:.0f} lines; {MEDIAN} is the most"


def test_faults() -> Iterator[str]:
    """Each test module that is too long."""
    for folder in (SOURCE, ROOT / "tests"):
        for file in folder.rglob("test_*.py"):
            lines = file.read_text(encoding="utf-8").count("\n")
            if lines > LONGEST:
                yield f"{file.relative_to(ROOT)}: {lines} lines; {LONGEST} is the most"


def room_faults() -> Iterator[str]:
    """Each room without a README or tests."""
    for apps in SOURCE.rglob("apps.py"):
        room = apps.parent
        if not (room / "README.md").is_file():
            yield f"{room.relative_to(ROOT)}: no README.md"
        if not list((room / "tests").glob("test_*.py")):
            yield f"{room.relative_to(ROOT)}: no tests"


def main() -> int:
    """Print every fault; exit status 1 when there is one."""
    faults = sorted([*module_faults(), *test_faults(), *room_faults()])
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
