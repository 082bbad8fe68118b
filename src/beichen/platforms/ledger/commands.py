"""`beichen ledger …` for the house's own log; `beichen witness …` and `beichen monitor` for everybody
else's."""

from __future__ import annotations

import sys

import click

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.ledger import identity, integrating, service, witnessing
from beichen.platforms.ledger.models import Checkpoint, Entry


@click.group()
def ledger() -> None:
    """The Merkle log of what was sealed."""


@ledger.command()
@as_json
def status(as_json: bool) -> None:
    """The log's name and key, how far it is, and who vouches for it."""
    row, newest = identity.log(), Checkpoint.objects.order_by("-size").first()
    published = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
    found = {
        "origin": row.origin if row else identity.default_origin(),
        "key": row.key if row else "",
        "signed": newest.size if newest else 0,
        "published": published.size if published else 0,
        "waiting": Entry.objects.filter(position=None).count(),
        "witnesses": [
            {"name": one.name, "size": one.size, "failure": one.failure}
            for one in service.witnesses(by=operator()).filter(is_active=True)
        ],
    }
    if as_json:
        return print_json(found)
    for name in ("origin", "key", "signed", "published", "waiting"):
        click.echo(f"{name:10} {found[name] or '–'}")
    for one in service.witnesses(by=operator()).filter(is_active=True):
        click.echo(f"witness    {one.name} {one.size} {one.failure}")
    return None


@ledger.command()
def integrate() -> None:
    """Bring what waits into the log now; the worker does so by itself."""
    click.echo(f"{service.integrate()} entries are in a new checkpoint")


@ledger.command()
def rebuild() -> None:
    """Write all tiles anew from the database, after the file store lost some."""
    newest = Checkpoint.objects.order_by("-size").first()
    edge = integrating.rebuild(newest.size if newest else 0)
    is_same = newest is None or edge.root().hex() == newest.root
    click.echo(
        f"{edge.size} entries; {'the root is the signed one' if is_same else 'the root is ANOTHER one'}"
    )
    sys.exit(0 if is_same else 1)


@ledger.command()
@click.argument("key")
@click.argument("title")
@click.option("--url", default="", help="Where it listens; nothing when it comes by itself.")
def witness(key: str, title: str, url: str) -> None:
    """Enter a witness: its verifier KEY and whose it is."""
    row = service.add_witness(key, title, url=url, by=operator())
    click.echo(f"{row.name} is a witness")


@ledger.command("rotate-key")
def rotate_key() -> None:
    """Sign certificates with a new key from now on; what the old one signed stays good."""
    click.echo(f"{service.rotate_issuer_key(by=operator()).kid} signs from now on")


@ledger.command()
def policy() -> None:
    """Whom the log is vouched for by, for verifiers (C2SP tlog-policy)."""
    click.echo(witnessing.policy_text(), nl=False)
