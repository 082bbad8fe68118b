"""`beichen manage …`: Django's own commands, for operators and developers of rooms."""

from __future__ import annotations

import os

import click
from django.core.management import execute_from_command_line


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands, such as `migrate`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    execute_from_command_line(["beichen manage", *arguments])
