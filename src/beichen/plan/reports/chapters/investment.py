"""项目与资金: the projects by stage, their money as far as it is known, and what they lack."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import (
    GAP_NAMES,
    SHORTAGES,
    InvestmentSummary,
    Sum,
    investments,
    readable,
    standings_of,
    summary_of,
)
from beichen.plan.reports.document import Block, Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter
from beichen.web.numbers import figure

_STAGE = Investment._meta.get_field("stage")


def _summary(matter: Matter) -> InvestmentSummary:
    rows = readable(matter.reader, matter.plan, investments(matter.plan))
    if matter.body is not None:
        rows = rows.filter(lead__path__under=matter.body.path)
    if matter.region is not None:
        rows = rows.filter(region__path__under=matter.region.path)
    years = range(matter.plan.start_year, matter.plan.end_year + 1)
    return summary_of(standings_of(rows, matter.year), matter.year, years)


def _money(one: Sum) -> Cell:
    return Cell(figure(one.amount, 2), float(one.amount)) if one.amount is not None else Cell(_("No data"))


def _stages(summary: InvestmentSummary) -> Table:
    names = dict(_STAGE.flatchoices)
    counts = summary.whole.stages
    rows = tuple(
        (Cell(str(names[stage])), Cell(str(counts[stage]), counts[stage])) for stage in names if counts[stage]
    )
    rows += ((Cell(_("Stage not reported")), Cell(str(counts[""]), counts[""])),) if counts[""] else ()
    heads = (Column(_("Stage"), share=60), Column(_("Projects"), "number", 40))
    return Table("stages", _("Projects by stage"), heads, rows)


def _years(summary: InvestmentSummary) -> Table:
    heads = (
        Column(_("Year"), "year", 20),
        Column(_("Planned (10,000 yuan)"), "number", 24),
        Column(_("Projects that state it"), "number", 16),
        Column(_("Spent (10,000 yuan)"), "number", 24),
        Column(_("Projects that state it"), "number", 16),
    )
    rows = tuple(
        (
            Cell(str(year), year),
            _money(planned),
            Cell(str(planned.projects), planned.projects),
            _money(done),
            Cell(str(done.projects), done.projects),
        )
        for year, (planned, done) in summary.years.items()
    )
    return Table("investment", _("Investment by year"), heads, rows)


def _shortages(summary: InvestmentSummary) -> Table | None:
    gaps = summary.whole.gaps
    rows = tuple(
        (Cell(str(GAP_NAMES[gap])), Cell(str(gaps[gap]), gaps[gap])) for gap in SHORTAGES if gaps[gap]
    )
    if not rows:
        return None
    heads = (Column(_("What is lacking"), share=60), Column(_("Projects"), "number", 40))
    return Table("shortages", _("Known shortages of projects"), heads, rows)


def chapter(matter: Matter) -> Section:
    """The register's summary for the year."""
    title = _("Projects, money and elements")
    summary = _summary(matter)
    count = summary.whole.projects
    if not count:
        return Section(title, (Paragraph(_("No project is registered here.")),))
    known = count - summary.whole.stages[""]
    said = _(
        "%(count)s projects are registered; the stage of %(known)s is reported, the total investment of "
        "%(total)s. Sums take only what is reported."
    ) % {"count": count, "known": known, "total": summary.whole.total.projects}
    blocks: list[Block] = [Paragraph(said), _stages(summary)]
    if any(planned.projects or done.projects for planned, done in summary.years.values()):
        blocks.append(_years(summary))
    else:
        blocks.append(Paragraph(_("No investment of any year is reported.")))
    shortages = _shortages(summary)
    if shortages is not None:
        blocks.append(shortages)
    if summary.demo:
        matter.made_up.add("investment")
        words = _("%(count)s of these projects carry figures made up for demonstration.")
        blocks.append(Paragraph(words % {"count": summary.demo}, "note"))
    return Section(title, tuple(blocks))
