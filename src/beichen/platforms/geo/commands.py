"""`beichen layers …`: see layers, bring a file, read its report."""

from __future__ import annotations

from pathlib import Path

import click

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer, Upload


@click.group()
def layers() -> None:
    """Map layers."""


@layers.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Every layer: where its features come from, how many there are, whether it is shown."""
    rows = list(service.layers_kept_by(operator()).order_by("order", "key"))
    if as_json:
        print_json([_entry(row) for row in rows])
        return
    for row in rows:
        state = "shown" if row.is_shown and row.is_current else "hidden"
        count = f"{row.feature_count:>9,}"
        click.echo(f"{row.key:36} {row.origin:8} L{row.level} {row.kind:8} {count} {state} {row.name}")


def _entry(row: Layer) -> dict[str, object]:
    return {
        "key": row.key,
        "name": {"zh": row.name, "en": row.name_en},
        "origin": row.origin,
        "kind": row.kind,
        "level": row.level,
        "features": row.feature_count,
        "is_shown": row.is_shown and row.is_current,
        "licence": row.licence,
        "source": row.source,
    }


@layers.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", required=True, help="Of the layer; an own layer's key makes its next revision.")
@click.option("--name", required=True, help="In Chinese.")
@click.option("--name-en", default="", help="In English.")
@click.option("--source", required=True, help="Where the data came from.")
@click.option("--licence", required=True, help="An SPDX name, or: not stated.")
@click.option("--group", default="", help="Under which it stands.")
@click.option("--level", default=2, show_default=True, type=click.IntRange(1, 4), help="Of the data.")
@click.option("--crs", default="", help="EPSG:4548, GCJ-02 … ; else what the file says.")
@click.option("--layer", default="", help="Within the file.")
@click.option("--longitude", default="", help="Column of a sheet.")
@click.option("--latitude", default="", help="Column of a sheet.")
@click.option("--feature-key", default="", help="Property that names a feature.")
@click.option("--publish", is_flag=True, help="Show it at once.")
@as_json
def load(
    file: Path,
    key: str,
    name: str,
    name_en: str,
    source: str,
    licence: str,
    group: str,
    level: int,
    crs: str,
    layer: str,
    longitude: str,
    latitude: str,
    feature_key: str,
    publish: bool,
    as_json: bool,
) -> None:
    """Bring a file as a layer and read it now: what is repaired, what is refused, and why."""
    by = operator()
    words = service.LayerWords(
        key=key, name=name, name_en=name_en, source=source, licence=licence, group=group, level=level
    )
    options = {"crs": crs, "layer": layer, "longitude": longitude, "latitude": latitude, "key": feature_key}
    with file.open("rb") as stream:
        upload = service.bring_layer(stream, file.name, words, by=by, options=options, is_read_later=False)
    upload = service.read_upload(upload.code, by=by)
    if publish and upload.state == "done":
        service.switch_layer(key, on=True, by=by)
    _tell(upload, as_json)
    if upload.state != "done":
        raise SystemExit(1)


@layers.command()
@click.argument("code")
@as_json
def report(code: str, as_json: bool) -> None:
    """What was found in a file that was brought."""
    _tell(service.find_upload(code, by=operator()), as_json)


def _tell(upload: Upload, as_json: bool) -> None:
    counts = {"kept": upload.kept, "repaired": upload.repaired, "refused": upload.refused}
    if as_json:
        print_json({"code": upload.code, "state": upload.state, **counts, "problems": upload.problems})
        return
    click.echo(
        f"{upload.code} {upload.state}: " + ", ".join(f"{count:,} {word}" for word, count in counts.items())
    )
    for line in upload.problems[:20]:
        click.echo(f"  {line['where']:>8} {line['outcome']:9} {line['reason']}")
