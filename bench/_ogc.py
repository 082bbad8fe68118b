"""The process that :mod:`bench.ogc` starts: fills both sides, loads them in turns, prints rows as JSON."""

from __future__ import annotations

import contextlib
import json
import math
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import django
import numpy as np

WEST, SOUTH, SIDE = 125.0, 43.5, 1.0
PAGE = 90
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
KINDS = 50
TILE = "a tile of about 70 KB"
OGC = "http://www.opengis.net/def/crs/"
LUA = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local n = 0
request = function() n = n % #paths + 1; return wrk.format("GET", paths[n]) end
"""


def points(size: int) -> dict[str, np.ndarray[Any, Any]]:
    """The same places for all."""
    chance = np.random.default_rng(size)
    return {
        "x": np.round(WEST + chance.random(size) * SIDE, 7),
        "y": np.round(SOUTH + chance.random(size) * SIDE, 7),
        "kind": chance.integers(0, KINDS, size),
        "level": np.round(chance.random(size) * 100, 3),
    }


def fill_ours(size: int) -> str:
    """A layer of our own, as an upload leaves it."""
    import pyarrow as pa
    import shapely

    from beichen.kernel.actor import system
    from beichen.platforms.geo.models import Layer, Origin
    from beichen.platforms.geo.service import make_revision
    from beichen.platforms.geo.snapshots.layout import Layout
    from beichen.platforms.geo.source import Field, FieldKind

    kinds = {"name": FieldKind.TEXT, "kind": FieldKind.INTEGER, "level": FieldKind.NUMBER}
    layout = Layout(tuple(Field(name, kind) for name, kind in kinds.items()))
    found = points(size)
    columns = {
        "id": [str(number) for number in range(size)],
        "geometry": pa.array(shapely.to_wkb(shapely.points(found["x"], found["y"])), pa.binary()),
        "region": [""] * size,
        "name": [f"点位{number}" for number in range(size)],
        "kind": found["kind"],
        "level": found["level"],
    }
    layer, _created = Layer.objects.update_or_create(
        key=f"points{size}",
        defaults={
            "name": "点", "name_en": "Points", "kind": "point", "origin": Origin.UPLOAD, "sha256": "",
            "feature_count": size, "west": WEST, "south": SOUTH, "east": WEST + SIDE, "north": SOUTH + SIDE,
        },
    )  # fmt: skip
    table = pa.table(columns).cast(layout.schema)
    make_revision(layer, table.to_batches(), layout, by=system("bench"))
    return str(layer.key)


def fill_peers(size: int, url: str) -> None:
    """The same in PostGIS, in a schema of the peers' own."""
    import psycopg

    found = points(size)
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        link.execute("CREATE SCHEMA IF NOT EXISTS peers")
        link.execute(f"DROP TABLE IF EXISTS peers.points{size}")
        link.execute(
            f"CREATE TABLE peers.points{size} (id integer PRIMARY KEY, name text, kind integer, level float8,"
            " geometry geometry(Point, 4326))"
        )
        with link.cursor().copy(f"COPY peers.points{size} FROM STDIN") as copy:
            for number in range(size):
                place = f"SRID=4326;POINT({found['x'][number]} {found['y'][number]})"
                copy.write_row(
                    (
                        number,
                        f"点位{number}",
                        int(found["kind"][number]),
                        float(found["level"][number]),
                        place,
                    )
                )
        link.execute(f"CREATE INDEX ON peers.points{size} USING gist (geometry)")
        link.execute(f"CREATE INDEX ON peers.points{size} (kind, level)")
        link.execute(f"ANALYZE peers.points{size}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(command: list[str], port: int, path: str, env: dict[str, str]) -> Iterator[str]:
    """A server until it is no longer needed; its address."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _time in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(base + path, timeout=5).read()
                break
            time.sleep(0.1)
        yield base
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def ours(cache: int) -> contextlib.AbstractContextManager[str]:
    """Our house, with or without a cache of tiles; as many threads as it has."""
    from beichen.house.web import THREADS

    port = free_port()
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 2 --no-ws --log-level error"
    options += f" --blocking-threads {THREADS}"
    command = [str(Path(sys.executable).with_name("granian")), *options.split(), "--factory"]
    command += ["--workers-kill-timeout", "5", "beichen.house.web:application"]
    return served(command, port, "/ogc/conformance", {"BEICHEN_TILE_CACHE_MB": str(cache)})


def tipg(folder: Path, url: str) -> contextlib.AbstractContextManager[str]:
    """tipg on uvicorn, as its makers run it."""
    port = free_port()
    options = f"tipg.main:app --port {port} --workers 2 --log-level error"
    command = [str(folder / "bin" / "uvicorn"), *options.split()]
    env = {"DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["peers"]', "TIPG_MAX_FEATURES_PER_TILE": "20000"}
    return served(command, port, "/collections", {**env, "PYTHONPATH": "", "TIPG_CATALOG_TTL": "86400"})


def pygeoapi(folder: Path, url: str, size: int) -> contextlib.AbstractContextManager[str]:
    """pygeoapi on gunicorn, with its providers for PostgreSQL."""
    port, at = free_port(), urlsplit(url)
    place = Path(tempfile.mkdtemp())
    data = {
        "host": at.hostname, "port": at.port, "dbname": at.path.lstrip("/"), "user": at.username,
        "password": at.password or "x", "search_path": ["peers", "public"],
    }  # fmt: skip
    source = {"data": data, "id_field": "id", "table": f"points{size}", "geom_field": "geometry"}
    people = "name position address city stateorprovince postalcode country phone fax email url hours"
    spatial = {"bbox": [WEST, SOUTH, WEST + SIDE, SOUTH + SIDE], "crs": f"{OGC}OGC/1.3/CRS84"}
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 1000},
            "map": {"url": "x", "attribution": "x"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                **dict.fromkeys(("title", "description", "terms_of_service", "url"), "x"),
                "keywords": ["x"],
                "keywords_type": "theme",
            },
            "license": {"name": "x", "url": "x"},
            "provider": {"name": "x", "url": "x"},
            "contact": dict.fromkeys([*people.split(), "instructions", "role"], "x"),
        },
        "resources": {
            f"points{size}": {
                **dict.fromkeys(("title", "description"), "x"),
                "type": "collection",
                "keywords": ["x"],
                "links": [],
                "extents": {"spatial": spatial},
                "providers": [{"type": "feature", "name": "PostgreSQL", **source}],
            }
        },
    }
    (place / "config.yml").write_text(json.dumps(config))
    told = place / "openapi.json"
    env = {"PYGEOAPI_CONFIG": str(place / "config.yml"), "PYGEOAPI_OPENAPI": str(told), "PYTHONPATH": ""}
    command = [str(folder / "bin" / "pygeoapi"), "openapi", "generate", env["PYGEOAPI_CONFIG"]]
    command += ["--format", "json", "--output-file", str(told)]
    made = subprocess.run(command, env={**os.environ, **env}, capture_output=True, check=False)
    if made.returncode:
        sys.stderr.write(made.stderr.decode()[-600:])
    command = [
        str(folder / "bin" / "gunicorn"),
        "-w",
        "2",
        "-b",
        f"127.0.0.1:{port}",
        "pygeoapi.flask_app:APP",
    ]
    return served(command, port, "/conformance?f=json", env)


def load(base: str, paths: list[str], *headers: str) -> tuple[float, float, int]:
    """Seconds a request over all workers, the 99th percentile in seconds, bytes of an answer."""
    request = urllib.request.Request(base + paths[0], headers=dict(one.split(": ", 1) for one in headers))
    with urllib.request.urlopen(request, timeout=120) as answer:
        size = len(answer.read())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paths").write_text("\n".join(paths) + "\n")
        (Path(folder) / "load.lua").write_text(LUA)
        options = f"-t1 -c8 --latency --timeout 60s -s {folder}/load.lua"
        more = [part for one in headers for part in ("-H", one)]
        env = {**os.environ, "BENCH_PATHS": f"{folder}/paths"}
        for seconds in (1, SECONDS):  # each worker loads at its first request what it asks with
            command = ["wrk", *options.split(), f"-d{seconds}s", *more, base]
            text = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text:
        raise SystemExit(f"{base}{paths[0]}: {text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    slow, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return 1 / max(rate, 0.01), float(slow) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[unit], size


def boxes(size: int) -> list[str]:
    """Boxes with somewhat more than a page of features each."""
    chance, side = random.Random(7), min(0.9, math.sqrt(PAGE * 1.2 / size) * SIDE)
    found = []
    for _number in range(300):
        west, south = WEST + chance.random() * (SIDE - side), SOUTH + chance.random() * (SIDE - side)
        found.append(f"bbox={west:.5f},{south:.5f},{west + side:.5f},{south + side:.5f}&limit={PAGE}")
    return found


def tiles(size: int, wanted: int) -> list[tuple[int, int, int]]:
    """Zoom, row and column of tiles that lie among the points and hold about ``wanted`` of them."""
    share = [size * (360 / 2**zoom) * (360 / 2**zoom * 0.72) / SIDE**2 for zoom in range(20)]
    zoom = min(range(8, 20), key=lambda one: abs(math.log(min(share[one], size) / wanted)))
    side = 2**zoom
    columns = [int((WEST + part / 20 * SIDE) / 360 * side + side / 2) for part in range(2, 19)]
    rows = []
    for part in range(2, 19):
        latitude = math.radians(SOUTH + part / 20 * SIDE)
        rows.append(int((1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * side))
    return sorted({(zoom, row, column) for row in rows for column in columns})


def paths_of(key: str, size: int) -> dict[str, dict[str, list[str]]]:
    """What each side is asked, by case."""
    condition = [
        f"filter={quote(f'kind = {kind} AND level > 50')}&filter-lang=cql2-text&limit={PAGE}"
        for kind in range(KINDS)
    ]
    found: dict[str, dict[str, list[str]]] = {"ours": {}, "tipg": {}, "pygeoapi": {}}
    for case, queries in (("a page of 90 by box", boxes(size)), ("a page of 90 by a condition", condition)):
        found["ours"][case] = [f"/ogc/collections/{key}/items?{one}" for one in queries]
        found["tipg"][case] = [f"/collections/peers.points{size}/items?{one}&f=geojson" for one in queries]
        found["pygeoapi"][case] = [f"/collections/points{size}/items?{one}&f=json" for one in queries]
    found["pygeoapi"]["a page of 90 by a condition"] = [  # it speaks the draft that CQL2 came from
        one.replace("cql2-text", "cql-text") for one in found["pygeoapi"]["a page of 90 by a condition"]
    ]
    for case, wanted in ((TILE, 1_400), ("a tile of about 500 KB", 10_000)):
        places = tiles(size, wanted)
        found["ours"][case] = [
            f"/ogc/collections/{key}/tiles/WebMercatorQuad/{z}/{y}/{x}" for z, y, x in places
        ]
        found["tipg"][case] = [
            f"/collections/peers.points{size}/tiles/WebMercatorQuad/{z}/{x}/{y}" for z, y, x in places
        ]
    return found


def measure(folder: Path, url: str, size: int, engine: str) -> None:
    """All cases of one size."""
    key = fill_ours(size)
    fill_peers(size, url)
    chosen = os.environ.get("BENCH_CASES", "")
    asked = {
        who: {case: paths for case, paths in cases.items() if chosen in case}
        for who, cases in paths_of(key, size).items()
    }
    with ours(0) as base:
        taken = {case: load(base, paths) for case, paths in asked["ours"].items()}
    if anew := taken.get(TILE):
        cached = _cached(asked["ours"][TILE][:20])
        emit(case=f"a cached tile, {engine}", size=size, ours=cached, peer="made anew", theirs=anew)
    for name, server in (("tipg", tipg(folder, url)), ("pygeoapi", pygeoapi(folder, url, size))):
        with server as base:
            for case, paths in asked[name].items():
                try:
                    emit(
                        case=f"{case}, {engine}",
                        size=size,
                        ours=taken[case],
                        peer=name,
                        theirs=load(base, paths),
                    )
                except (OSError, SystemExit) as error:
                    sys.stderr.write(f"{name} does not answer {case}: {str(error)[:300]}\n")


def _cached(paths: list[str]) -> tuple[float, float, int]:
    """The load of tiles that were made before."""
    with ours(2_048) as base:
        for path in paths:
            urllib.request.urlopen(base + path, timeout=60).read()
        return load(base, paths)


def emit(
    *, case: str, size: int, ours: tuple[float, float, int], peer: str, theirs: tuple[float, float, int]
) -> None:
    """One row as JSON."""
    figures = {
        "requests/s": round(1 / ours[0], 1),
        "peer's requests/s": round(1 / theirs[0], 1),
        "p99 ms": round(ours[1] * 1000, 1),
        "peer's p99 ms": round(theirs[1] * 1000, 1),
        "bytes": ours[2],
        "peer's bytes": theirs[2],
    }
    row = {"case": case, "size": size, "ours_seconds": ours[0], "peer": peer, "peer_seconds": theirs[0]}
    sys.stdout.write(json.dumps({**row, "figures": figures}) + "\n")
    sys.stdout.flush()


def main(folder: str, url: str, *sizes: str) -> None:
    """One house, all sizes."""
    django.setup()
    from django.core.management import call_command

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system

    call_command("migrate", verbosity=0)
    load_roles(by=system("bench"))
    engine = "PostgreSQL" if os.environ.get("BEICHEN_DATABASE_URL") else "SQLite"
    for size in sizes:
        measure(Path(folder), url, int(size), engine)


if __name__ == "__main__":
    main(*sys.argv[1:])
