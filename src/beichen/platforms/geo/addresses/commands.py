"""`beichen addresses …`: matching, loading and exporting the standard address library."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import click

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.geo.addresses import batch, library, names, places, reverse, sheets
from beichen.platforms.geo.addresses.answers import found_place, match_answer, point_answer
from beichen.platforms.geo.addresses.matching import MOST, match, match_many
from beichen.platforms.geo.coordinates import Datum

_EXPORTED = (
    *("code", "text", "kind", "name", "name_en", "road", "number", "estate", "building", "unit", "room"),
    *("longitude", "latitude", "standing", "level", "source", "licence"),
)


@click.group()
def addresses() -> None:
    """The city's standard addresses, and what people write."""


@addresses.command("match")
@click.argument("text")
@as_json
def match_one(text: str, as_json: bool) -> None:
    """What TEXT means: the address, its place, the score and why."""
    found = match_answer(match(text, by=operator()))
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['score']:.2f} {found['precision']:8} {found['address'] or '–'}")
    if found["longitude"] is not None:
        click.echo(f"     {found['longitude']:.6f}, {found['latitude']:.6f} {found['region']}")
    for reason in found["reasons"]:
        click.echo(f"     {reason['part']}: {reason['how']} {reason['found']}")


@addresses.command("match-file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", default="", help="The heading of the column with addresses.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the table goes; else stdout."
)
def match_file(file: Path, column: str, out: Path | None) -> None:
    """Every row of FILE (CSV, XLSX) with address, place and score; exit status 1 if some were refused."""
    headings, rows = batch.read_addresses(file.read_bytes(), file.name)
    at = batch.column_of(headings, column)
    target = out.open("w", encoding="utf-8-sig", newline="") if out else sys.stdout
    writer = csv.writer(target)
    writer.writerow([*headings, *batch.FOUND])
    refused, by = 0, operator()
    for start in range(0, len(rows), MOST):
        part = [cells for _number, cells in rows[start : start + MOST]]
        for cells, found in zip(part, match_many([cells[at] for cells in part], by=by), strict=True):
            refused += not found.is_accepted
            writer.writerow([*cells, *batch.told(found).values()])
    if out:
        target.close()
    click.echo(f"{len(rows) - refused} matched, {refused} refused", err=True)
    sys.exit(1 if refused else 0)


@addresses.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Where rows without a source come from.")
@click.option("--licence", default="not stated", help="The licence of rows without one.")
@click.option("--datum", type=click.Choice([one.value for one in Datum]), default=Datum.WGS84.value)
@as_json
def load(file: Path, source: str, licence: str, datum: str, as_json: bool) -> None:
    """Bring the addresses of FILE (CSV, XLSX) into the library; rows that are wrong are told and left out."""
    taken = sheets.take_sheet(
        file.read_bytes(), file.name, by=operator(), source=source, licence=licence, datum=Datum(datum)
    )
    if as_json:
        problems = [problem.as_dict() for problem in taken.problems]
        print_json({"rows": taken.rows, **taken.changes.counts(), "problems": problems})
    else:
        counts = ", ".join(f"{number} {word}" for word, number in taken.changes.counts().items())
        click.echo(f"{taken.rows} rows: {counts}")
        for problem in taken.problems:
            click.echo(str(problem), err=True)
    sys.exit(1 if taken.problems else 0)


@addresses.command("export")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the table goes; else stdout."
)
def export(out: Path | None) -> None:
    """The whole library as CSV, in the columns in which it is loaded."""
    target = out.open("w", encoding="utf-8", newline="") if out else sys.stdout
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([*_EXPORTED, "region"])
    for row in library.addresses(by=operator()).order_by("code").iterator(chunk_size=1_000):
        writer.writerow([*(getattr(row, name) for name in _EXPORTED), row.region.code if row.region else ""])
    if out:
        target.close()


@addresses.command("at")
@click.argument("longitude", type=float)
@click.argument("latitude", type=float)
@as_json
def at_point(longitude: float, latitude: float, as_json: bool) -> None:
    """What is at a point: the nearest address and road, the region."""
    found = point_answer(reverse.around(longitude, latitude, by=operator()))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:10} {value if value is not None else '–'}")


@addresses.command("places")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, places.MOST), default=10)
@as_json
def search(text: str, limit: int, as_json: bool) -> None:
    """Places by name, pinyin or initials, as one types them."""
    found = [found_place(one) for one in places.search_places(text, by=operator(), limit=limit)]
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(f"{one['name']:30} {one['kind']:8} {one['how']:8} {one['about']}")


@addresses.command("names")
@as_json
def read_names(as_json: bool) -> None:
    """Read the names of regions, of the map and of things anew, for searching and parsing."""
    counts: dict[str, Any] = names.read_all(by=operator())
    if as_json:
        print_json(counts)
        return
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items()))
