"""Cells of a workbook that hold neither words nor a number: formulas, parts of merged cells, dates."""

from __future__ import annotations

from collections.abc import Iterator

from beichen.plan.monitoring.codes import CELL
from beichen.plan.monitoring.columns import NAMES, Cells
from beichen.plan.monitoring.workbooks import DATE, FORMULA, MERGED
from beichen.problem import Problem, said


def unfit_cells(cells: Cells) -> Iterator[Problem]:
    """A problem (PLN-504) for each, with what to do about it."""
    for column, text in cells.texts.items():
        name = NAMES[column][0]
        if column != "quote" and column != "note" and text.startswith(FORMULA):
            hint = said("open the file in a spreadsheet and save it, or enter the number")
            yield Problem(
                CELL, said("{name} is a formula without a value", name=name), cells.where(column), hint
            )
        elif text.startswith(MERGED):
            first = text.removeprefix(MERGED)
            hint = said("unmerge the cells and fill in every row")
            yield Problem(
                CELL, said("{name} is merged with {first}", name=name, first=first), cells.where(column), hint
            )
        elif text.startswith(DATE):
            day = text.removeprefix(DATE)
            hint = (
                said("write the year alone, such as {day}", day=day[:4])
                if column == "period"
                else said("format the cell as text")
            )
            yield Problem(
                CELL, said("{name} is the date {day}", name=name, day=day), cells.where(column), hint
            )
