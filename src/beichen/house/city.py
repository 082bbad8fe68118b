"""`beichen city …`: load or check a city package, a folder that holds `city.yaml`."""

from __future__ import annotations

from typing import Any

import click
import orjson

from beichen.kernel.actor import system
from beichen.kernel.scene import service
from beichen.kernel.scene.section import PackageKind
from beichen.problem import ProblemError


@click.group()
def city() -> None:
    """A city's own facts: regions, bodies, layers, statistics, facilities, the plan."""


@city.command()
@click.argument("name_or_dir")
@click.option("--dry-run", is_flag=True, help="Report what would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def load(name_or_dir: str, dry_run: bool, as_json: bool) -> None:
    """Load or update a city package, all of it or nothing; loading again changes nothing."""
    folder = service.find_package(name_or_dir, PackageKind.CITY)
    act = service.preview if dry_run else service.install
    reports = act(folder, by=system("city"), kind=PackageKind.CITY)
    if as_json:
        _write_json({"dry_run": dry_run, "packages": [report.as_dict() for report in reports]})
        return
    for report in reports:
        _print(report, dry_run)


@city.command()
@click.argument("name_or_dir")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check(name_or_dir: str, as_json: bool) -> None:
    """Say everything that is wrong with a city package. Needs no database."""
    reading = service.check(service.find_package(name_or_dir, PackageKind.CITY), PackageKind.CITY)
    if reading.errors:
        raise ProblemError(*reading.problems)
    if as_json:
        _write_json({"problems": [problem.as_dict() for problem in reading.problems]})
        return
    for problem in reading.problems:
        click.echo(str(problem))
    click.echo("no mistakes")


def _write_json(document: dict[str, Any]) -> None:
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def _print(report: service.PackageReport, dry_run: bool) -> None:
    heading = f"{report.kind} {report.key} {report.version}: "
    click.echo(heading + ("would change as follows" if dry_run else str(report.outcome)))
    click.echo(f"  {'':16}{'added':>10}{'changed':>10}{'removed':>10}{'unchanged':>11}")
    for key, counts in report.counts().items():
        if any(counts.values()):
            added, changed, removed = counts["added"], counts["changed"], counts["removed"]
            click.echo(f"  {key:16}{added:>10}{changed:>10}{removed:>10}{counts['unchanged']:>11}")
    for problem in report.warnings:
        click.echo(f"  {problem}")
