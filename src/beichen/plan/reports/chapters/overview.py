"""总体情况: how many lines of the indicator table stand how, the binding ones apart, by category."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.pages import named
from beichen.plan.reports.document import Block, Cell, Column, Figure, Paragraph, Section, Table, Tile, Tiles
from beichen.plan.reports.matter import BAD, GOOD, Matter
from beichen.web.charts import Chart, Series
from beichen.web.status import LABELS, Status

SHOWN = (Status.AHEAD, Status.ON_COURSE, Status.BEHIND, Status.MISSED, Status.NO_DATA)


def tiles(matter: Matter) -> Tiles:
    """The counts by status."""
    counts = matter.count()
    return Tiles(tuple(Tile(str(LABELS[item]), str(counts[item]), item.value) for item in SHOWN))


def sentences(matter: Matter) -> list[str]:
    """The state of the plan in two or three sentences."""
    counts = matter.count()
    numbers = {
        "year": matter.year,
        "indicators": len({row.number for row in matter.standings}),
        "lines": len(matter.standings),
        **{item.name.lower(): counts[item] for item in Status},
    }
    said = [
        _(
            "By the end of %(year)s, of the %(indicators)s main indicators of the plan (stated in "
            "%(lines)s lines) %(ahead)s were ahead, %(on_course)s on course, %(behind)s behind and "
            "%(missed)s missed; for %(no_data)s lines there is no data that could be compared."
        )
        % numbers
    ]
    known = len(matter.standings) - counts[Status.NO_DATA]
    good = sum(counts[item] for item in GOOD)
    if known:
        said.append(
            _("Of the %(known)s lines with data, %(good)s (%(share)s%%) were ahead or on course.")
            % {"known": known, "good": good, "share": round(100 * good / known)}
        )
    binding = [row for row in matter.standings if row.attribute == "binding"]
    if binding:
        of_binding = matter.count(binding)
        said.append(
            _(
                "Of the %(binding)s binding lines %(good)s were ahead or on course, %(bad)s behind or "
                "missed; %(unknown)s had no data."
            )
            % {
                "binding": len(binding),
                "good": sum(of_binding[item] for item in GOOD),
                "bad": sum(of_binding[item] for item in BAD),
                "unknown": of_binding[Status.NO_DATA],
            }
        )
    return said


def by_group(matter: Matter) -> Figure:
    """The lines of each category by status, as a stack."""
    groups = list(matter.groups)
    series = [
        Series(
            str(LABELS[item]),
            [float(matter.count(matter.groups[group])[item]) for group in groups],
            item.value,
            "bar",
            has_labels=True,
        )
        for item in SHOWN
    ]
    chart = Chart(
        _("Lines of the indicator table by category and status"),
        _("lines"),
        _("Category"),
        [named(matter.plan, group) for group in groups],
        series,
        from_zero=True,
    )
    return Figure("status-by-group", chart, is_stacked=True)


def table(matter: Matter) -> Table:
    """The same counts as numbers."""
    heads = (
        Column(_("Category"), share=25),
        *(Column(str(LABELS[item]), "number", 12) for item in SHOWN),
        Column(_("Lines in all"), "number", 15),
    )
    rows = []
    for group, lines in matter.groups.items():
        counts = matter.count(lines)
        numbers = [counts[item] for item in SHOWN] + [len(lines)]
        rows.append((Cell(named(matter.plan, group)), *(Cell(str(number), number) for number in numbers)))
    total = matter.count()
    numbers = [total[item] for item in SHOWN] + [len(matter.standings)]
    rows.append((Cell(_("Total")), *(Cell(str(number), number) for number in numbers)))
    return Table("status", _("How the main indicators stand"), heads, tuple(rows))


def chapter(matter: Matter) -> Section:
    """The state of the whole plan."""
    blocks: list[Block] = [tiles(matter)]
    first, *more = sentences(matter)
    blocks += [Paragraph(first, "lead"), *(Paragraph(text) for text in more)]
    if matter.standings:
        blocks += [by_group(matter), table(matter)]
    blocks.append(
        Paragraph(
            _(
                "Statuses follow the published rules in the annex and rest on published statistics alone. "
                "Where no real value exists the report says “no data”; nothing is estimated."
            ),
            "note",
        )
    )
    return Section(_("The state of the whole"), tuple(blocks))
