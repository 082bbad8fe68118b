"""领导简报: one page: the counts, what needs attention, warnings, lines with values, what is unknown."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.monitoring.service import Outlook
from beichen.plan.pages import in_english
from beichen.plan.reports.chapters.attention import said, worst_first
from beichen.plan.reports.chapters.outlook import interval, warnings_said
from beichen.plan.reports.chapters.overview import sentences, tiles
from beichen.plan.reports.document import Cell, Column, Listing, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter, name_of
from beichen.web.numbers import figure
from beichen.web.status import LABELS, Status

MOST_MATTERS, MOST_WARNINGS, MOST_LINES = 5, 4, 12


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


def warnings(matter: Matter) -> Section:
    """The first few early warnings."""
    said = warnings_said(matter)
    title = _("Early warnings")
    if not said:
        words = _("By the values up to %(year)s no line has an early warning.") % {"year": matter.year}
        return Section(title, (Paragraph(words),))
    more = len(said) - MOST_WARNINGS
    rest = _("%(more)s more stand in the yearly report.") % {"more": more}
    return Section(title, (Listing(said[:MOST_WARNINGS]), *((Paragraph(rest, "note"),) if more > 0 else ())))


def _ahead(row: Outlook | None) -> Cell:
    """The forecast of the target's year with its interval; a dash without one."""
    if row is None or row.end is None:
        return Cell("–")
    return Cell(f"{figure(row.end.value, 1)} ({interval(row)})", round(row.end.value, 6))


def lines(matter: Matter) -> Section:
    """The lines with a judged value."""
    rows = [row for row in matter.standings if row.status is not Status.NO_DATA and row.latest is not None]
    ahead = {(row.standing.number, row.standing.name): row for row in matter.outlooks}
    heads = (
        Column(_("Indicator"), share=26),
        Column(_("Unit"), share=9),
        Column(_("Target"), "number", 11),
        Column(_("Latest value"), "number", 11),
        Column(_("Year"), "year", 7),
        Column(_("Forecast for %(year)s") % {"year": matter.plan.end_year}, "number", 18),
        Column(_("Status"), "status", 10),
        Column(_("Source"), "source", 8),
    )
    cells = tuple(
        (
            Cell(name_of(row)),
            Cell(row.unit),
            Cell(row.target_shown, row.target if row.target_is_number else None),
            Cell(figure(row.latest.value) if row.latest else "", row.latest.value if row.latest else None),
            Cell(str(row.latest.year) if row.latest else "", row.latest.year if row.latest else None),
            _ahead(ahead.get((row.number, row.name))),
            Cell(str(LABELS[row.status]), tone=row.status.value),
            Cell(matter.cite_latest(row)),
        )
        for row in rows[:MOST_LINES]
    )
    unknown = [name_of(row) for row in matter.standings if row.status is Status.NO_DATA]
    joint = ", " if in_english() else "、"
    if any(row.end for row in ahead.values()):
        note = _(
            "Forecast: what comes if the line goes on so, with its interval; from values up to %(year)s."
        )
    else:
        note = _("No forecast can be made from the values up to %(year)s.")
    blocks = (
        Table("lines", _("Indicators with real values"), heads, cells, note % {"year": matter.year}),
        Paragraph(
            _("No data (%(count)s): %(names)s.") % {"count": len(unknown), "names": joint.join(unknown)},
            "note",
        ),
    )
    return Section(_("Main indicators"), blocks)
