"""What must be done before the processes start, in order and idempotent: the steps of every start.

A step is a function without arguments that returns a line to show, or nothing when nothing was to be
done. `python -m beichen.house.first_start` runs them all; `beichen up` does so in a process of its
own, so that the supervisor stays small.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from dataclasses import dataclass

import click

from beichen.house.away import told
from beichen.problem import ProblemError
from beichen.settings import settings


@dataclass(frozen=True, slots=True)
class Step:
    """A named step, the place of its function, and whether it belongs to a demonstration only."""

    name: str
    function: str
    demo_only: bool = False


STEPS: tuple[Step, ...] = (
    Step("database", "beichen.house.steps:migrate"),
    Step("assets", "beichen.house.steps:collect_assets"),
    Step("roles", "beichen.house.steps:load_roles"),
    Step("messages", "beichen.house.steps:load_messages"),
    Step("city", "beichen.house.steps:load_city"),
    Step("base map", "beichen.house.steps:base_map"),
    Step("place names", "beichen.house.steps:place_names"),
    Step("regions", "beichen.house.steps:place_demo", demo_only=True),
    Step("simulator", "beichen.house.steps:simulator_key", demo_only=True),
    Step("connected system", "beichen.house.steps:demo_party", demo_only=True),
    Step("demo accounts", "beichen.house.steps:show_accounts", demo_only=True),
)


def _prepare_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()


def run_steps() -> None:
    """Run every step. Raises what a step raises; later steps are not tried then."""
    _prepare_django()
    for step in STEPS:
        if step.demo_only and not settings().demo:
            continue
        module, name = step.function.split(":")
        started = time.monotonic()
        line = getattr(importlib.import_module(module), name)()
        if line:
            click.echo(f"{step.name}: {line} ({time.monotonic() - started:.1f} s)")


def main() -> None:
    """Exit status 1 with the problems when a step refuses."""
    try:
        with told():
            run_steps()
    except ProblemError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
