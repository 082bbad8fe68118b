"""`beichen bus …`: how the bus is, and what to do with dead letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from beichen.kernel.bus import server, service
from beichen.kernel.bus.models import ParkedEvent
from beichen.kernel.terminal import as_json, operator, print_json


def _letter(row: ParkedEvent) -> dict[str, Any]:
    return {
        "number": row.id,
        "subscriber": row.subscriber,
        "type": row.type,
        "subject": row.subject,
        "attempts": row.attempts,
        "dead_since": row.settled_at,
        "readable": row.is_readable,
        "error": row.error,
    }


@click.group()
def bus() -> None:
    """Events on their way, and those that failed for good."""


@bus.command()
@as_json
def status(as_json: bool) -> None:
    """How many events wait to leave, and how far each subscriber is."""
    found = service.status()
    if as_json:
        print_json(found)
        return
    click.echo(f"outbox       {found['outbox']['waiting']} waiting")
    for row in found["subscribers"]:
        parked = f"{row['waiting']} waiting, {row['dead']} dead"
        click.echo(f"subscriber   {row['name']:32} at {row['position']:<10} {parked}")


@bus.command()
@click.option("--subscriber", default="", help="Only those of one subscriber.")
@as_json
def dead(subscriber: str, as_json: bool) -> None:
    """The dead letters, the newest first."""
    rows = service.dead_letters(by=operator(), subscriber=subscriber)
    if as_json:
        print_json([_letter(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.id:<8} {row.subscriber:24} {row.type} {row.subject}  {row.error.splitlines()[0]}")
    if not rows:
        click.echo("no dead letters")


@bus.command()
@click.argument("number", type=int)
@as_json
def show(number: int, as_json: bool) -> None:
    """One dead letter with its event."""
    row = service.find_letter(number, by=operator())
    if as_json:
        print_json({**_letter(row), "payload": row.payload})
        return
    for name, value in _letter(row).items():
        click.echo(f"{name:12} {value}")
    click.echo(row.payload)


@bus.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter that is an event.")
def replay(numbers: tuple[int, ...], everything: bool) -> None:
    """Have dead letters tried again."""
    if bool(numbers) == everything:
        raise click.UsageError("give numbers, or --all")
    count = service.replay(None if everything else numbers, by=operator())
    click.echo(f"{count} to be tried again")


@bus.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--why", required=True, help="The reason, for the audit.")
def discard(numbers: tuple[int, ...], why: str) -> None:
    """Give dead letters up."""
    click.echo(f"{service.discard(numbers, why, by=operator())} discarded")


@bus.command("member")
@click.argument("name")
@click.option(
    "--routes", required=True, help="Where the members reach each other: host:port,host:port,host:port."
)
@click.option("--store", type=click.Path(path_type=Path), required=True, help="The member's own folder.")
@click.option("--host", required=True, help="The address on which it listens.")
@click.option("--port", default=4222, show_default=True, help="For clients.")
@click.option("--mqtt-port", default=1883, show_default=True, help="For devices; 0 for none.")
@click.option("--cluster-port", default=6222, show_default=True, help="For the other members.")
def member(
    name: str, routes: str, store: Path, host: str, port: int, mqtt_port: int, cluster_port: int
) -> None:
    """Print the configuration of a member of a NATS cluster: `nats-server --config FILE`.

    It holds passwords, which follow from the secret key. Name all members in BEICHEN_NATS_URL, with commas:
    then each stream is kept by three of them.
    """
    places = [place.strip() for place in routes.split(",") if place.strip()]
    facts = server.Member(name, host, port, mqtt_port, cluster_port, places)
    click.echo(server.configuration(store, port, mqtt_port, facts), nl=False)
