"""The end of `bodies.yaml`: urban management of each county-level region, and the street offices of the core.

Run ``python -m tools.changchun.street_offices`` after a change of `regions.csv`. What stands above the marker
is kept by hand and left as it is. Names follow the region's: nobody looked up how each office calls itself.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

PACKAGE = Path(__file__).parents[2] / "src" / "beichen" / "cities" / "changchun"
MARKER = "# Written by tools/changchun/street_offices.py from here on: do not edit below.\n"
CORE = ("220102", "220103", "220104", "220105", "220106", "220171", "220172", "220173", "220174")
GOVERNMENTS = ("district-government", "county-government", "zone-administration")

Row = dict[str, str]


def _stem(name_en: str) -> str:
    """``Lüyuan District`` as ``luyuan``: what a key is made of."""
    plain = unicodedata.normalize("NFKD", name_en).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r" (sub)?district$| county$| city$", "", plain)
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _entry(key: str, zh: str, en: str, parent: str, region: str, kind: str) -> str:
    name = f'{{zh: {zh}, en: "{en}"}}'
    return f'{key}:\n  name: {name}\n  parent: {parent}\n  region: "{region}"\n  kind: {kind}\n'


def entries(regions: list[Row], governments: dict[str, str]) -> Iterator[str]:
    """The bodies, by region; ``governments`` are the keys of those that stand above, by region."""
    for row in (row for row in regions if row["level"] == "county"):
        above = governments[row["code"]]
        stem = re.sub(r"-(government|administration)$", "", above)
        name_en = f"{row['name_en']} City Management"
        key = f"{stem}-urban-management"
        yield _entry(key, f"{row['name']}城市管理局", name_en, above, row["code"], "urban-management")
    for row in regions:
        district = row["parent_code"]
        if row["level"] == "street" and row["kind"] == "subdistrict" and district in CORE:
            above = governments[district]
            stem = re.sub(r"-(government|administration)$", "", above)
            key = f"{stem}-{_stem(row['name_en'])}-street"
            name_en = f"{row['name_en']} Office"
            yield _entry(key, f"{row['name']}办事处", name_en, above, row["code"], "street-office")


def main() -> None:
    """Write the end of the file anew."""
    path = PACKAGE / "bodies.yaml"
    kept = path.read_text(encoding="utf-8").partition(MARKER)[0]
    bodies = YAML(typ="safe").load(kept)
    governments: dict[str, str] = {}
    for key, body in bodies.items():
        if body.get("kind") in GOVERNMENTS and body["region"] != "220100":
            governments.setdefault(body["region"], key)
    with (PACKAGE / "regions.csv").open(encoding="utf-8", newline="") as file:
        regions = list(csv.DictReader(file))
    path.write_text(kept + MARKER + "".join(entries(regions, governments)), encoding="utf-8")


if __name__ == "__main__":
    main()
