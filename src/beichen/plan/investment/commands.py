"""`beichen plan projects import FILE` and `export FILE`: project lists in and out, as xlsx."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import orjson

from beichen.problem import Problem, ProblemError, code

NO_PLAN = code("PLN-632", "There is no plan whose projects could be listed.", status=404)
_PATH = click.Path(path_type=Path)
_LISTED = 30  # effects that a person is shown; JSON has all


@click.group()
def projects() -> None:
    """The projects of the plan as lists (项目清单)."""


def _plan(key: str | None) -> Any:
    """The plan of this key, the current one by default. Raises ProblemError PLN-632."""
    from beichen.plan.models import Plan
    from beichen.plan.service import current_plan

    found = Plan.objects.select_related("region").filter(key=key).first() if key else current_plan()
    if found is None:
        hint = "beichen plan import FILE brings one in"
        raise ProblemError(Problem(NO_PLAN, f"there is no plan {key or ''}".strip(), hint=hint))
    return found


@projects.command("import")
@click.argument("file", type=_PATH)
@click.option("--dry-run", is_flag=True, help="Only report; store nothing.")
@click.option("--year", type=click.IntRange(1950, 2200), help="The year that 本年 means in the list.")
@click.option("--plan", "key", help="The plan's key; by default the current plan.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def import_list(file: Path, dry_run: bool, year: int | None, key: str | None, as_json: bool) -> None:
    """Apply a project list (.xlsx) to the register: all of it, or nothing with every mistake told."""
    from beichen.kernel.actor import system
    from beichen.plan.investment.service import apply_list, read_sheet

    plan = _plan(key)
    if sys.stderr.isatty() and not as_json:
        click.echo(f"reading {file.name} …", err=True)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.FileError(str(file), error.strerror or "cannot be read") from None
    sheet = read_sheet(content, year=year)
    report = apply_list(plan, sheet, by=system("command"), name=file.name, dry_run=dry_run)
    if as_json:
        effects = [
            {"row": one.row, "key": one.key, "name": one.name, "is_new": one.is_new, "changes": one.changes}
            for one in report.effects
        ]
        told = {
            "counts": report.counts(),
            "effects": effects,
            "notes": [note.as_dict() for note in report.notes],
        }
        click.echo(orjson.dumps(told | {"dry_run": dry_run}, option=orjson.OPT_INDENT_2).decode())
        return
    for note in report.notes:
        click.echo(str(note), err=True)
    for one in report.effects[:_LISTED]:
        click.echo(f"  {'+' if one.is_new else '~'} {one.name}: {', '.join(one.changes)}")
    if len(report.effects) > _LISTED:
        click.echo(f"  … {len(report.effects) - _LISTED} more: see --json")
    counts = ", ".join(f"{number} {what}" for what, number in report.counts().items())
    click.echo(f"{'would store' if dry_run else 'stored'}: {counts}")


@projects.command("export")
@click.argument("file", type=_PATH)
@click.option("--plan", "key", help="The plan's key; by default the current plan.")
def export_list(file: Path, key: str | None) -> None:
    """Write every project of the register as a list (.xlsx) that `import` takes back."""
    from beichen.plan.investment.service import investments, list_of, standings_of

    plan = _plan(key)
    rows = standings_of(investments(plan), plan.end_year)
    file.write_bytes(list_of(plan, rows))
    click.echo(f"wrote {len(rows)} projects to {file}")
