"""`beichen jobs …`: how the background work is."""

from __future__ import annotations

from dataclasses import asdict

import click
import orjson
from django.utils import timezone

from beichen.kernel.jobs import service


@click.group()
def jobs() -> None:
    """Background and scheduled work."""


@jobs.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(as_json: bool) -> None:
    """Tasks by status, schedules, workers, the last failures."""
    report = service.status()
    if as_json:
        click.echo(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode())
        return
    for state, number in sorted(report.tasks.items()):
        click.echo(f"{state:12} {number}")
    for row in report.schedules:
        click.echo(f"schedule     {row['name']:24} next {timezone.localtime(row['next_at']):%Y-%m-%d %H:%M}")
    click.echo(f"workers      {len(report.workers)}")
    for failure in report.failures:
        click.echo(f"failed       {failure['task']} {failure['error']} after {failure['attempts']} attempts")
