"""The process that :mod:`bench.asking` starts: fills cases and named objects, and asks for them."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import quote

import django

from bench._console import SIZES, _fill, _people, _row

if TYPE_CHECKING:
    from datetime import datetime

    from beichen.registry.models import Object, ObjectType
    from bench.measure import Row

TYPED = (
    *("漏水", "漏水 处理", "没有这样的词", "zz-9999", "人民雨水井", "rmysj", "renminyushuijing", "井"),
    *("jingji", "open console"),
)
ROADS = ("人民", "解放", "自由", "建设", "东风", "重庆", "大连", "长江")
THINGS = ("雨水井", "路灯", "消火栓", "公交站", "停车场")
BATCH = 2_000


def main() -> None:
    """Load the city, add, measure; the last line of output is the rows as JSON."""
    django.setup()
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    attendant, officer = _people()
    _spell()
    rows: list[Row] = []
    for size in SIZES:
        _objects(size)
        _fill(size)
        for typed in TYPED:
            path = f"/screen/ask?format=json&q={quote(typed)}"
            rows.append(_row(attendant, path, typed, size, ""))
            rows.append(_row(officer, path, typed, size, "one bureau"))
        print(f"{size} done", file=sys.stderr)
    print(json.dumps([asdict(row) for row in rows]))


def _spell() -> None:
    from beichen.fronts.overview.screens.finding import all_names
    from beichen.fronts.overview.screens.spelling import spell

    spell(all_names())


def _objects(size: int) -> None:
    """Named things up to ``size``, each with every way to type its name."""
    from django.utils import timezone

    from beichen.kernel.actor import system
    from beichen.platforms.geo.addresses.gazetteer import PlaceFacts, keep_places
    from beichen.registry import service as registry
    from beichen.registry.models import Object, ObjectType

    facts = registry.TypeFacts(key="bench-thing", name="部件")
    registry.declare_types([facts], scene="bench", by=system("bench"))
    kind, now, chance = ObjectType.objects.get(key="bench-thing"), timezone.now(), random.Random(size)
    first = Object.objects.filter(type=kind).count()
    for start in range(first, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        named = {
            f"BT-{number}": f"{chance.choice(ROADS)}{chance.choice(THINGS)}{number}号" for number in numbers
        }
        Object.objects.bulk_create(_object(kind, code, name, now) for code, name in named.items())
        keep_places(
            [
                PlaceFacts(f"object:{code}", "object", name, longitude=125.3, latitude=43.88, weight=20)
                for code, name in named.items()
            ]
        )


def _object(kind: ObjectType, code: str, name: str, now: datetime) -> Object:
    from beichen.registry.models import Object

    urn = f"urn:ngsi-ld:bench-thing:{code}"
    document = json.dumps({"id": urn, "type": kind.key})
    return Object(
        urn=urn, code=code, type=kind, name=name, created_at=now, modified_at=now, document=document
    )


if __name__ == "__main__":
    main()
