"""`beichen indicators …`: what is computed, and computing it now."""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson

from beichen.hubs.data import service
from beichen.hubs.data.models import Computation
from beichen.kernel.terminal import operator
from beichen.problem import restored

as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group()
def indicators() -> None:
    """Indicators that scenes compute from the city's tables."""


@indicators.command("list")
@as_json
def list_computed(as_json: bool) -> None:
    """Each computed indicator: its tables, when it was computed last, and what is wrong with it."""
    rows = Computation.objects.filter(indicator__is_current=True).select_related("indicator")
    found = [_described(row) for row in rows]
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for item in found:
        state = item["problem"] or item["computed_at"] or "not computed yet"
        click.echo(f"{item['key']:28} {', '.join(item['tables']):16} {state}")


def _described(row: Computation) -> dict[str, Any]:
    return {
        "key": row.indicator.key,
        "name": row.indicator.name,
        "owner": row.indicator.owner,
        "every": row.every,
        "by": ["+".join(one["names"]) for one in row.by],
        "tables": list(row.sources),
        "computed_at": row.computed_at.isoformat(timespec="seconds") if row.computed_at else None,
        "problem": str(restored(row.problem)) if row.problem else None,
    }


@indicators.command("compute")
@click.argument("keys", nargs=-1)
@click.option("--all", "whole", is_flag=True, help="Every period anew, not only those that rows touched.")
@as_json
def compute_now(keys: tuple[str, ...], whole: bool, as_json: bool) -> None:
    """Compute KEYS, or every indicator; the exit status is 1 when one of them failed."""
    by = operator()
    outcomes = service.compute(keys, by=by, whole=whole)
    if as_json:
        click.echo(orjson.dumps([_told(one) for one in outcomes], option=orjson.OPT_INDENT_2).decode())
    for one in outcomes if not as_json else ():
        state = "is current" if one.is_current else f"{one.written} written, {one.removed} removed"
        click.echo(f"{one.key:28} {one.problems[0] if one.problems else f'{state} in {one.seconds:.2f} s'}")
    if any(one.problems for one in outcomes):
        sys.exit(1)


def _told(one: service.Outcome) -> dict[str, Any]:
    return {
        "key": one.key,
        "is_current": one.is_current,
        "is_whole": one.is_whole,
        "computed": one.computed,
        "written": one.written,
        "removed": one.removed,
        "seconds": round(one.seconds, 3),
        "problems": [problem.as_dict() for problem in one.problems],
    }
