"""`beichen plan report YEAR`: a report as a file; nothing is kept in the house."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click
import orjson
from django.utils import timezone

from beichen.kernel.levels import Level
from beichen.plan.reports.models import Kind
from beichen.plan.reports.rendering import FORMATS
from beichen.plan.reports.rights import NO_PLAN
from beichen.plan.reports.service import Order, render_report, write_report
from beichen.plan.service import current_plan
from beichen.problem import Problem, ProblemError


@click.command()
@click.argument("year", type=int)
@click.option("--format", "wanted", type=click.Choice(list(FORMATS)), default="pdf", show_default=True)
@click.option("--kind", type=click.Choice(list(Kind.values)), default=Kind.YEARLY.value, show_default=True)
@click.option("--body", default="", help="The edition of a body, by its key.")
@click.option("--region", default="", help="The edition of a district, by its code.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--internal", is_flag=True, help="With what is for use within (L2), not only what is open.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write.")
@click.option("--json", "as_json", is_flag=True, help="Say as JSON what was written.")
def report(
    year: int,
    wanted: str,
    kind: str,
    body: str,
    region: str,
    language: str,
    internal: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write a report on the current plan as it stood at the end of YEAR."""
    if body and region:
        raise click.UsageError("--body and --region are two editions: give one")
    plan = current_plan()
    if plan is None:
        hint = "beichen city load changchun, or beichen plan import FILE"
        raise ProblemError(Problem(NO_PLAN, "there is no plan to report on", hint=hint))
    if sys.stderr.isatty() and not as_json:
        click.echo(f"writing the {kind} report {year} …", err=True)
    level = Level.L2 if internal else Level.L1
    order = Order(year, kind, language, level, body, region)
    today: date = timezone.localdate()
    document = write_report(plan, order, made_on=today)
    content = render_report(document, wanted)
    file = out or Path(f"{plan.key}-{order.series}.{wanted}")
    file.write_bytes(content)
    summary = {
        "file": str(file),
        "bytes": len(content),
        "title": document.title,
        "subtitle": document.subtitle,
    }
    said = orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode() if as_json else f"wrote {file}"
    click.echo(said)
