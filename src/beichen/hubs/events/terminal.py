"""`beichen events …`: train suggestions, check cases against their streams, derive them anew."""

from __future__ import annotations

from dataclasses import asdict

import click
import orjson
from django.db import transaction
from django.utils import timezone

from beichen.hubs.events import service
from beichen.hubs.events.models import Case
from beichen.kernel.actor import system
from beichen.problem import Problem, ProblemError, code

DIFFERS = code("EVT-312", "A case differs from its stream.", status=500)

ROWS = {
    "model": "learned",
    "given_keywords": "the kinds' keywords",
    "learned_keywords": "telling words",
    "majority": "most frequent",
}
"""What is compared, as :class:`SuggestionQuality` keeps it."""


@click.group()
def events() -> None:
    """Cases and what is suggested for them."""


@events.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def train(as_json: bool) -> None:
    """Learn the kinds of cases from the city's own closed cases."""
    quality = service.learn(today=timezone.localdate())
    if as_json:
        click.echo(orjson.dumps(asdict(quality), default=str, option=orjson.OPT_INDENT_2).decode())
        return
    for name, value in asdict(quality).items():
        click.echo(f"{name:12} {value if value is not None else '–'}")


@events.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def quality(as_json: bool) -> None:
    """Measure suggestions on a fifth of the city's own closed cases, beside what needs no learning."""
    row = service.measure(by=system("command"))
    if as_json:
        told = {"measured_at": row.measured_at, "cases": row.cases, "kinds": row.kinds, **row.figures}
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"{row.cases} closed cases of {row.kinds} kinds\n")
    click.echo(f"{'':18} {'top 1':>7} {'top 3':>7} {'unsure':>7} {'right when sure':>16} {'held out':>9}")
    for name, words in ROWS.items():
        one = row.figures[name]
        if one is not None:
            unsure = None if one["sure"] is None else 1 - one["sure"]
            shares = [_share(value) for value in (one["top1"], one["top3"], unsure, one["right_when_sure"])]
            click.echo("{:18} {:>7} {:>7} {:>7} {:>16} {:>9}".format(words, *shares, one["support"]))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


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
