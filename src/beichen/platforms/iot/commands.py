"""`beichen rules …`: see rules, and try one on history."""

from __future__ import annotations

from datetime import timedelta

import click
from django.utils import timezone

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.iot import service
from beichen.platforms.iot.rules_api import entry


@click.group()
def rules() -> None:
    """The rules over readings."""


@rules.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Every rule: whether it is at work, what it looks at, what it raises."""
    rows = list(service.rules(by=operator()))
    if as_json:
        print_json([entry(row) for row in rows])
        return
    for row in rows:
        state = "on " if row.is_on else "off"
        click.echo(f"{row.key:40} {state} {row.type}.{row.measure} → {row.raises} {row.trouble}")


@rules.command()
@click.argument("key")
@as_json
def show(key: str, as_json: bool) -> None:
    """What a rule says, where it stands, and what it raised last."""
    by = operator()
    row = service.find_rule(key, by=by)
    raised, holding = service.standing_of(row, by=by)
    firings = [
        {"thing": one.thing.code, "since": one.since, "raised_at": one.fired_at, "cleared_at": one.cleared_at,
         "values": one.values}
        for one in service.firings_of(row, by=by)[:20]
    ]  # fmt: skip
    if as_json:
        print_json({**entry(row), "raised": raised, "holding": holding, "firings": firings})
        return
    click.echo(f"{row.key} v{row.version} {'on' if row.is_on else 'off'} {row.reason} {row.trouble}")
    for name, value in row.declared.items():
        click.echo(f"  {name}: {value}")
    click.echo(f"raised now: {raised}; begins to hold: {holding}")
    for one in firings:
        raised_at = timezone.localtime(one["raised_at"])
        click.echo(f"  {raised_at:%Y-%m-%d %H:%M:%S} {one['thing']} {one['values']}")


@rules.command(name="try")
@click.argument("key")
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 92), help="Of history until now."
)
@as_json
def try_(key: str, days: int, as_json: bool) -> None:
    """What a rule would have raised; nothing is raised."""
    until = timezone.now()
    found = service.try_rule(key, until - timedelta(days=days), until, by=operator())
    if as_json:
        days_found = {day.isoformat(): number for day, number in sorted(found.days.items())}
        print_json(
            {"count": found.count, "days": days_found, "readings": found.readings, "things": found.things}
        )
        return
    click.echo(
        f"would have been raised {found.count} times ({found.readings} readings, {found.things} things)"
    )
    for one in found.first:
        at, since = timezone.localtime(one.fired_at), timezone.localtime(one.since)
        click.echo(f"  {at:%Y-%m-%d %H:%M:%S} {one.thing} since {since:%H:%M:%S} {one.values}")
