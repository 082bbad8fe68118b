"""规划调整: the versions of the plan, since when each is in force, and by which decision."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.adjustments.models import Version
from beichen.plan.adjustments.service import versions
from beichen.plan.reports.document import Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter


def chapter(matter: Matter) -> Section:
    """That the plan stands as it was adopted, or how it was adjusted."""
    title = _("Adjustments of the plan")
    last = [row for row in versions(matter.plan) if row.since is None or row.since.year <= matter.year]
    adjusted = [row for row in last if row.adjustment is not None]
    if not adjusted:
        words = _("No adjustment of the plan up to %(year)s is recorded here; it stands as it was adopted.")
        return Section(title, (Paragraph(words % {"year": matter.year}),))
    heads = (
        Column(_("Version"), "number", 10),
        Column(_("In force since"), "year", 16),
        Column(_("Adjustment"), share=44),
        Column(_("Decision"), share=30),
    )
    said = _("The plan was adjusted %(count)s times up to %(year)s.")
    words = said % {"count": len(adjusted), "year": matter.year}
    table = Table("versions", title, heads, tuple(_row(matter, row) for row in adjusted))
    return Section(title, (Paragraph(words), table))


def _row(matter: Matter, row: Version) -> tuple[Cell, ...]:
    adjustment = row.adjustment
    is_demo = adjustment is not None and adjustment.is_demo
    if is_demo:
        matter.made_up.add("adjustments")
    mark = _(" (demonstration)") if is_demo else ""
    return (
        Cell(str(row.number), row.number),
        Cell(row.since.isoformat() if row.since else "–"),
        Cell((adjustment.title if adjustment else "") + mark),
        Cell(row.document or "–"),
    )
