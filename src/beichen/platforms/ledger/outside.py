"""`beichen witness` and `beichen monitor`: the stand-alone commands of :mod:`beichen_proof` under the
house's name."""

from __future__ import annotations

import sys

import click

from beichen_proof.__main__ import main

_AS_THEY_ARE = {"ignore_unknown_options": True, "help_option_names": []}


@click.command(context_settings=_AS_THEY_ARE)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def witness(arguments: tuple[str, ...]) -> None:
    """Cosign the checkpoints of a log: init, run, check. Needs no database."""
    sys.exit(main(["witness", *arguments]))


@click.command(context_settings=_AS_THEY_ARE)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def monitor(arguments: tuple[str, ...]) -> None:
    """Read every entry of a log and hold it against its root. Needs no database."""
    sys.exit(main(["monitor", *arguments]))
