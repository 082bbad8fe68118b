"""The command: raw data in, the generated files of the package out."""

from __future__ import annotations

from pathlib import Path

import click

from tools.changchun import addresses, facilities, layers, regions, statistics

PACKAGE = Path(__file__).parents[2] / "src" / "beichen" / "cities" / "changchun"


@click.command()
@click.argument("raw", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=PACKAGE)
def main(raw: Path, out: Path) -> None:
    """Rewrite the generated files of the package OUT from the raw data in RAW."""
    for noun, count in (
        ("regions", regions.write(raw, out)),
        ("features in layers", layers.write(raw, out)),
        ("facilities", facilities.write(raw, out)),
        ("addresses", addresses.write(raw, out)),
        ("statistics and targets", statistics.write(raw, PACKAGE, out)),
    ):
        click.echo(f"{count:6d} {noun}")


main()
