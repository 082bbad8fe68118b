"""`beichen map …`: build the base map, or see how it is."""

from __future__ import annotations

from dataclasses import asdict

import click

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.geo.basemap import service


@click.group(name="map")
def map_() -> None:
    """The base map of the city: one file that needs no network."""


@map_.command()
@click.option("--force", is_flag=True, help="Also when no layer changed.")
@as_json
def build(force: bool, as_json: bool) -> None:
    """Build the base map when the layers changed since it was built."""

    def told(done: int, of: int) -> None:
        if not as_json:
            click.echo(f"\rzoom {done} of {of}", nl=done == of, err=True)

    made = service.build(by=operator(), is_forced=force, told=told)
    if as_json:
        print_json(asdict(made) | {"file": str(service.archive_file())})
        return
    click.echo(f"{service.archive_file()}: {made.tiles} tiles, {made.size:,} bytes, {made.seconds} s")


@map_.command()
@as_json
def show(as_json: bool) -> None:
    """Of which layers the base map is, and whether they changed since."""
    known, current = service.built(), service.is_current()
    if as_json:
        print_json({"built": asdict(known) if known else None, "current": current})
        return
    if known is None:
        click.echo("no base map is built; build it with: beichen map build")
        return
    click.echo(
        f"{known.tiles} tiles, {known.size:,} bytes; {'current' if current else 'layers changed since'}"
    )
    for key in known.layers:
        click.echo(f"  {key}")
