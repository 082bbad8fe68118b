"""`beichen codes …`: the keys that sign codes."""

from __future__ import annotations

from dataclasses import asdict

import click

from beichen.fronts.codes import service
from beichen.fronts.codes.models import CodeKey, KeyUse
from beichen.kernel.terminal import as_json, operator, print_json


@click.group()
def codes() -> None:
    """Keys of printed codes (sticker) and of people's codes (person)."""


@codes.command("keys")
@as_json
def list_keys(as_json: bool) -> None:
    """The keys, which of them signs, and which is refused."""
    rows = [
        {
            "name": row.name,
            "use": row.use,
            "signs": row.until is None,
            "refused": row.refused_at is not None,
            "since": row.since.isoformat(timespec="seconds"),
        }
        for row in CodeKey.objects.all()
    ]
    if as_json:
        return print_json({"keys": rows})
    for row in rows:
        state = "refused" if row["refused"] else "signs" if row["signs"] else "believed"
        click.echo(f"{row['use']:8} {row['name']:24} {state:9} {row['since']}")
    return None


@codes.command("verify")
@as_json
def verify(as_json: bool) -> None:
    """Whether the counters of entitlements agree with the log of scans and with what was given back."""
    rows = [asdict(one) for one in service.disagreements()]
    if as_json:
        print_json({"disagreements": rows})
    for row in rows if not as_json else ():
        click.echo("{entitlement:24} counter {counter}: {what} says {says}, found {found}".format(**row))
    if rows:
        raise SystemExit(1)
    if not as_json:
        click.echo("counters and log agree")


@codes.command("rotate-key")
@click.argument("use", type=click.Choice(KeyUse.values))
def rotate_key(use: str) -> None:
    """Sign with a new key from now on; what the old one signed stays good."""
    click.echo(f"{service.rotate_key(use, by=operator()).name} signs from now on")


@codes.command("refuse-key")
@click.argument("name")
@click.option("--reason", required=True, help="Why, such as: the disk was stolen.")
def refuse_key(name: str, reason: str) -> None:
    """Believe nothing any more that a stolen key signed."""
    service.refuse_key(name, reason, by=operator())
    click.echo(f"{name} is refused; print anew what it signed")
