"""责任落实: who answers for the plan, how far each body is; in an edition its own duties one by one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.kernel.access.service import visible
from beichen.plan.duties.models import Duty
from beichen.plan.duties.service import READ, duties_of, progress_of, totals_of
from beichen.plan.pages import in_english
from beichen.plan.reports.document import Block, Cell, Column, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter

MOST = 200  # duties that an edition lists


def _number(value: int) -> Cell:
    return Cell(str(value), value)


def _whole(matter: Matter) -> list[Block]:
    progress = progress_of(matter.plan, today=matter.made_on)
    sums = totals_of(progress)
    if not sums.duties:
        return [Paragraph(_("No duty of the plan is recorded here yet."))]
    said = _(
        "The plan gives rise to %(duties)s duties. %(led)s have a leading body, %(unassigned)s have none "
        "yet; %(done)s are done, %(overdue)s are overdue on the day of this report."
    ) % {
        "duties": sums.duties,
        "led": sums.duties - sums.unassigned,
        "unassigned": sums.unassigned,
        "done": sums.done,
        "overdue": sums.overdue,
    }
    blocks: list[Block] = [Paragraph(said)]
    heads = (
        Column(_("Leading body"), share=40),
        Column(_("Duties in all"), "number", 15),
        Column(_("Done"), "number", 15),
        Column(_("Overdue"), "number", 15),
        Column(_("Stuck"), "number", 15),
    )
    rows = tuple(
        (
            Cell((one.body.name_en or one.body.name) if in_english() else one.body.name),
            *map(_number, (one.duties, one.done, one.overdue, one.stuck)),
        )
        for one in progress
        if one.body is not None
    )
    if rows:
        blocks.append(Table("duties", _("Duties by leading body"), heads, rows))
    return blocks


def _edition(matter: Matter) -> list[Block]:
    rows = duties_of(matter.plan, body=matter.body)
    if matter.region is not None:
        rows = rows.filter(region__path__under=matter.region.path)
    found = list(visible(matter.reader, READ, rows)[: MOST + 1])
    if not found:
        return [Paragraph(_("No duty of the plan is assigned here."))]
    heads = (
        Column(_("Place"), share=10),
        Column(_("Duty"), share=46),
        Column(_("Deadline"), "year", 14),
        Column(_("State"), share=14),
        Column(_("Percent"), "number", 16),
    )
    said = _("%(count)s duties of the plan are led or supported here.") % {"count": len(found)}
    if len(found) > MOST:
        said = _("The first %(count)s duties that are led or supported here.") % {"count": MOST}
    cells = tuple(_row(matter, duty) for duty in found[:MOST])
    return [Paragraph(said), Table("duties", _("Duties"), heads, cells)]


def _row(matter: Matter, duty: Duty) -> tuple[Cell, ...]:
    if duty.is_demo:
        matter.made_up.add("duties")
    mark = _(" (demonstration)") if duty.is_demo else ""
    return (
        Cell(duty.location.partition("#")[0]),
        Cell(duty.title + mark),
        Cell(duty.deadline.isoformat() if duty.deadline else "–"),
        Cell(str(duty.get_state_display()) if duty.state else str(_("Not reported"))),
        Cell(f"{duty.percent}%", duty.percent) if duty.percent is not None else Cell("–"),
    )


def chapter(matter: Matter) -> Section:
    """Of the whole plan by body; of an edition one by one."""
    is_edition = matter.body is not None or matter.region is not None
    blocks = _edition(matter) if is_edition else _whole(matter)
    if not is_edition and Duty.objects.filter(plan=matter.plan, is_demo=True).exists():
        matter.made_up.add("duties")
        blocks.append(Paragraph(_("Some of these assignments are made up for demonstration."), "note"))
    return Section(_("Who answers for it"), tuple(blocks))
