"""`beichen plan values FILE`: values of indicators from an xlsx or CSV file: checked, shown, applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from beichen.problem import Problem, ProblemError

_LISTED = 30


@click.command("values")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--plan", "key", help="The plan's key; by default the plan that began last.")
@click.option("--dry-run", is_flag=True, help="Only check and show; record nothing.")
@click.option("--prefer", type=click.Choice(["file", "held"]), help="Which source holds where two disagree.")
@click.option("--reason", default="", help="Why that source holds.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def values(file: Path, key: str | None, dry_run: bool, prefer: Any, reason: str, as_json: bool) -> None:
    """Record the values of FILE with their sources, all of them or none.

    Every mistake is told with its row and column. Where another source states another value the command
    refuses and shows both, unless --prefer and --reason decide.
    """
    from beichen.kernel.actor import system
    from beichen.plan.models import Plan
    from beichen.plan.monitoring.intake import read_values
    from beichen.plan.monitoring.service import apply_file, bring_file
    from beichen.plan.service import current_plan

    plan = Plan.objects.select_related("region").filter(key=key).first() if key else current_plan()
    if plan is None:
        raise click.UsageError(f"there is no plan {key}" if key else "no plan is imported yet")
    content, by = file.read_bytes(), system("command")
    reading = read_values(plan, content, file.name)
    report: dict[str, Any] = {
        "plan": plan.key,
        "rows": [_shown(entry) for entry in reading.entries],
        "problems": [problem.as_dict() for problem in reading.problems],
    }
    if reading.is_sound and not dry_run:
        row = bring_file(plan, content, file.name, by=by)
        choices = {entry.identity: prefer for entry in reading.entries} if prefer else {}
        report["changes"] = apply_file(row, choices, reason=reason, by=by).counts()
    _print(report, reading.problems, as_json)
    if not reading.is_sound:
        raise ProblemError(*[problem for problem in reading.problems if problem.level == "error"])


def _shown(entry: Any) -> dict[str, Any]:
    names = (
        "row",
        "indicator",
        "name",
        "region",
        "period",
        "value",
        "unit",
        "source",
        "kind",
        "held",
        "held_source",
    )
    return {name: getattr(entry, name) for name in names}


def _print(report: dict[str, Any], problems: list[Problem], as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    for row in report["rows"][:_LISTED]:
        beside = f"  [{row['held']} {row['held_source']}]" if row["kind"] == "disagreement" else ""
        said = f"{row['row']:5} {row['name']} {row['period']} {row['value']} {row['unit']}"
        click.echo(f"{said}  {row['kind']}{beside}")
    for problem in problems:
        if problem.level != "error":
            click.echo(str(problem), err=True)
    if "changes" in report:
        click.echo(", ".join(f"{number} {what}" for what, number in report["changes"].items()))
