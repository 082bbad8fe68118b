"""The process that :mod:`bench.addresses` starts: builds libraries and asks them."""

from __future__ import annotations

import csv
import json
import math
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from rapidfuzz import fuzz, process

from bench.measure import Row

if TYPE_CHECKING:
    from beichen.platforms.geo.addresses.facts import AddressFacts
    from beichen.platforms.geo.addresses.matching import Match

CITY = Path(__file__).resolve().parents[1] / "src/beichen/cities/changchun"
PARTS = 5
SIZES = (1_000, 10_000, 100_000)
NAMES = (1_000, 100_000, 1_000_000)
LIMIT = 0.05
OWNER = "bench"
PEER = "rapidfuzz WRatio"
TYPED = (
    *("人民大街", "changchunguangfu", "jlds", "解放卫星小学", "新天地公园3"),
    *("c", "z", "dongbeishifan", "医院"),
)
Asked = list[tuple[str, float, float]]


def main() -> None:
    """Everything; the last line of output is the rows as JSON."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.scene import service as packages
    from beichen.kernel.scene.section import PackageKind

    call_command("migrate", verbosity=0)
    by = system("bench")
    load_roles(by=by)
    packages.install(CITY, by=by, kind=PackageKind.CITY)
    engine = connection.vendor
    rows = []
    parts = {"real": _real, "perturbed": _perturbed, "matching": _speed, "places": _places}
    chosen = os.environ.get("BENCH_CASES", "")
    for part in (part for name, part in parts.items() if chosen in name):
        for row in part(by, engine):
            rows.append(row)
            sys.stderr.write(f"{row.case} {row.size}: {row.ours_seconds:.3f} s, {row.figures}\n")
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))


def _library(by: Any, facts: list[AddressFacts]) -> None:
    from beichen.platforms.geo.addresses.library import load_addresses

    load_addresses([], owner="city:changchun", by=by)
    load_addresses(facts, owner=OWNER, by=by)


def _package() -> tuple[list[AddressFacts], list[AddressFacts]]:
    """Junctions and points of the pilot city, under codes of their own."""
    from beichen.platforms.geo.addresses.facts import AddressFacts

    files = (CITY / "addresses.csv", CITY / "addresses/unlicensed/points.csv")
    found = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as source:
            found.append(
                [
                    AddressFacts(
                        code=f"b-{row['code']}",
                        text=row["text"],
                        longitude=float(row["longitude"]),
                        latitude=float(row["latitude"]),
                        source="bench",
                        licence="bench",
                        kind=row["kind"],
                        name=row["name"],
                        region=row["region"],
                    )
                    for row in csv.DictReader(source)
                ]
            )
    return found[0], found[1]


def _written() -> list[tuple[str, str, float, float]]:
    """Key, address and point of every place of the provider that has an address."""
    with (CITY / "objects/unlicensed/facility.csv").open(encoding="utf-8", newline="") as source:
        return [
            (row["key"], row["address"], float(row["longitude"]), float(row["latitude"]))
            for row in csv.DictReader(source)
            if row["key"].startswith("poi-") and len(row["address"]) > 4 and ";" not in row["address"]
        ]


def metres(x: float, y: float, other_x: float, other_y: float) -> float:
    """The distance of two near points."""
    return 111_195 * math.hypot((other_x - x) * math.cos(math.radians(y)), other_y - y)


def _real(by: Any, engine: str) -> Iterator[Row]:
    from beichen.platforms.geo.addresses.matching import match_many
    from beichen.platforms.geo.addresses.notation import folded

    junctions, points = _package()
    written = _written()
    ours: list[tuple[float | None, bool]] = []
    peers: list[tuple[float | None, bool]] = []
    taken, taken_peer = 0.0, 0.0
    for part in range(PARTS):
        asked = [row for at, row in enumerate(written) if at % PARTS == part]
        keys = {f"b-{key}" for key, _text, _x, _y in asked}
        library = [*junctions, *(one for one in points if one.code not in keys)]
        _library(by, library)
        began = time.perf_counter()
        found = match_many([text for _key, text, _x, _y in asked], by=by)
        taken += time.perf_counter() - began
        ours += [
            (metres(x, y, one.longitude, one.latitude or 0) if one.longitude else None, one.is_accepted)
            for one, (_key, _text, x, y) in zip(found, asked, strict=True)
        ]
        texts = [folded(one.text) for one in library]
        began = time.perf_counter()
        for _key, text, x, y in asked:
            best = process.extractOne(folded(text), texts, scorer=fuzz.WRatio)
            place = library[best[2]]
            peers.append((metres(x, y, place.longitude, place.latitude), best[1] >= 80))
        taken_peer += time.perf_counter() - began
    number = len(ours)
    figures = {**_shares(ours), **{f"peer {name}": value for name, value in _shares(peers).items()}}
    yield Row(
        f"real addresses, a fifth held out ({engine})",
        number,
        taken,
        "rapidfuzz WRatio",
        taken_peer,
        "",
        figures,
    )


def _shares(found: list[tuple[float | None, bool]]) -> dict[str, float]:
    accepted = [far for far, is_accepted in found if is_accepted and far is not None]
    known = [far for far, _is_accepted in found if far is not None]
    return {
        "accepted": round(len(accepted) / len(found), 3),
        "accepted within 100 m": round(sum(far <= 100 for far in accepted) / max(1, len(accepted)), 3),
        "accepted within 200 m": round(sum(far <= 200 for far in accepted) / max(1, len(accepted)), 3),
        "sure wrong": round(sum(far > 300 for far in accepted) / max(1, len(accepted)), 3),
        "within 200 m of all": round(sum(far <= 200 for far in known) / len(found), 3),
        "median m of accepted": round(statistics.median(accepted), 1) if accepted else 0.0,
    }


_WIDE = str.maketrans("0123456789ABC-", "０１２３４５６７８９ＡＢＣ－")
_OLD = str.maketrans("号楼区长东门马广", "號樓區長東門馬廣")
_HAN = "零一二三四五六七八九"
_LEVELS = re.compile("^吉林省长春市..区")


def _changes(text: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The text as people write it, one change each."""
    bare = _LEVELS.sub("", text)
    yield "levels left out", bare
    yield "full-width and traditional", text.translate(_WIDE).translate(_OLD)
    numerals = re.sub(r"\d+(?=号|栋|层)", lambda one: "".join(_HAN[int(digit)] for digit in one[0]), bare)
    if numerals != bare:
        yield "numerals in Chinese", numerals
    yield "blanks and signs", " ".join(re.split("(?<=[区路街号栋])", text)).replace("号", "# ")
    names = [
        at for at, one in enumerate(bare) if "\u4e00" <= one <= "\u9fff" and one not in "号栋与交汇处路街"
    ]
    if len(names) > 3:
        at = chance.choice(names)
        yield "a character changed", bare[:at] + chance.choice("新春天光明和平") + bare[at + 1 :]
        yield "a character dropped", bare[:at] + bare[at + 1 :]
        yield "a character doubled", bare[:at] + bare[at] + bare[at:]


