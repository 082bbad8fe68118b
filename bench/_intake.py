"""One database's measurements of the intake, in a process of its own; prints rows as JSON."""

from __future__ import annotations

import json
import random
import statistics
import time
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import django

from bench._announced import measure, session
from bench._registry import Bare, Recorder, emit, serve

SIZES = (1_000, 10_000, 100_000)
REPORTS, CHECKS, WARM = 200, 300, 10
TEXT = "路面有一个大坑，来往车辆很危险，请尽快处理"
SIDE = 0.3  # degrees: a city's built-up area


def _place(chance: random.Random) -> tuple[float, float]:
    return 125.2 + chance.random() * SIDE, 43.75 + chance.random() * SIDE


def _fill(size: int) -> None:
    """Open cases up to ``size``, over the city and the last three days."""
    from django.db import connection
    from django.utils import timezone

    from beichen.hubs.events.intake.places import cell_of
    from beichen.hubs.events.models import Case, CaseDesk
    from beichen.hubs.events.tests import city

    model = Case.objects.order_by("id").first() or city.report().case
    chance, now = random.Random(size), timezone.now()
    for first in range(Case.objects.count(), size, 5_000):
        rows = []
        for number in range(first, min(size, first + 5_000)):
            longitude, latitude = _place(chance)
            row = Case(
                **{field.attname: getattr(model, field.attname) for field in Case._meta.concrete_fields}
            )
            row.pk, row.code = None, f"B{number:015}"
            row.longitude, row.latitude, row.cell = longitude, latitude, cell_of(longitude, latitude)
            row.opened_at = now - timedelta(minutes=chance.random() * 4_000)
            rows.append(row)
        made = Case.objects.bulk_create(rows, batch_size=400)
        CaseDesk.objects.bulk_create(
            [CaseDesk(case=row, body_id=model.centre_id, part="centre") for row in made], batch_size=400
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _post(client: HTTPConnection, key: str, chance: random.Random) -> tuple[str, float]:
    """Send a report; its code, and the seconds until it was answered."""
    longitude, latitude = _place(chance)
    values = {"service_code": "works.road-damaged", "description": TEXT, "long": longitude, "lat": latitude}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {key}"}
    start = time.perf_counter()
    client.request("POST", "/open311/v2/requests.json", urlencode(values), headers)
    answer = client.getresponse()
    body = answer.read()
    taken = time.perf_counter() - start
    if answer.status != 201:
        raise SystemExit(f"{answer.status} {body[:300]!r}")
    return json.loads(body)[0]["service_request_id"], taken


def _bare_seconds(chance: random.Random) -> float:
    """The median seconds of one report's statements by the bare driver."""
    from django.db import connection
    from django.utils import timezone

    from beichen.hubs.events import service
    from beichen.hubs.events.tests import city

    bare = Bare()
    taken = []
    for _ in range(REPORTS // 4):
        longitude, latitude = _place(chance)
        draft = replace(_draft(), longitude=longitude, latitude=latitude)
        recorder = Recorder()
        with connection.execute_wrapper(recorder):
            service.receive(draft, by=city.SETUP, now=timezone.now())
        writes = [
            one for one in recorder.statements if one[0].lstrip().upper().startswith(("INSERT", "UPDATE"))
        ]
        taken.append(bare.run(writes))
    bare.connection.close()
    return statistics.median(taken)


def _draft() -> Any:
    from beichen.hubs.events import service
    from beichen.hubs.events.pages import Channel

    return service.ReportDraft(channel=Channel.OPEN311, text=TEXT, kind="works.road-damaged")


def _duplicates(size: int, vendor: str) -> dict[str, Any]:
    from django.utils import timezone

    from beichen.hubs.events.intake.duplicates import same_case
    from beichen.hubs.events.intake.places import cell_of
    from beichen.hubs.events.kinds.declaration import read_kind
    from beichen.hubs.events.models import Case, EventKind

    rule = read_kind(EventKind.objects.get(key="works.road-damaged").declared).same_as
    chance, now = random.Random(3), timezone.now()
    keys = list(Case.objects.values_list("pk", flat=True)[:CHECKS])
    ours, peer, found = [], [], 0
    for number in range(CHECKS):
        longitude, latitude = _place(chance)
        draft = replace(_draft(), longitude=longitude, latitude=latitude)
        start = time.perf_counter()
        found += same_case(draft, cell_of(longitude, latitude), rule, now) is not None
        middle = time.perf_counter()
        Case.objects.get(pk=keys[number % len(keys)])
        peer.append(time.perf_counter() - middle)
        ours.append(middle - start)
    return {
        "case": f"{vendor}: duplicate check among open cases",
        "size": size,
        "ours_seconds": statistics.median(ours),
        "peer": "one case by its key",
        "peer_seconds": statistics.median(peer),
        "figures": {"joined of 100": round(100 * found / CHECKS, 1)},
    }


def _reports(size: int, vendor: str, key: str) -> dict[str, Any]:
    chance = random.Random(size + 1)
    with serve("--factory", "beichen.house.web:application") as house:
        taken = [_post(house, key, chance)[1] for _ in range(REPORTS + WARM)][WARM:]
    median = statistics.median(taken)
    return {
        "case": f"{vendor}: a report over Open311",
        "size": size,
        "ours_seconds": median,
        "peer": "bare inserts of the same rows",
        "peer_seconds": _bare_seconds(chance),
        "figures": {
            "reports/s": round(len(taken) / sum(taken), 1),
            "p99 ms": round(statistics.quantiles(taken, n=100)[98] * 1000, 1),
        },
    }


def main() -> None:
    """Everything on the configured database."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from beichen.hubs.events.tests import city
    from beichen.kernel.access.service import create_client

    call_command("migrate", verbosity=0)
    city.build()
    _cover_with_a_district()
    key = create_client("bench", "Bench", "public", by=city.SETUP)
    cookie = session()
    for size in SIZES:
        _fill(size)
        emit(_duplicates(size, connection.vendor))
        emit(_reports(size, connection.vendor, key))
        with serve("--factory", "beichen.house.web:application") as house:
            for row in measure(
                house, lambda chance: _post(house, key, chance), cookie, size, connection.vendor
            ):
                emit(row)


def _cover_with_a_district() -> None:
    """One area that holds every place, so that a report finds its district as it does in a city."""
    from beichen.hubs.events.tests import city
    from beichen.platforms.geo import service as geo

    ring = [[125.0, 43.5], [126.0, 43.5], [126.0, 44.5], [125.0, 44.5], [125.0, 43.5]]
    feature = {
        "type": "Feature",
        "properties": {"code": city.EAST},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    facts = geo.LayerFacts(
        "districts", "区", "Districts", "polygon", "invented", "none", "none", "districts.geojson", content,
        region_property="code",
    )  # fmt: skip
    geo.install_layers([facts], owner="city:bench", by=city.SETUP)


if __name__ == "__main__":
    main()
