"""区县: what is known of a district itself; the plan's own table is the city's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.pages import in_english
from beichen.plan.reports.document import Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter
from beichen.web.numbers import figure


def chapter(matter: Matter) -> Section:
    """The district's own statistics, the newest of each."""
    region = matter.region
    name = "" if region is None else (region.name_en or region.name if in_english() else region.name)
    title = _("Statistics of %(region)s") % {"region": name}
    if not matter.local_values:
        said = _("No statistic of %(region)s up to %(year)s is recorded here with a source.")
        return Section(title, (Paragraph(said % {"region": name, "year": matter.year}),))
    heads = (
        Column(_("Indicator"), share=44),
        Column(_("Unit"), share=14),
        Column(_("Value"), "number", 18),
        Column(_("Period of the value"), "year", 14),
        Column(_("Source"), "source", 10),
    )
    rows = tuple(
        (
            Cell(value.indicator.name_en if in_english() else value.indicator.name),
            Cell(value.indicator.unit),
            Cell(figure(value.value), float(value.value)),
            Cell(value.period, int(value.period) if value.period.isdecimal() else None),
            Cell(matter.cite(value)),
        )
        for value in matter.local_values
    )
    said = _("%(count)s statistics of %(region)s up to %(year)s are recorded here with a source.")
    words = said % {"count": len(rows), "region": name, "year": matter.year}
    return Section(title, (Paragraph(words), Table("district", title, heads, rows)))
