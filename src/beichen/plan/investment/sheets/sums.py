"""Sum rows (合计, 小计) of a project list: each must be the sum of the rows that it stands for.

Offices put a sum above its rows or below them, of a group or of all. A sum row holds when one reading
of it makes every one of its columns right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from beichen.plan.investment.codes import BAD_SUM
from beichen.problem import Problem, Where, said, shorten

Amounts = Mapping[str, Decimal]  # column label → amount in 万元


@dataclass(frozen=True, slots=True)
class Line:
    """A row in its order: an item with its amounts, or a sum (``is_sum``), or a heading of a group."""

    row: int
    amounts: Amounts
    is_sum: bool = False
    is_heading: bool = False
    slack: Mapping[str, Decimal] | None = None  # half of the last printed decimal, by column

    @property
    def is_item(self) -> bool:
        """Whether it is a project."""
        return not self.is_sum and not self.is_heading


def sum_faults(lines: Sequence[Line]) -> Iterator[Problem]:
    """Every column of every sum row that is wrong (PLN-626), against the likeliest reading."""
    for index, line in enumerate(lines):
        if not line.is_sum or not line.amounts:
            continue
        readings = [_together(block) for block in _blocks(lines, index)]
        if any(not list(_differences(line, reading)) for reading in readings):
            continue
        likeliest = min(readings, key=lambda reading: len(list(_differences(line, reading))), default={})
        for label, expected in _differences(line, likeliest):
            message = said(
                "the sum is {amounts}, the rows make {expected} (万元)",
                amounts=line.amounts[label],
                expected=expected,
            )
            yield Problem(BAD_SUM, shorten(message), Where(row=line.row, field=label))


def _blocks(lines: Sequence[Line], index: int) -> Iterator[Sequence[Line]]:
    """The runs of items that the sum at ``index`` can stand for, the nearest first."""
    for start in range(index - 1, -1, -1):
        if not lines[start].is_item:
            yield lines[start + 1 : index]
    yield lines[:index]
    for end in range(index + 1, len(lines)):
        if not lines[end].is_item:
            yield lines[index + 1 : end]
    yield lines[index + 1 :]
    yield lines


def _together(block: Sequence[Line]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in block:
        if line.is_item:
            for label, amount in line.amounts.items():
                found[label] = found.get(label, Decimal(0)) + amount
    return found


def _differences(line: Line, reading: Amounts) -> Iterator[tuple[str, Decimal]]:
    for label, amount in line.amounts.items():
        expected = reading.get(label, Decimal(0))
        slack = (line.slack or {}).get(label, Decimal(0))
        if abs(amount - expected) > slack:
            yield label, expected
