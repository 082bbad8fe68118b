"""年度目标: what the city set itself for the year, beside what came of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.hubs.data.models import AnnualTarget, IndicatorValue
from beichen.plan.pages import in_english
from beichen.plan.reports.document import Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter
from beichen.web.numbers import figure

RELATIONS = {"about": "≈", "at-least": "≥", "above": ">", "exact": ""}


def _row(matter: Matter, aim: AnnualTarget, value: IndicatorValue | None) -> tuple[Cell, ...]:
    name = aim.indicator.name_en if in_english() else aim.indicator.name
    gap = float(value.value - aim.value) if value is not None else None
    return (
        Cell(name),
        Cell(aim.indicator.unit),
        Cell(f"{RELATIONS.get(aim.relation, '')}{figure(aim.value)}", float(aim.value)),
        Cell(figure(value.value), float(value.value)) if value is not None else Cell(_("No data")),
        Cell(f"{gap:+.2f}".rstrip("0").rstrip("."), gap) if gap is not None else Cell("–"),
        Cell(matter.cite(aim) + (matter.cite(value) if value is not None else "")),
    )


def chapter(matter: Matter) -> Section:
    """The year's own targets."""
    title = _("The targets of the year")
    if not matter.aims:
        said = _("For %(year)s no yearly target with a source is known here.") % {"year": matter.year}
        return Section(title, (Paragraph(said),))
    known = sum(value is not None for _aim, value in matter.aims)
    said = _(
        "The city set itself %(count)s targets for %(year)s; for %(known)s of them the year's real value "
        "is known."
    ) % {"count": len(matter.aims), "year": matter.year, "known": known}
    heads = (
        Column(_("Indicator"), share=34),
        Column(_("Unit"), share=10),
        Column(_("Target of the year"), "number", 16),
        Column(_("Real value"), "number", 14),
        Column(_("Difference"), "number", 14),
        Column(_("Sources"), "source", 12),
    )
    rows = tuple(_row(matter, aim, value) for aim, value in matter.aims)
    table_title = _("Targets of %(year)s and what came of them") % {"year": matter.year}
    return Section(title, (Paragraph(said), Table("annual", table_title, heads, rows)))
