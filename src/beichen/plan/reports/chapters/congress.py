"""向市人大常委会的报告: its address, the indicators in one table, and the opinions of the years before."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.kernel.org.models import Body
from beichen.plan.pages import in_english, named
from beichen.plan.reports.chapters.indicators import table
from beichen.plan.reports.document import Block, Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter
from beichen.plan.reports.models import Opinion


def _committee(matter: Matter) -> str:
    rows = Body.objects.filter(kind="congress", is_current=True)
    if matter.plan.region is not None:
        rows = rows.filter(region=matter.plan.region)
    found = rows.first()
    if found is None:
        return _("The standing committee of the people's congress")
    return (found.name_en or found.name) if in_english() else found.name


def opening(matter: Matter) -> Section:
    """To whom, and on what ground."""
    said = _(
        "The plan asks that its carrying out be reported to the standing committee of the people's "
        "congress as the law says %(source)s. The carrying out in %(year)s is reported as follows."
    ) % {"source": matter.of_plan, "year": matter.year}
    return Section(
        "", (Paragraph(_("%(committee)s:") % {"committee": _committee(matter)}, "address"), Paragraph(said))
    )


def indicators(matter: Matter) -> Section:
    """Every line, category by category, without drawings."""
    blocks: list[Block] = [
        table(matter, f"indicators-{number}", named(matter.plan, group), rows)
        for number, (group, rows) in enumerate(matter.groups.items(), 1)
    ]
    return Section(_("The main indicators"), tuple(blocks))


def opinions(matter: Matter) -> Section:
    """What the committee said about earlier reports, and what became of it."""
    title = _("Opinions of the committee and what became of them")
    rows = Opinion.objects.filter(submission__plan=matter.plan, submission__year__lt=matter.year)
    rows = rows.filter(submission__level__lte=int(matter.audience)).select_related("submission", "body")
    rows = rows.prefetch_related("answers").order_by("submission__year", "number")
    found = list(rows)
    if not found:
        words = _("No deliberation opinion on an earlier report is recorded here.")
        return Section(title, (Paragraph(words),))
    heads = (
        Column(_("Year"), "year", 8),
        Column(_("No."), "number", 7),
        Column(_("Opinion"), share=31),
        Column(_("Answered by"), share=14),
        Column(_("Answer to the opinion"), share=28),
        Column(_("State"), share=12),
    )
    if any(row.submission.is_demo for row in found):
        matter.made_up.add("opinions")
    cells = tuple(_row(row) for row in found)
    return Section(title, (Table("opinions", title, heads, cells),))


def _row(row: Opinion) -> tuple[Cell, ...]:
    answers = list(row.answers.all())
    mark = _(" (demonstration)") if row.submission.is_demo else ""
    return (
        Cell(str(row.submission.year), row.submission.year),
        Cell(str(row.number), row.number),
        Cell(row.text + mark),
        Cell((row.body.name_en or row.body.name if in_english() else row.body.name) if row.body else "–"),
        Cell(answers[-1].text if answers else _("None yet")),
        Cell(str(Opinion.State(row.state).label)),
    )
