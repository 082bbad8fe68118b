"""`beichen comms …`: try a channel, see how sending is, say where a group talks."""

from __future__ import annotations

import click
import orjson

from beichen.kernel.terminal import as_json, operator
from beichen.platforms.comms import service


@click.group()
def comms() -> None:
    """Messages on their way to people."""


@comms.command()
@click.argument("channel")
@click.argument("address")
@as_json
def test(channel: str, address: str, as_json: bool) -> None:
    """Send a test message by mail, sms or group to an address, now."""
    outcome = service.try_channel(channel, address, by=operator())
    if as_json:
        click.echo(orjson.dumps({"sent": True, "reference": outcome.reference}).decode())
        return
    click.echo(f"{channel} took it{f' as {outcome.reference}' if outcome.reference else ''}")


@comms.command()
@as_json
def status(as_json: bool) -> None:
    """Which channels are set up, and how many deliveries are in which state."""
    found = service.status()
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"channels     {', '.join(found['channels']) or 'none'}")
    click.echo(f"waits since  {found['oldest_waiting'] or 'nothing waits'}")
    for name, states in sorted(found["deliveries"].items()):
        counted = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        click.echo(f"{name:12} {counted}")


@comms.command()
@click.argument("group")
@click.argument("address", default="")
def chat(group: str, address: str) -> None:
    """Say where a group talks (wecombot://…, dingtalk://…, feishu://…); without an address, nowhere."""
    service.set_chat(group, address, by=operator())
    click.echo(f"{group} {'has a chat' if address else 'has no chat'}")
