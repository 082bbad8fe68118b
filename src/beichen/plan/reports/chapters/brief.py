"""领导简报: one page: the counts, what needs attention, the lines that have values, what is not known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.pages import in_english
from beichen.plan.reports.chapters.attention import said, worst_first
from beichen.plan.reports.chapters.overview import sentences, tiles
from beichen.plan.reports.document import Cell, Column, Listing, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter, name_of
from beichen.web.numbers import figure
from beichen.web.status import LABELS, Status

MOST_MATTERS, MOST_LINES = 5, 12


def whole(matter: Matter) -> Section:
    """The counts and one paragraph."""
    joint = " " if in_english() else ""
    return Section(
        _("The state of the whole"), (tiles(matter), Paragraph(joint.join(sentences(matter)), "lead"))
    )


def matters(matter: Matter) -> Section:
    """The first few that are behind or missed."""
    rows = worst_first(matter)
    title = _("What needs attention")
    if not rows:
        words = _("No line with data is behind its path or has missed its target.")
        return Section(title, (Paragraph(words),))
    shown = tuple(said(matter, row) for row in rows[:MOST_MATTERS])
    more = len(rows) - len(shown)
    rest = (
        (Paragraph(_("%(more)s more stand in the yearly report.") % {"more": more}, "note"),) if more else ()
    )
    return Section(title, (Listing(shown), *rest))


def lines(matter: Matter) -> Section:
    """The lines with a judged value."""
    rows = [row for row in matter.standings if row.status is not Status.NO_DATA and row.latest is not None]
    heads = (
        Column(_("Indicator"), share=40),
        Column(_("Unit"), share=10),
        Column(_("Target"), "number", 14),
        Column(_("Latest value"), "number", 12),
        Column(_("Year"), "year", 8),
        Column(_("Status"), "status", 10),
        Column(_("Source"), "source", 6),
    )
    cells = tuple(
        (
            Cell(name_of(row)),
            Cell(row.unit),
            Cell(row.target_shown, row.target if row.target_is_number else None),
            Cell(figure(row.latest.value) if row.latest else "", row.latest.value if row.latest else None),
            Cell(str(row.latest.year) if row.latest else "", row.latest.year if row.latest else None),
            Cell(str(LABELS[row.status]), tone=row.status.value),
            Cell(matter.cite_latest(row)),
        )
        for row in rows[:MOST_LINES]
    )
    unknown = [name_of(row) for row in matter.standings if row.status is Status.NO_DATA]
    joint = ", " if in_english() else "、"
    blocks = (
        Table("lines", _("Indicators with real values"), heads, cells),
        Paragraph(
            _("No data (%(count)s): %(names)s.") % {"count": len(unknown), "names": joint.join(unknown)},
            "note",
        ),
    )
    return Section(_("Main indicators"), blocks)
