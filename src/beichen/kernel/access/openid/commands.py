"""`beichen access …`: signing keys, and systems to which people sign in."""

from __future__ import annotations

from typing import Any

import click
import orjson

from beichen.kernel.access.openid import parties as party_service
from beichen.kernel.access.openid.keys import rotate
from beichen.kernel.access.openid.models import SigningKey
from beichen.kernel.access.openid.parties import PartyFacts
from beichen.kernel.access.openid.scopes import OPENID
from beichen.kernel.terminal import operator


@click.group()
def access() -> None:
    """Sign-in of people to the systems of the city."""


@access.group()
def keys() -> None:
    """The keys that sign identities."""


@keys.command("rotate")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def rotate_keys(as_json: bool) -> None:
    """Sign with a new key from now on; the old ones stay published for two days."""
    row = rotate(by=operator())
    click.echo(orjson.dumps({"kid": row.kid}).decode() if as_json else row.kid)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_keys(as_json: bool) -> None:
    """The keys that are published, the one that signs first."""
    rows = [
        {
            "kid": row.kid,
            "made_at": row.made_at.isoformat(),
            "until": row.until.isoformat() if row.until else "",
        }
        for row in SigningKey.objects.all()
    ]
    if as_json:
        click.echo(orjson.dumps(rows).decode())
        return
    for row in rows:
        click.echo(f"{row['kid']}  {row['made_at']}  {row['until'] or 'signs'}")


@access.group()
def party() -> None:
    """Systems to which people sign in."""


@party.command("new")
@click.argument("key")
@click.option("--name", required=True, help="What people read, in Chinese.")
@click.option("--name-en", default="", help="The same in English.")
@click.option("--purpose", required=True, help="What it needs people's data for, in Chinese.")
@click.option("--purpose-en", default="", help="The same in English.")
@click.option("--body", required=True, help="Whose system it is, by a body's key.")
@click.option(
    "--redirect", "redirect_uris", multiple=True, help="Where people come back to; letter by letter."
)
@click.option("--after-logout", "logout_uris", multiple=True, help="Where people may go after signing out.")
@click.option(
    "--backchannel", "backchannel_uri", default="", help="Where it is told that somebody signed out."
)
@click.option(
    "--scope", "scopes", multiple=True, help="profile identity posts acting_for email phone offline_access."
)
@click.option("--public", "is_public", is_flag=True, help="It can keep no secret: an app, a page.")
@click.option("--two-steps", "needs_two_steps", is_flag=True, help="People sign in to it in two steps.")
@click.option(
    "--identity",
    "needs_identity",
    type=click.Choice(["substantial", "high"]),
    help="How well who signs in must be known: by a window, by the city's identity provider.",
)
@click.option("--trusted", "is_trusted", is_flag=True, help="The city's own: L1 and L2 are told unasked.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def new_party(as_json: bool, scopes: tuple[str, ...], **stated: Any) -> None:
    """Register a system; its secret is shown only here."""
    stated["needs_identity"] = stated["needs_identity"] or ""
    facts = PartyFacts(scopes=tuple(dict.fromkeys((OPENID, *scopes))), **stated)
    row, secret = party_service.register_party(facts, by=operator())
    if as_json:
        click.echo(orjson.dumps({"client_id": row.key, "client_secret": secret}).decode())
        return
    click.echo(f"client_id      {row.key}")
    if secret:
        click.echo(f"client_secret  {secret}")
        click.echo("It is not shown again.", err=True)


@party.command("secret")
@click.argument("key")
def new_secret(key: str) -> None:
    """Give a system another secret; the old one is worth nothing from now on."""
    click.echo(party_service.renew_secret(key, by=operator()))


@party.command("close")
@click.argument("key")
def close(key: str) -> None:
    """Let nobody sign in to a system any more; who is signed in is no longer."""
    party_service.switch_party(key, is_active=False, by=operator())


@party.command("open")
@click.argument("key")
def open_(key: str) -> None:
    """Let people sign in to a system again."""
    party_service.switch_party(key, is_active=True, by=operator())
