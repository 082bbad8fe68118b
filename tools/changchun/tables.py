"""CSV as this package writes it: UTF-8 without a mark, ``\\n``, header first, columns in a fixed order."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def read(path: Path) -> list[dict[str, str]]:
    """Every row of ``path`` with its cells stripped; a byte order mark is dropped."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return [{key: (cell or "").strip() for key, cell in row.items()} for row in csv.DictReader(source)]


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> int:
    """Write ``rows`` and return how many; a row with a column that is not named is refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns, lineterminator="\n", restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
