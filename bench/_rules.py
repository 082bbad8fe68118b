"""The process in which rules are measured with their database: `python -m bench._rules 10x1000 100x10000`."""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

BATCHES, MINUTE = 60, 60_000_000
START = int(datetime(2026, 7, 1, 4, tzinfo=UTC).timestamp()) * 1_000_000
FIELDS = {"depth_m": {"type": "number"}, "street": {"type": "string"}}
MEASURES = {"level_m": {"unit": "m", "range": [0, 30], "every": "60s"}}


def declared(number: int) -> dict[str, Any]:
    """A condition that holds of about one reading in a hundred thousand."""
    share = 0.999985 + (number % 10) / 1_000_000
    return {
        "on": "well.level_m",
        "when": f"level_m > {share:.6f} * depth_m and street <> 'street {number % 7}'",
        "clear": "level_m < 0.7 * depth_m",
        "raise": "bench.high",
        **({"for": "2m"} if number % 2 else {}),
    }


def _things(number: int) -> list[Any]:
    """So many wells in the registry; the targets of their readings."""
    from django.utils import timezone

    from beichen.platforms.iot.fleet import Newest, Target
    from beichen.registry.models import Object, ObjectType

    kind, now = ObjectType.objects.get(key="well"), timezone.now()

    def document(place: int) -> str:
        values = {"depth_m": 4.0, "street": f"street {place % 50}"}
        return json.dumps({name: {"type": "Property", "value": value} for name, value in values.items()})

    Object.objects.bulk_create(
        [
            Object(urn=f"urn:ngsi-ld:well:{number}-{place}", code=f"W-{number}-{place}", type=kind,
                   document=document(place), created_at=now, modified_at=now)
            for place in range(number)
        ],
        batch_size=5_000,
    )  # fmt: skip
    keys = Object.objects.filter(code__startswith=f"W-{number}-").order_by("pk").values_list("pk", "code")
    return [
        Target(key, code, None, "level_m", "number", 0, 30, 1.0, 0.0, Newest()) for key, code in list(keys)
    ]


def measure(rules: int, things: int) -> dict[str, Any]:
    """Processor seconds of the rules' part of a minute's batches, all of it, and what turned."""
    from django.db import transaction

    from beichen.kernel.actor import system
    from beichen.platforms.iot import service
    from beichen.platforms.iot.fleet import Speaker
    from beichen.platforms.iot.models import Firing
    from beichen.platforms.iot.rules.watching import Watch
    from beichen.platforms.iot.treatment import Reading
    from beichen.registry import service as registry

    by = system("bench")
    facts = registry.TypeFacts(key="well", name="井", fields=FIELDS, measures=MEASURES)
    registry.declare_types([facts], scene="bench", by=by)
    types = {"well": {"fields": FIELDS, "measures": MEASURES}}
    service.declare_rules(
        {f"r{number}": declared(number) for number in range(rules)}, types, scene="bench", by=by
    )
    targets = _things(things)
    speaker = Speaker(1, "D", True, 60, 1, True, True, 0, 0, {}, None, {})
    chance, watch, size = random.Random(1), Watch(0), things // BATCHES + 1

    def minute(number: int) -> float:
        readings = []
        for place, target in enumerate(targets):
            at = START + number * MINUTE + place
            level = chance.random() * 4
            readings.append(Reading(speaker, target, at, at, level, None, None, "accepted", False))
        gc.collect()
        started = time.process_time()
        for start in range(0, things, size):
            part = readings[start : start + size]
            watch.prepare(part[-1].received)
            with transaction.atomic():
                watch.take(part)
        return time.process_time() - started

    minute(0)
    before = Firing.objects.count()
    return {"rules": rules, "things": things, "seconds": minute(1), "raised": Firing.objects.count() - before}


def main() -> None:
    """Measure each size; the last line of output is JSON."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        os.environ["BEICHEN_DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        sizes = [tuple(map(int, word.split("x"))) for word in sys.argv[1:]]
        print(json.dumps([measure(*size) for size in sizes]))


if __name__ == "__main__":
    main()
