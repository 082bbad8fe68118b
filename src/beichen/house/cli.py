"""The command `beichen`. A room brings its commands as a click command; here they get their names.

Exit status: 0 done, 1 refused or failed with a reason, 2 wrong use.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click
import orjson

from beichen import __version__
from beichen.house.away import told
from beichen.problem import ProblemError

# name → (where the command stands, whether it needs the database layer)
COMMANDS: dict[str, tuple[str, bool]] = {
    "access": ("beichen.kernel.access.openid.commands:access", True),
    "addresses": ("beichen.platforms.geo.addresses.commands:addresses", True),
    "codes": ("beichen.fronts.codes.commands:codes", True),
    "city": ("beichen.house.city:city", True),
    "client": ("beichen.kernel.access.commands:client", True),
    "events": ("beichen.hubs.events.terminal:events", True),
    "comms": ("beichen.platforms.comms.commands:comms", True),
    "doctor": ("beichen.house.doctor:doctor", True),
    "verify": ("beichen.house.verify:verify", True),
    "bus": ("beichen.kernel.bus.commands:bus", True),
    "jobs": ("beichen.kernel.jobs.commands:jobs", True),
    "plan": ("beichen.plan.commands:plan", True),
    "ledger": ("beichen.platforms.ledger.commands:ledger", True),
    "monitor": ("beichen.platforms.ledger.outside:monitor", False),
    "witness": ("beichen.platforms.ledger.outside:witness", False),
    "layers": ("beichen.platforms.geo.commands:layers", True),
    "tables": ("beichen.platforms.warehouse.commands:tables", True),
    "up": ("beichen.house.up:up", False),
    "indicators": ("beichen.hubs.data.commands:indicators", True),
    "map": ("beichen.platforms.geo.basemap.commands:map_", True),
    "models": ("beichen.platforms.ai.commands:models", True),
    "manage": ("beichen.house.manage:manage", False),
    "simulate": ("beichen.platforms.iot.simulation.command:simulate", False),
    "rules": ("beichen.platforms.iot.commands:rules", True),
    "scene": ("beichen.kernel.scene.commands:scene", True),
}
# a group → the commands that rooms above its own add to it
UNDER: dict[str, dict[str, str]] = {
    "plan": {
        "projects": "beichen.plan.investment.commands:projects",
        "report": "beichen.plan.reports.commands:report",
        "values": "beichen.plan.monitoring.commands:values",
    },
}


def _prepare_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()


def _found(target: str) -> click.Command:
    """The command that ``module:name`` says."""
    module, name = target.split(":")
    command: click.Command = getattr(importlib.import_module(module), name)
    return command


class LazyGroup(click.Group):
    """Imports a command's module only when it is used: `beichen --help` stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        target, needs_django = COMMANDS[cmd_name]
        if needs_django:
            _prepare_django()
        command = _found(target)
        if isinstance(command, click.Group):
            for name, place in UNDER.get(cmd_name, {}).items():
                command.add_command(_found(place), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises ProblemError DBS-101 when the database is away."""
        with told():
            return super().invoke(ctx)


def _report(error: ProblemError, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(error.as_dict(), option=orjson.OPT_INDENT_2).decode())
        return
    for problem in error.problems:
        click.echo(str(problem), err=True)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="beichen")
def beichen() -> None:
    """Beichen (北辰) runs a city by its plan."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; problems become lines on stderr (or JSON) and exit status 1."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        beichen.main(args=given, prog_name="beichen", standalone_mode=True)
    except ProblemError as error:
        _report(error, as_json="--json" in given)
        sys.exit(1)
