"""年度计划: the year's adopted targets beside the real values of the year; or that none is adopted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.pages import in_english
from beichen.plan.reports.document import Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter
from beichen.plan.years.models import YearTarget
from beichen.plan.years.service import adopted_version, year_targets
from beichen.web.numbers import COMPARATORS, figure


def _real(matter: Matter, row: YearTarget) -> tuple[Cell, str]:
    """The real value of the year and its source."""
    if row.region_id is not None:
        return Cell(_("No data")), ""
    for standing in matter.standings:
        if standing.number == row.number and row.part in {"", standing.name}:
            for value, point in zip(standing.values, standing.points, strict=True):
                if point.year == matter.year:
                    return Cell(figure(point.value), point.value), matter.cite(value)
    return Cell(_("No data")), ""


def _row(matter: Matter, row: YearTarget) -> tuple[Cell, ...]:
    real, source = _real(matter, row)
    name = matter.plan.english.get(row.name, row.name) if in_english() else row.name
    sign = COMPARATORS.get(row.comparator, "")
    aim = Cell("–") if row.value is None else Cell(f"{sign}{figure(row.value)}", float(row.value))
    return (Cell(str(row.number), row.number), Cell(name), Cell(row.unit), aim, real, Cell(source))


def chapter(matter: Matter) -> Section:
    """The year's plan in force."""
    title = _("The plan of the year")
    version = adopted_version(matter.plan, matter.year)
    if version is None:
        words = _("No plan of %(year)s is adopted here; a draft is not reported.") % {"year": matter.year}
        return Section(title, (Paragraph(words),))
    rows = year_targets(matter.plan, matter.year, region=matter.region)
    if not rows:
        return Section(title, (Paragraph(_("The plan of the year gives no target here.")),))
    said = _("Version %(version)s of the plan of %(year)s is in force; it sets %(count)s targets.") % {
        "version": version.version,
        "year": matter.year,
        "count": len(rows),
    }
    heads = (
        Column(_("No."), "number", 6),
        Column(_("Indicator"), share=40),
        Column(_("Unit"), share=12),
        Column(_("Target of the year"), "number", 16),
        Column(_("Real value"), "number", 16),
        Column(_("Source"), "source", 10),
    )
    cells = tuple(_row(matter, row) for row in rows)
    table = Table("year-plan", _("Targets of the plan of %(year)s") % {"year": matter.year}, heads, cells)
    return Section(title, (Paragraph(said), table))
