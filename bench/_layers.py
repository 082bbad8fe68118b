"""The process that :mod:`bench.layers` starts: brings one file, or lets GDAL copy it."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import django


def _peak() -> float:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(file: Path) -> dict[str, float]:
    """Bring the file into an empty house, and draw a tile of it."""
    django.setup()
    from django.core.management import call_command

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.platforms.geo import service
    from beichen.platforms.geo.ogc.tiles.encoding import MAX_FEATURES, encoded
    from beichen.platforms.geo.ogc.tiles.schemes import scheme_of
    from beichen.platforms.geo.source import Asked

    call_command("migrate", verbosity=0)
    by = system("bench")
    load_roles(by=by)
    words = service.LayerWords(key="bench", name="测", source="invented", licence="CC0-1.0")
    bare = _peak()
    start = time.perf_counter()
    with file.open("rb") as stream:
        upload = service.bring_layer(stream, file.name, words, by=by, is_read_later=False)
    upload = service.read_upload(upload.code, by=by)
    if upload.layer is None:
        raise SystemExit(f"the file was refused: {upload.problems[:1]}")
    brought = time.perf_counter()
    tile = scheme_of("WebMercatorQuad").tile("10", "373", "868")
    source = service.source_of(upload.layer, by)
    content = encoded(source.columns(Asked(limit=MAX_FEATURES, box=tile.box, zoom=10)), tile, "bench")
    end = time.perf_counter()
    if not content:
        raise SystemExit("the tile is empty")
    return {
        "seconds": end - start,
        "tile": end - brought,
        "tile_bytes": float(len(content)),
        "peak": _peak(),
        "bare": bare,
    }


def peer(file: Path, folder: Path) -> dict[str, float]:
    """Let GDAL copy the file into a GeoPackage, a batch at a time."""
    import pyogrio

    start = time.perf_counter()
    with pyogrio.open_arrow(file, use_pyarrow=True, batch_size=8_192) as (about, stream):
        pyogrio.write_arrow(
            stream,
            folder / "copy.gpkg",
            driver="GPKG",
            geometry_name=about["geometry_name"] or "wkb_geometry",
            geometry_type=about["geometry_type"],
            crs=about["crs"],
        )
    return {"seconds": time.perf_counter() - start, "peak": _peak()}


def main() -> None:
    """What was measured, as JSON on the last line."""
    who, file, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    print(json.dumps(ours(file) if who == "ours" else peer(file, folder)))


if __name__ == "__main__":
    main()