def _perturbed(by: Any, engine: str) -> Iterator[Row]:
    from beichen.platforms.geo.addresses.matching import match_many
    from beichen.platforms.geo.addresses.notation import folded

    junctions, points = _package()
    library = [*junctions, *points]
    _library(by, library)
    chance = random.Random(1)
    asked: dict[str, list[tuple[str, AddressFacts]]] = {}
    for one in library:
        for kind, text in _changes(one.text, chance):
            asked.setdefault(kind, []).append((text, one))
    texts = [folded(one.text) for one in library]
    for kind, pairs in asked.items():
        began = time.perf_counter()
        found: list[Match] = []
        for start in range(0, len(pairs), 500):
            found += match_many([text for text, _one in pairs[start : start + 500]], by=by)
        taken = time.perf_counter() - began
        right = sum(_is_right(one, meant) for one, (_text, meant) in zip(found, pairs, strict=True))
        sample = pairs[::10]
        began = time.perf_counter()
        best = [process.extractOne(folded(text), texts, scorer=fuzz.WRatio)[2] for text, _one in sample]
        taken_peer = (time.perf_counter() - began) * len(pairs) / len(sample)
        near = sum(_near(library[at], meant) for at, (_text, meant) in zip(best, sample, strict=True))
        figures = {"right": round(right / len(pairs), 3), "peer right": round(near / len(sample), 3)}
        yield Row(
            f"perturbed: {kind} ({engine})", len(pairs), taken, "rapidfuzz WRatio", taken_peer, "", figures
        )


def _is_right(found: Match, meant: AddressFacts) -> bool:
    if found.code == meant.code:
        return True
    if found.longitude is None or found.latitude is None or not found.is_accepted:
        return False
    return metres(found.longitude, found.latitude, meant.longitude, meant.latitude) <= 50


def _near(one: AddressFacts, other: AddressFacts) -> bool:
    return metres(one.longitude, one.latitude, other.longitude, other.latitude) <= 50


