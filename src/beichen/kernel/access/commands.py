"""`beichen client …`: keys for programs."""

from __future__ import annotations

import click
import orjson

from beichen.kernel.access import service
from beichen.kernel.access.models import Role
from beichen.kernel.terminal import operator
from beichen.problem import Problem, ProblemError, Where, code, nearest

UNKNOWN_ROLE = code("ACC-101", "There is no role of this key.")


@click.group()
def client() -> None:
    """Programs that act with a key of their own."""


@client.command()
@click.argument("key")
@click.option("--role", required=True, help="What it may do, by a role's key.")
@click.option("--name", default="", help="What people call it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def new(key: str, role: str, name: str, as_json: bool) -> None:
    """Add a client, or give one a new key; the key is shown only here."""
    known = set(Role.objects.values_list("key", flat=True))
    if role not in known:
        raise ProblemError(
            Problem(UNKNOWN_ROLE, f"no role is called {role!r}", Where(field="role"), nearest(role, known))
        )
    by = operator()
    secret = service.create_client(key, name or key, role, by=by)
    if as_json:
        click.echo(orjson.dumps({"client": key, "role": role, "key": secret}).decode())
        return
    click.echo(secret)
    click.echo("Send it as: Authorization: Bearer KEY. It is not shown again.", err=True)
