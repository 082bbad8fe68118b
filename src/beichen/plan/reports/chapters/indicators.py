"""主要指标: every line with base, target, newest value, status and source; the reasoning; the path."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from beichen.plan.pages import ATTRIBUTES, in_english, named, path_chart
from beichen.plan.reports.document import Block, Cell, Column, Figure, Listing, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter, name_of
from beichen.plan.service import Standing
from beichen.web.numbers import figure
from beichen.web.status import LABELS

FEWEST_POINTS = 2  # a line through fewer shows nothing


def columns() -> tuple[Column, ...]:
    """The heads of a table of standings."""
    return (
        Column(_("No."), "number", 7),
        Column(_("Indicator"), share=22),
        Column(_("Kind"), share=9),
        Column(_("Unit"), share=9),
        Column(_("Base"), "number", 9),
        Column(_("Target"), "number", 11),
        Column(_("Latest value"), "number", 9),
        Column(_("Year"), "year", 7),
        Column(_("Status"), "status", 9),
        Column(_("Source"), "source", 8),
    )


def row_of(matter: Matter, row: Standing) -> tuple[Cell, ...]:
    """One line of the table."""
    latest = row.latest
    return (
        Cell(str(row.number), row.number),
        Cell(name_of(row)),
        Cell(str(ATTRIBUTES.get(row.attribute, ""))),
        Cell(row.unit),
        Cell(row.base_shown or "–", row.base),
        Cell(row.target_shown or "–", row.target if row.target_is_number else None),
        Cell(figure(latest.value) if latest else "–", latest.value if latest else None),
        Cell(str(latest.year) if latest else "–", latest.year if latest else None),
        Cell(str(LABELS[row.status]), tone=row.status.value),
        Cell(matter.cite_latest(row)),
    )


def table(matter: Matter, key: str, title: str, rows: Sequence[Standing]) -> Table:
    """Some lines as a table."""
    return Table(key, title, columns(), tuple(row_of(matter, row) for row in rows))


def reasoned(matter: Matter, row: Standing) -> str:
    """A line's name and why it stands so, with the source of the newest value."""
    sure = _("(computed here, not published: indicative)") if row.is_indicative else ""
    return _("%(name)s: %(reasoning)s%(sure)s %(source)s").strip() % {
        "name": name_of(row),
        "reasoning": row.reasoning,
        "sure": sure,
        "source": matter.cite_latest(row),
    }


def drawing(matter: Matter, row: Standing) -> Figure | None:
    """The path of the plan and the real values; None where there are too few."""
    if len(row.points) < FEWEST_POINTS:
        return None
    chart = path_chart(matter.plan, row)
    if chart is None:
        return None
    return Figure(f"path-{row.number}-{_place(row)}", chart, is_small=True)


def _place(row: Standing) -> int:
    names = [part["name"] for part in row.indicator.parts]
    return names.index(row.name) + 1 if row.name in names else 1


def _group(matter: Matter, number: int, group: str, rows: Sequence[Standing]) -> Section:
    title = named(matter.plan, group)
    blocks: list[Block] = [table(matter, f"indicators-{number}", title, rows)]
    known = [row for row in rows if row.latest is not None]
    blocks.append(Listing(tuple(reasoned(matter, row) for row in known)))
    blocks += [found for row in known if (found := drawing(matter, row)) is not None]
    silent = [name_of(row) for row in rows if row.latest is None]
    if silent:
        joint = ", " if in_english() else "、"
        blocks.append(Paragraph(_("No data: %(names)s.") % {"names": joint.join(silent)}, "note"))
    return Section(title, tuple(blocks))


def chapter(matter: Matter) -> Section:
    """All lines by category."""
    said = Paragraph(
        _(
            "The plan's table states these indicators %(source)s. Beside each stands the newest real value "
            "up to %(year)s, its own year and its source."
        )
        % {"source": matter.of_plan, "year": matter.year}
    )
    groups = (
        _group(matter, number, group, rows) for number, (group, rows) in enumerate(matter.groups.items(), 1)
    )
    return Section(_("The main indicators"), (said,), tuple(groups))
