"""`beichen plan import FILE`: a plan's text becomes facts: reported, written as files, stored."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
import orjson

from beichen.plan.importer import PlanFacts, read_plan, write_facts
from beichen.plan.importer.output import LISTS, refuse_incomplete
from beichen.problem import Level

_PATH = click.Path(path_type=Path)
_LISTED = 20  # problems that a person is shown; JSON has all


@click.group()
def plan() -> None:
    """The city's plan: its facts and their measure."""


@plan.command("import")
@click.argument("file", type=_PATH)
@click.option("--out", type=_PATH, help="Write the facts as JSON and CSV into this folder.")
@click.option("--dry-run", is_flag=True, help="Only report; store nothing.")
@click.option("--key", help="The plan's key; by default that of the stored plan of this title.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def import_plan(file: Path, out: Path | None, dry_run: bool, key: str | None, as_json: bool) -> None:
    """Read a plan's text (.txt .docx .pdf), report what was understood, and store it.

    A text that breaks off is reported as far as it was understood and refused: nothing is written.
    """
    if sys.stderr.isatty() and not as_json:
        click.echo(f"reading {file.name} …", err=True)
    facts = read_plan(file)
    report = _report(facts)
    complete = not any(problem.level is Level.ERROR for problem in facts.problems)
    if complete:
        _keep(facts, report, out, None if dry_run else key or "")
    _show(report, facts, as_json)
    if not complete:
        refuse_incomplete(facts)


def _report(facts: PlanFacts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "start_year": facts.start_year,
        "end_year": facts.end_year,
        "counts": {name: len(getattr(facts, name)) for name in LISTS},
        "outline": dict(Counter(node.level for node in facts.outline)),
        "problems": [problem.as_dict() for problem in facts.problems],
    }


def _keep(facts: PlanFacts, report: dict[str, Any], out: Path | None, key: str | None) -> None:
    """Store and write, both or neither; ``key`` is None when nothing is to be stored.

    Files alone need no database: where the city has none yet, the report says that nothing is stored.
    """
    from django.db import transaction

    if key is None or (out is not None and not _has_tables()):
        report["written"] = [str(path) for path in write_facts(facts, out)] if out else []
        report["stored"] = False
        return
    with transaction.atomic():
        report["plan"], report["changes"] = _store(facts, key)
        if out is not None:
            report["written"] = [str(path) for path in write_facts(facts, out)]


def _has_tables() -> bool:
    """Whether the database has been set up."""
    from django.db import connection

    from beichen.plan.models import Plan

    return Plan._meta.db_table in connection.introspection.table_names()


def _store(facts: PlanFacts, key: str) -> tuple[str, dict[str, int]]:
    """Store the facts in the database; the rooms' models are imported only here."""
    from beichen.kernel.actor import system
    from beichen.plan.models import Plan
    from beichen.plan.service import import_facts

    stored = Plan.objects.filter(title=facts.title).values_list("key", flat=True).first()
    chosen = key or stored or f"plan-{facts.start_year}-{facts.end_year}"
    return chosen, import_facts(facts, chosen, by=system("command")).counts()


def _show(report: dict[str, Any], facts: PlanFacts, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"{facts.title} ({facts.start_year}–{facts.end_year})")
    for name, count in report["outline"].items():
        click.echo(f"  {name:12} {count:6}")
    for name in LISTS[1:]:
        click.echo(f"  {name:12} {report['counts'][name]:6}")
    for problem in facts.problems[:_LISTED]:
        click.echo(str(problem), err=True)
    if len(facts.problems) > _LISTED:
        click.echo(f"… {len(facts.problems) - _LISTED} more problems: see --json", err=True)
    for path in report.get("written", []):
        click.echo(f"wrote {path}")
    if report.get("written") and not report.get("stored", True):
        click.echo("not stored: files only")
    if "changes" in report:
        changes = ", ".join(f"{number} {what}" for what, number in report["changes"].items())
        click.echo(f"stored as {report['plan']}: {changes}")