def _invented(size: int, chance: random.Random) -> Iterator[AddressFacts]:
    """Doors and buildings of invented roads and compounds."""
    from beichen.platforms.geo.addresses.facts import AddressFacts

    first = "安宁长春光华建设和平解放自由民主文化新民东盛吉顺永昌"
    roads = [f"{a}{b}{mark}" for a in first for b in first for mark in ("路", "大街", "胡同")][
        : max(20, size // 60)
    ]
    for at in range(size):
        road = roads[at % len(roads)]
        number = at // len(roads) + 1
        is_door = at % 3
        text = (
            f"{road}{number}号"
            if is_door
            else f"{road}{first[at % len(first)]}{first[at % 19]}小区{number}栋"
        )
        place = (125.2 + chance.random() * 0.3, 43.75 + chance.random() * 0.3)
        kind = "door" if is_door else "building"
        yield AddressFacts(
            f"i-{at}", f"吉林省长春市南关区{text}", *place, "bench", "bench", kind=kind, region="220102"
        )


def _speed(by: Any, engine: str) -> Iterator[Row]:
    from beichen.platforms.geo.addresses.matching import match_many
    from beichen.platforms.geo.addresses.notation import folded

    chance = random.Random(2)
    for size in (one for one in SIZES if one <= int(sys.argv[1])):
        library = list(_invented(size, chance))
        began = time.perf_counter()
        _library(by, library)
        loaded = time.perf_counter() - began
        texts = []
        for one in chance.choices(library, k=1_000):
            changes = list(_changes(one.text, chance))
            texts.append(chance.choice(changes)[1])
        match_many(texts[:100], by=by)
        began = time.perf_counter()
        for start in range(0, len(texts), 500):
            match_many(texts[start : start + 500], by=by)
        taken = time.perf_counter() - began
        all_texts = [folded(one.text) for one in library]
        sample = texts[: max(3, 100_000 // size // 5)]
        began = time.perf_counter()
        for text in sample:
            process.extractOne(folded(text), all_texts, scorer=fuzz.WRatio)
        peer = (time.perf_counter() - began) * len(texts) / len(sample)
        figures = {"addresses a second": len(texts) // taken, "loaded a second": size // loaded}
        yield Row(f"matching 1,000 ({engine})", size, taken, PEER, peer, "", figures)


def _name(first: str, kinds: tuple[str, ...], at: int, chance: random.Random) -> str:
    return "".join(chance.choices(first, k=chance.randint(2, 4))) + chance.choice(kinds) + str(at % 97)


def _places(by: Any, engine: str) -> Iterator[Row]:
    from beichen.platforms.geo.addresses.gazetteer import PlaceFacts, keep_places
    from beichen.platforms.geo.addresses.places import search_places

    first = "长春光复人民大街新天地文化吉林东北师范解放卫星湖西宽城南关二道绿园净月汽车经开高新农安德惠榆树"
    kinds = ("超市", "小学", "医院", "公园", "小区", "饭店", "银行", "派出所", "社区卫生服务中心", "停车场")
    chance = random.Random(3)
    made = 0
    for size in (one for one in NAMES if one <= int(sys.argv[1])):
        before, began = made, time.perf_counter()
        while made < size:
            many = min(20_000, size - made)
            keep_places(
                [
                    PlaceFacts(
                        f"bench:{at}",
                        "feature",
                        "".join(chance.choices(first, k=chance.randint(2, 4)))
                        + chance.choice(kinds)
                        + str(at % 97),
                        longitude=125.3,
                        latitude=43.9,
                        weight=chance.randint(0, 30),
                    )
                    for at in range(made, made + many)
                ]
            )
            made += many
        loaded = time.perf_counter() - began
        strokes = [word[:end] for word in TYPED for end in range(1, len(word) + 1)]
        taken = []
        for stroke in strokes:
            search_places(stroke, by=by)
            began = time.perf_counter()
            search_places(stroke, by=by)
            taken.append(time.perf_counter() - began)
        taken.sort()
        figures = {
            "p50 ms": round(statistics.median(taken) * 1e3, 1),
            "p95 ms": round(taken[int(len(taken) * 0.95)] * 1e3, 1),
            "most ms": round(taken[-1] * 1e3, 1),
            "names kept a second": round((size - before) / loaded),
        }
        yield Row(
            f"places, a keystroke ({engine})", size, statistics.median(taken), "the limit", LIMIT, "", figures
        )


if __name__ == "__main__":
    main()
