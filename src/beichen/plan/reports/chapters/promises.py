"""What the plan promises in its prose, and builds: targets by part, projects by box; or every one of them."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from beichen.plan.pages import PERIODS, amount
from beichen.plan.reports.document import Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter


def _number(value: int) -> Cell:
    return Cell(str(value), value)


def targets(matter: Matter) -> Section:
    """The quantities in the prose, counted by part."""
    counts = Counter(target.location.partition(".")[0] for target in matter.targets)
    last = Counter(
        target.location.partition(".")[0] for target in matter.targets if target.target_year <= matter.year
    )
    rows = tuple(
        (Cell(part.location), Cell(part.title), _number(counts[part.location]), _number(last[part.location]))
        for part in matter.parts
        if counts[part.location]
    )
    said = _(
        "Besides its table the plan promises %(count)s quantities in its prose %(source)s. They are listed "
        "with their places; how far each has come is not measured here."
    ) % {"count": len(matter.targets), "source": matter.of_plan}
    heads = (
        Column(_("Part"), "number", 10),
        Column(_("Title"), share=50),
        Column(_("Targets stated"), "number", 20),
        Column(_("Due by the year reported"), "number", 20),
    )
    blocks = (Paragraph(said), Table("targets", _("Targets in the prose by part"), heads, rows))
    return Section(_("Targets in the text"), blocks)


def projects(matter: Matter) -> Section:
    """The projects, counted by box."""
    rows = tuple(
        (
            Cell(str(box["box"])),
            Cell(str(box["box_title"])),
            Cell(str(box["projects"]), int(str(box["projects"]))),
        )
        for box in matter.boxes
    )
    said = _("The plan's boxes name %(count)s projects %(source)s.") % {
        "count": sum(int(str(box["projects"])) for box in matter.boxes),
        "source": matter.of_plan,
    }
    heads = (
        Column(_("Box"), share=20),
        Column(_("Title"), share=60),
        Column(_("Projects named"), "number", 20),
    )
    blocks = (Paragraph(said), Table("boxes", _("Projects by box"), heads, rows))
    return Section(_("Major projects"), blocks)


def all_targets(matter: Matter) -> Section:
    """Every quantity with its place."""
    heads = (
        Column(_("Whose"), share=24),
        Column(_("What"), share=30),
        Column(_("How much"), "number", 16),
        Column(_("Counted"), share=11),
        Column(_("Year"), "year", 8),
        Column(_("Place"), share=11),
    )
    rows = tuple(
        (
            Cell(row.subject),
            Cell(row.metric),
            Cell(amount(row), row.value),
            Cell(str(PERIODS.get(row.period, ""))),
            _number(row.target_year),
            Cell(row.location.partition("#")[0]),
        )
        for row in matter.targets
    )
    title = _("Every target in the prose")
    return Section(title, (Table("all-targets", title, heads, rows),), is_annex=True)


def all_projects(matter: Matter) -> Section:
    """Every project with its box."""
    heads = (
        Column(_("Project"), share=46),
        Column(_("Group"), share=24),
        Column(_("Box"), share=12),
        Column(_("Title"), share=18),
    )
    rows = tuple(
        (Cell(row.name), Cell(row.group), Cell(row.box), Cell(row.box_title)) for row in matter.projects
    )
    title = _("Every project")
    return Section(title, (Table("all-projects", title, heads, rows),), is_annex=True)
