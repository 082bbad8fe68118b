"""What commands of every room share: who gives them, and how they print for programs."""

from __future__ import annotations

import getpass
from typing import Any

import click
import orjson

from beichen.kernel.actor import Actor, system

as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


def operator() -> Actor:
    """Whoever may run commands on this machine may do this; the audit names the account."""
    return system(f"command:{getpass.getuser()}"[:60])


def print_json(value: Any) -> None:
    """Print a document for programs; what JSON does not know is printed as its text."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())
