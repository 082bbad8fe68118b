"""The room's problems in the reader's language, beside a form field and in a list of what is wrong."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.plan.investment import codes
from beichen.problem import Problem

WORDS: dict[str, str | Promise] = {
    codes.BAD_FIELD: _("This value does not fit."),
    codes.NO_REASON: _("Give the reason: this is not the next step."),
    codes.BAD_DATE: _("The day lies in the future, before the last change, or is missing."),
    codes.NOT_APPROVED: _("Approvals for the start are missing: record them, or give the reason."),
    codes.BAD_MONEY: _("The amounts contradict each other."),
    codes.OVERLAP: _("A month and its quarter would both count."),
    codes.NOT_DRAFT: _("This version is not open for this change."),
    codes.OVER_BUDGET: _("The lines exceed the budget of the source."),
    codes.DIFFERS: _("The line exceeds the project's own figures."),
    codes.NO_HEADER: _("No header of a project list was found, or the year of 本年 is not named."),
    codes.NO_UNIT: _("The column of money says no unit."),
    codes.BAD_UNIT: _("This is no known unit of money."),
    codes.SHIFTED: _("The cells of this row stand beside their headings."),
    codes.BAD_CELL: _("The cell does not hold what its column says."),
    codes.BAD_SUM: _("The sum differs from its rows."),
    codes.TWICE: _("The project stands twice in the sheet."),
    codes.MANY: _("The name fits several projects: add code or box."),
    codes.NOT_SHEET: _("The file cannot be read as an xlsx workbook."),
    codes.IGNORED: _("The column is not known and was not read."),
    codes.COLUMN_TWICE: _("The column stands twice."),
}


def told(problem: Problem) -> str:
    """What a problem says to a reader: in English its own message, else the sentence of its code with it."""
    if get_language() == "en" or problem.code not in WORDS:
        return problem.message
    return f"{WORDS[problem.code]} ({problem.message})"
