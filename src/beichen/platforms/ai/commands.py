"""`beichen models …`: see models, run one now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from django.utils import timezone

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.ai import service
from beichen.platforms.ai.documents import entry, run_entry, score_entry
from beichen.platforms.ai.words import Outcome

SHOWN = 20


@click.group()
def models() -> None:
    """The models of scenes."""


@models.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Every model: when it ran last, what came of it, what it needs that is missing."""
    rows: list[Any] = list(service.with_last_run(service.models(by=operator())))
    if as_json:
        print_json([entry(row) for row in rows])
        return
    for row in rows:
        last = (
            f"{timezone.localtime(row.last_at):%Y-%m-%d %H:%M} {row.last_outcome}" if row.last_at else "never"
        )
        missing = service.missing_of(row)
        click.echo(f"{row.key:32} {last:32} {'lacks ' + ', '.join(missing) if missing else ''}".rstrip())


@models.command()
@click.argument("key")
@as_json
def show(key: str, as_json: bool) -> None:
    """What a model is, its last runs, what it finds now, how good it was."""
    by = operator()
    row = service.find_model(key, by=by)
    runs = [run_entry(one) for one in service.runs_of(row)[:SHOWN]]
    scores = [score_entry(one) for one in service.scores_of(row)]
    standing = service.findings_of(row, by=by).filter(cleared_at=None)[:SHOWN]
    if as_json:
        found = [{"thing": one.thing.code, "type": one.type, "since": one.since} for one in standing]
        print_json({**entry(row), "runs": runs, "findings": found, "scores": scores})
        return
    click.echo(f"{row.key} {row.version} {row.name_en} · {row.name}")
    click.echo(f"  {row.declared['says']['en']}")
    for one in runs:
        reason = f" {one['reason']['en']}" if one["reason"]["en"] else ""
        at = timezone.localtime(one["asked_for"])
        click.echo(
            f"  {at:%Y-%m-%d %H:%M} {one['outcome']} in {one['seconds']:.1f} s:"
            f" {one['forecasts']} forecasts, {one['findings']} findings{reason}"
        )
    for each in standing:
        click.echo(f"  {each.type} {each.thing.code}: {each.text_en}")
    for score in scores:
        skill = "" if score["skill"] is None else f", skill {score['skill']:.2f}"
        click.echo(
            f"  {score['measure']} {score['minutes_ahead']} min ahead: error {score['error']:.3g}"
            f" over {score['number']}{skill}"
        )


@models.command()
@click.argument("key")
@click.option(
    "--at", "moment", type=click.DateTime(), help="As if it were this time in the city; default now."
)
@as_json
def run(key: str, moment: datetime | None, as_json: bool) -> None:
    """Run a model now. Exits with 1 when nothing came of it."""
    by = operator()
    found = service.run_model(key, by=by, now=timezone.make_aware(moment) if moment else None)
    if as_json:
        print_json(run_entry(found))
    else:
        counts = f"{found.things} things: {found.forecasts} forecasts, {found.findings} findings"
        click.echo(f"{found.outcome} in {found.seconds:.1f} s, {counts} {found.reason_en}".rstrip())
        for name, value in sorted(found.figures.items()):
            click.echo(f"  {name}: {value:g}")
        for one in service.findings_of(found.model, by=by).filter(cleared_at=None)[:SHOWN]:
            click.echo(f"  {one.type} {one.thing.code}: {one.text_en}")
    if found.outcome != Outcome.DONE:
        raise SystemExit(1)
