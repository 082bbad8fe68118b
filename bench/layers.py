"""Files brought as layers: from the file to the first tile, and how much memory that takes.

**Points**: a GeoJSON of 10,000, 100,000 and 1,000,000 points with four properties, read, examined, kept, laid
out and shown, up to the bytes of the first vector tile. **Areas**: GeoJSON of 3, 30 and 300 MB, of buildings
with a dozen corners. Each in a process of its own, whose most memory is told (`peak MB`; `bare MB` is that of
the process before it reads). The peer is GDAL, which copies the same file into a GeoPackage with an index: it
reads and indexes, and examines, repairs and draws nothing.

    .venv/bin/python -m bench layers

LAYERS_SIZES=10000,3 asks for some sizes alone.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.measure import Row, rounded

ROOT = Path(__file__).resolve().parents[1]
POINTS = (10_000, 100_000, 1_000_000)
MEGABYTES = (3, 30, 300)
CHOSEN = "LAYERS_SIZES"
PEER = "GDAL, GeoJSON into GeoPackage"
CENTRE = (125.32, 43.88)


def run() -> list[Row]:
    """A row for each file."""
    chosen = {int(one) for one in os.environ.get(CHOSEN, "").split(",") if one}
    rows = []
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as name:
        folder = Path(name)
        for case, sizes, write in (("points", POINTS, _points), ("areas", MEGABYTES, _areas)):
            for size in sizes:
                if not chosen or size in chosen:
                    file = folder / f"{case}-{size}.geojson"
                    count = write(file, size)
                    rows.append(_row(case, size, count, file, folder))
                    file.unlink()
    return rows


def _row(case: str, size: int, count: int, file: Path, folder: Path) -> Row:
    ours = _measured("ours", file, folder / f"house-{case}-{size}")
    peer = _measured("peer", file, folder / f"peer-{case}-{size}")
    figures = {
        "MB of file": file.stat().st_size / 1e6,
        "features": float(count),
        "first tile s": ours["tile"],
        "tile KB": ours["tile_bytes"] / 1e3,
        "peak MB": ours["peak"],
        "bare MB": ours["bare"],
        "peer's peak MB": peer["peak"],
    }
    name = "points to the first tile" if case == "points" else "MB of areas brought"
    return Row(name, size, ours["seconds"], PEER, peer["seconds"], figures=rounded(figures))


def _measured(who: str, file: Path, folder: Path) -> dict[str, float]:
    """What a process of its own told."""
    folder.mkdir()
    env = {key: value for key, value in os.environ.items() if key != CHOSEN}
    env |= {"BEICHEN_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "BEICHEN_DATABASE_URL": ""}
    env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django"}
    command = [sys.executable, "-m", "bench._layers", who, str(file), str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _points(file: Path, count: int) -> int:
    chance = random.Random(7)

    def features() -> Iterator[dict[str, Any]]:
        for number in range(count):
            place = [round(chance.gauss(middle, 0.12), 6) for middle in CENTRE]
            properties = {
                "name": f"灯杆{number}",
                "kind": chance.choice("甲乙丙丁"),
                "height": round(chance.uniform(4, 14), 1),
                "built": f"{chance.randint(1990, 2025)}-06-01",
            }
            yield {"properties": properties, "geometry": {"type": "Point", "coordinates": place}}

    return _write(file, features())


def _areas(file: Path, megabytes: int) -> int:
    chance = random.Random(7)

    def features() -> Iterator[dict[str, Any]]:
        while True:
            x, y = (chance.gauss(middle, 0.12) for middle in CENTRE)
            side = chance.uniform(0.0001, 0.0006)
            # A building with a notched front: a dozen corners.
            front = [(x + side * step / 8, y + (side * 0.2 if step % 2 else 0.0)) for step in range(9)]
            ring = [*front, (x + side, y + side), (x, y + side), front[0]]
            shape = {"type": "Polygon", "coordinates": [[[round(a, 7), round(b, 7)] for a, b in ring]]}
            yield {"properties": {"storeys": chance.randint(1, 30), "use": "住宅"}, "geometry": shape}

    return _write(file, features(), megabytes * 1_000_000)


def _write(file: Path, features: Iterator[dict[str, Any]], most: int = 0) -> int:
    """Write a collection, of ``most`` bytes where that is given; returns how many features it has."""
    count = written = 0
    with file.open("w", encoding="utf-8") as target:
        written += target.write('{"type":"FeatureCollection","features":[\n')
        for feature in features:
            text = json.dumps({"type": "Feature", **feature}, ensure_ascii=False)
            written += target.write(f"{',' if count else ''}{text}\n")
            count += 1
            if most and written >= most:
                break
        target.write("]}\n")
    return count
