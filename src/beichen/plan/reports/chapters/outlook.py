"""展望与预警: what the rest needs, early warnings with reasoning, forecasts marked as such."""

from __future__ import annotations

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beichen.plan.monitoring.service import MODELS, Outlook, Pace, pace_text, warned_words, why_no_forecast
from beichen.plan.pages import in_english
from beichen.plan.reports.document import Block, Cell, Column, Listing, Paragraph, Section, Table
from beichen.plan.reports.matter import Matter, name_of
from beichen.plan.service import Standing
from beichen.web.numbers import figure
from beichen.web.status import LABELS


def warned_said(matter: Matter, row: Outlook, pace: Pace) -> str:
    """One early warning: the line, what it needs and why that is out of reach, the source."""
    return _("%(name)s: %(warning)s %(source)s").strip() % {
        "name": name_of(row.standing),
        "warning": warned_words(pace, row.standing.unit),
        "source": matter.cite_latest(row.standing),
    }


def warnings_said(matter: Matter) -> tuple[str, ...]:
    """Every early warning in a sentence, the binding first."""
    return tuple(warned_said(matter, row, row.pace) for row in matter.warned if row.pace is not None)


def _counted(matter: Matter) -> Paragraph:
    count = len(matter.warned)
    unjudged = sum(1 for row in matter.outlooks if row.pace is None or row.pace.best is None)
    if not count:
        said = _("By the values up to %(year)s no line has an early warning.") % {"year": matter.year}
    else:
        said = ngettext(
            "By the values up to %(year)s %(count)s line has an early warning: its target asks more of every "
            "coming year than the best past year brought.",
            "By the values up to %(year)s %(count)s lines have an early warning: their targets ask more of "
            "every coming year than the best past year brought.",
            count,
        ) % {"year": matter.year, "count": count}
    silent = ngettext(
        "For %(count)s line no warning can be given: it has too few values, or nothing left to do.",
        "For %(count)s lines no warning can be given: they have too few values, or nothing left to do.",
        unjudged,
    ) % {"count": unjudged}
    return Paragraph((" " if in_english() else "").join([said, silent] if unjudged else [said]))


def _pace_row(line: Standing, pace: Pace) -> tuple[Cell, ...]:
    return (
        Cell(str(line.number), line.number),
        Cell(name_of(line)),
        Cell(line.unit),
        Cell(line.target_shown, line.target if line.target_is_number else None),
        Cell(figure(line.verdict.actual, 2), line.verdict.actual),
        Cell(str(pace.years_left), pace.years_left),
        Cell(pace_text(pace.kind, pace.needed, line.unit), pace.needed),
        Cell(_("no data") if pace.best is None else pace_text(pace.kind, pace.best, line.unit), pace.best),
        Cell(str(LABELS[line.status]), tone=line.status.value),
    )


def pace_table(matter: Matter) -> Table | None:
    """What the rest of the way needs a year, beside the best past year; None when no line has any left."""
    rows = tuple(_pace_row(row.standing, row.pace) for row in matter.outlooks if row.pace is not None)
    if not rows:
        return None
    heads = (
        Column(_("No."), "number", 7),
        Column(_("Indicator"), share=19),
        Column(_("Unit"), share=8),
        Column(_("Target"), "number", 10),
        Column(_("Reached"), "number", 10),
        Column(_("Years left"), "number", 9),
        Column(_("What the rest needs"), "number", 14),
        Column(_("Best past year"), "number", 14),
        Column(_("Status"), "status", 9),
    )
    note = _("Plain arithmetic on the real values, no forecast: what each year without a value must bring.")
    return Table("pace", _("What is left of the way"), heads, rows, note)


def _early(matter: Matter) -> Section:
    blocks: list[Block] = [_counted(matter)]
    said = warnings_said(matter)
    if said:
        blocks.append(Listing(said))
    table = pace_table(matter)
    if table is not None:
        blocks.append(table)
    return Section(_("Early warnings"), tuple(blocks))


def interval(row: Outlook) -> str:
    """The interval of the forecast of the target's year."""
    end = row.end
    return f"{figure(end.low, 1)}–{figure(end.high, 1)}" if end else ""


def _forecast_row(matter: Matter, row: Outlook) -> tuple[Cell, ...]:
    line, end = row.standing, row.end
    latest = line.latest
    return (
        Cell(str(line.number), line.number),
        Cell(name_of(line)),
        Cell(line.unit),
        Cell(line.target_shown or "–", line.target if line.target_is_number else None),
        Cell(figure(latest.value, 2) if latest else "–", latest.value if latest else None),
        Cell(str(latest.year) if latest else "–", latest.year if latest else None),
        Cell(figure(end.value, 1) if end else "", round(end.value, 6) if end else None),
        Cell(interval(row)),
        Cell(str(end.year) if end else "", end.year if end else None),
        Cell(str(MODELS.get(row.model, row.model))),
        Cell(matter.cite_latest(line)),
    )


def _forecast_table(matter: Matter, rows: list[Outlook]) -> Table:
    level = next(row.end.level for row in rows if row.end)
    heads = (
        Column(_("No."), "number", 7),
        Column(_("Indicator"), share=15),
        Column(_("Unit"), share=8),
        Column(_("Target"), "number", 9),
        Column(_("Latest value"), "number", 9),
        Column(_("Year"), "year", 7),
        Column(_("Forecast"), "number", 8),
        Column(_("%(level)s%% interval") % {"level": level}, "number", 11),
        Column(_("Forecast for"), "year", 7),
        Column(_("Model"), share=11),
        Column(_("Source"), "source", 8),
    )
    note = _(
        "Forecasts, not values: what comes if the line goes on as it did, worked out from unbroken yearly "
        "values up to %(year)s alone. Of a sum or a mean growth the single year is forecast. No status rests "
        "on a forecast."
    ) % {"year": matter.year}
    cells = tuple(_forecast_row(matter, row) for row in rows)
    return Table("forecasts", _("Forecasts to the end of the plan"), heads, cells, note)


def _reason(row: Outlook) -> tuple[str, int]:
    return row.why_none, row.count if row.why_none == "too-few" else 0


def _without(matter: Matter) -> tuple[str, ...]:
    """The lines without a forecast by the reason why."""
    rows = sorted((row for row in matter.outlooks if row.end is None), key=_reason)
    joint = ", " if in_english() else "、"
    return tuple(
        _("%(reason)s Lines: %(names)s.")
        % {"reason": why_no_forecast(*reason), "names": joint.join(name_of(row.standing) for row in held)}
        for reason, held in groupby(rows, key=_reason)
    )


def _forecasts(matter: Matter) -> Section:
    rows = [row for row in matter.outlooks if row.end is not None]
    blocks: list[Block] = []
    if rows:
        blocks.append(_forecast_table(matter, rows))
    else:
        said = _("No forecast can be made from the values up to %(year)s.") % {"year": matter.year}
        blocks.append(Paragraph(said))
    without = _without(matter)
    if without:
        blocks += [Paragraph(_("Without a forecast:")), Listing(without)]
    return Section(_("Forecasts (not values)"), tuple(blocks))


def chapter(matter: Matter) -> Section:
    """What lies ahead, by what was known at the end of the year."""
    return Section(_("Outlook and early warnings"), (), (_early(matter), _forecasts(matter)))
