"""数据缺口: the lines without a real value, and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.pages import ATTRIBUTES, in_english
from beichen.plan.reports.document import Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter, name_of
from beichen.plan.service import Standing
from beichen.web.status import Status


def why(row: Standing) -> str:
    """The city's note of why nothing measures the line, or what the judgement says."""
    notes = [(item.note_en if in_english() else item.note) for item in row.measures if not item.statistic]
    return next((note for note in notes if note), "") or row.reasoning


def chapter(matter: Matter) -> Section:
    """What is not known."""
    rows = [row for row in matter.standings if row.status is Status.NO_DATA]
    title = _("Gaps in the data")
    if not rows:
        return Section(title, (Paragraph(_("Every line of the indicator table has data to compare.")),))
    heads = (
        Column(_("No."), "number", 6),
        Column(_("Indicator"), share=30),
        Column(_("Category"), share=10),
        Column(_("Why there is nothing to compare"), share=54),
    )
    cells = tuple(
        (
            Cell(str(row.number), row.number),
            Cell(name_of(row)),
            Cell(str(ATTRIBUTES.get(row.attribute, ""))),
            Cell(why(row)),
        )
        for row in rows
    )
    said = _(
        "For %(count)s lines no real value up to %(year)s can be compared with the plan. They are not "
        "estimated; whoever holds the numbers is asked to publish them."
    ) % {"count": len(rows), "year": matter.year}
    return Section(title, (Paragraph(said), Table("gaps", _("Lines without data"), heads, cells)))
