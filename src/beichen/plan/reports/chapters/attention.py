"""需要关注: what is behind or missed, the binding first, why, and what each remaining year would need."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beichen.plan.pages import ATTRIBUTES
from beichen.plan.reports.chapters.indicators import reasoned
from beichen.plan.reports.document import Block, Cell, Column, Listing, Paragraph, Section, Table
from beichen.plan.reports.matter import BAD, Matter, name_of
from beichen.plan.reports.pace import needed_pace
from beichen.plan.service import Standing
from beichen.web.numbers import figure
from beichen.web.status import LABELS


def worst_first(matter: Matter) -> list[Standing]:
    """What is behind or missed: the binding before the others, the missed before the behind."""
    rows = [row for row in matter.standings if row.status in BAD]
    return sorted(rows, key=lambda row: (row.attribute != "binding", BAD[::-1].index(row.status)))


def said(matter: Matter, row: Standing) -> str:
    """One matter: its kind and status, the reasoning, what it needs."""
    kind = str(ATTRIBUTES.get(row.attribute, "")) or _("no kind stated")
    head = _("[%(kind)s, %(status)s] ") % {"kind": kind, "status": LABELS[row.status]}
    return head + reasoned(matter, row)


def pace_table(matter: Matter) -> Table | None:
    """The way that is left and what a year it needs; None when no line has one."""
    rows = []
    for row in matter.standings:
        pace = needed_pace(row.goal, row.verdict)
        if pace is None or row.latest is None:
            continue
        growth = row.goal.period == "annual_average"
        need = _("%(rate)s%% a year") if growth else _("%(rate)s a year")
        rows.append(
            (
                Cell(str(row.number), row.number),
                Cell(name_of(row)),
                Cell(row.unit),
                Cell(row.target_shown, row.target),
                Cell(figure(row.verdict.actual, 2), row.verdict.actual),
                Cell(figure(pace.gap, 2), pace.gap),
                Cell(str(pace.years), pace.years),
                Cell(need % {"rate": figure(pace.a_year, 2)}),
                Cell(str(LABELS[row.status]), tone=row.status.value),
            )
        )
    if not rows:
        return None
    heads = (
        Column(_("No."), "number", 5),
        Column(_("Indicator"), share=27),
        Column(_("Unit"), share=8),
        Column(_("Target"), "number", 11),
        Column(_("Reached"), "number", 10),
        Column(_("Still to go"), "number", 9),
        Column(_("Years left"), "number", 7),
        Column(_("What the rest needs"), "number", 14),
        Column(_("Status"), "status", 9),
    )
    note = _(
        "Plain arithmetic on the real values, no forecast: equal steps, or the mean growth still needed."
    )
    return Table("pace", _("What is left of the way"), heads, tuple(rows), note)


def chapter(matter: Matter) -> Section:
    """What a reader must know first."""
    rows = worst_first(matter)
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Paragraph(
                ngettext(
                    "%(count)s line is behind its path or has missed its target.",
                    "%(count)s lines are behind their path or have missed their target.",
                    len(rows),
                )
                % {"count": len(rows)}
            )
        )
        blocks.append(Listing(tuple(said(matter, row) for row in rows)))
    else:
        blocks.append(Paragraph(_("No line with data is behind its path or has missed its target.")))
    pace = pace_table(matter)
    if pace is not None:
        blocks.append(pace)
    return Section(_("What needs attention"), tuple(blocks))
