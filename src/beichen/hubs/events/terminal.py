"""`beichen events …`: train suggestions, check cases against their streams, derive them anew."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click
import orjson
from django.db import transaction

from beichen.hubs.events import service
from beichen.hubs.events.models import Case
from beichen.problem import Problem, ProblemError, code

DIFFERS = code("EVT-312", "A case differs from its stream.", status=500)


@click.group()
def events() -> None:
    """Cases and what is suggested for them."""


@events.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def train(as_json: bool) -> None:
    """Learn the kinds of cases from the city's own closed cases."""
    quality = service.learn(today=datetime.now(UTC).date())
    if as_json:
        click.echo(orjson.dumps(asdict(quality), default=str, option=orjson.OPT_INDENT_2).decode())
        return
    for name, value in asdict(quality).items():
        click.echo(f"{name:12} {value if value is not None else '–'}")


@events.command()
@click.option("--fix", is_flag=True, help="Write the rows of differing cases anew.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify(fix: bool, as_json: bool) -> None:
    """Compare every case with what follows from its stream; status 1 when one differs."""
    different: dict[str, list[str]] = {}
    number = 0
    for row in Case.objects.select_related("kind", "region", "centre", "desk").order_by("id").iterator(500):
        number += 1
        found = service.differences(row)
        if not found:
            continue
        different[row.code] = found
        if fix:
            with transaction.atomic():
                service.derive(row)
    if as_json:
        click.echo(
            orjson.dumps({"cases": number, "different": different}, option=orjson.OPT_INDENT_2).decode()
        )
    else:
        click.echo(f"{number} cases, {len(different)} differ from their streams")
    if different and not fix:
        raise ProblemError(
            *(Problem(DIFFERS, f"{case}: {', '.join(names)}") for case, names in different.items())
        )
