"""The process that :mod:`bench.console` starts: fills the event hub and asks the console's pages."""

from __future__ import annotations

import json
import random
import secrets
import sys
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import django

from bench.measure import Row, seconds

if TYPE_CHECKING:
    from django.test import Client

    from beichen.hubs.events.models import Case

SIZES = (1_000, 10_000, 100_000)
TIMES = 5
BATCH = 2_000
STAGES = (("handle", 60), ("accept", 15), ("dispatch", 10), ("verify", 8), ("answer", 4), ("rate", 3))
KINDS = {
    "works.road": {"name": {"zh": "道路破损", "en": "Damaged road"}, "public": True, "same_as": None},
    "works.pipe": {"name": {"zh": "管道漏水", "en": "Leaking pipe"}, "public": True, "same_as": None},
    "works.noise": {"name": {"zh": "噪声扰民", "en": "Noise"}, "public": True, "same_as": None},
}
WHOLE = (
    "/console",
    "/console?page=100",
    "/console?time=overdue",
    "/console?time=soon",
    "/console?stage=verify",
    "/console?grade=1",
    "/console?district={district}",
    "/console?kind=works.pipe",
    "/console?desk={desk}",
    "/console?mine=yes",
    "/console?sort=-opened",
    "/console?sort=code",
    "/console?q=2025",
    "/console?q=漏水",
    "/console?q=没有这样的词",
    "/console?stage=closed",
    "/console/cases/{code}",
    "/console/map",
    "/console/map?cell={cell}",
    "/console/map.json?bbox=124,43,127,45&zoom=9",
    "/desk",
)
COUNTED = ("/console/board", "/console/wall", "/console/map.json?bbox=124,43,127,45&zoom=14")
OF_ONE = ("/console", "/desk", "/console/board")


def main() -> None:
    """Load the city, add cases, measure; the last line of output is the rows as JSON."""
    django.setup()
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    clients = _people()
    rows: list[Row] = []
    for size in SIZES:
        _fill(size)
        rows += _measured(size, *clients)
        print(f"{size} done", file=sys.stderr)
    print(json.dumps([asdict(row) for row in rows]))


def _people() -> tuple[Client, Client]:
    from django.core.management import call_command
    from django.test import Client

    from beichen.hubs.events import service as events
    from beichen.kernel.access.models import Account
    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.org.models import Body
    from beichen.kernel.org.service import appoint, city_region, register_person
    from beichen.kernel.scene import service as packages
    from beichen.kernel.scene.section import PackageKind

    call_command("migrate", verbosity=0)
    by = system("bench")
    load_roles(by=by)
    packages.install(packages.find_package("changchun", PackageKind.CITY), by=by, kind=PackageKind.CITY)
    kinds = {key: {name: value for name, value in kind.items() if value} for key, kind in KINDS.items()}
    events.declare_kinds(kinds, scene="works", by=by)
    city = city_region()
    assert city is not None
    found = []
    for role, key in (("attendant", "city-government"), ("officer", "transport-bureau")):
        person = register_person(role, by=by)
        appoint(person, role, Body.objects.get(key=key), city, by=by)
        account = Account.objects.create_user(role, password=secrets.token_hex(), person=person)
        client = Client(headers={"host": "localhost"})
        client.force_login(account)
        found.append(client)
    return found[0], found[1]


def _fill(size: int) -> None:
    """Open cases up to ``size``, and a fifth as many closed ones, each with the bodies that take part."""
    import h3.api.basic_int as h3
    from django.db import connection, transaction
    from django.utils import timezone

    from beichen.hubs.events import service as events
    from beichen.hubs.events.models import Case, CaseDesk, EventKind
    from beichen.hubs.events.pages import Channel
    from beichen.kernel.actor import system
    from beichen.kernel.org.models import Body, Region

    chance = random.Random(size)
    bodies = list(Body.objects.filter(is_current=True, kind="department").order_by("path"))[:40]
    if not any(body.key == "transport-bureau" for body in bodies):
        bodies.append(Body.objects.get(key="transport-bureau"))
    centre = Body.objects.get(key="city-government")
    regions = list(Region.objects.filter(level__in=("street", "community", "county"), is_current=True))
    kinds, now = list(EventKind.objects.all()), timezone.now()
    draft = events.ReportDraft(Channel.WEB, "路面有一个大坑，请尽快处理", kind=kinds[0].key)
    state = events.receive(draft, by=system("bench"), now=now).case.state
    stages = [stage for stage, weight in STAGES for _ in range(weight)]

    def one(number: int, is_open: bool) -> Case:
        stage = chance.choice(stages) if is_open else "closed"
        longitude, latitude = chance.gauss(125.32, 0.06), chance.gauss(43.88, 0.05)
        opened = now - timedelta(minutes=chance.random() * 60 * 24 * 45)
        has_desk = stage not in {"accept", "dispatch"}
        is_waiting = stage == "handle" and chance.random() < 0.05
        has_clock = stage not in {"rate", "closed"} and not is_waiting
        kind = chance.choice(kinds)
        return Case(
            code=f"{opened:%Y%m%d}-{number:06X}",
            version=3,
            kind=kind,
            title=f"{kind.name}{number}号，请尽快处理",
            text="路面有一个大坑，请尽快处理。" * 4,
            longitude=longitude,
            latitude=latitude,
            cell=int(h3.latlng_to_cell(latitude, longitude, 10)),
            region=chance.choice(regions),
            centre=centre,
            desk=chance.choice(bodies) if has_desk else None,
            grade=chance.choices((1, 2, 3, 4), (1, 5, 24, 70))[0],
            stage=stage,
            is_open=is_open,
            is_waiting=is_waiting,
            due_at=now + timedelta(hours=chance.gauss(30, 40)) if has_clock else None,
            opened_at=opened,
            state=state,
        )

    with transaction.atomic():
        first = Case.objects.count()
        missing = size - Case.objects.filter(is_open=True).count()
        marks = [True] * missing + [False] * (missing // 5)
        for start in range(0, len(marks), BATCH):
            rows = [
                one(first + start + place, mark) for place, mark in enumerate(marks[start : start + BATCH])
            ]
            Case.objects.bulk_create(rows)
            events.add_titles((row.pk, row.title) for row in rows)
            desks = [CaseDesk(case=row, body=centre, part="centre") for row in rows]
            desks += [CaseDesk(case=row, body=row.desk, part="lead") for row in rows if row.desk is not None]
            CaseDesk.objects.bulk_create(desks)
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")  # as autovacuum does


def _measured(size: int, attendant: Client, officer: Client) -> list[Row]:
    from django.core.cache import cache

    from beichen.hubs.events.models import Case

    some = Case.objects.select_related("desk").filter(is_open=True, stage="handle", cell__isnull=False)[50]
    values = _addresses(some)
    rows = [_row(attendant, path.format(**values), path, size, "") for path in WHOLE]
    rows += [_row(attendant, path, path, size, "counted anew", cache.clear) for path in COUNTED]
    rows += [_row(officer, path, path, size, "one bureau", cache.clear) for path in OF_ONE]
    return rows


def _addresses(some: Case) -> dict[str, str]:
    import h3.api.basic_int as h3

    from beichen.kernel.org.models import Region

    district = Region.objects.filter(level="county", is_current=True).order_by("code")[0]
    assert some.desk is not None
    cell = h3.int_to_str(h3.cell_to_parent(some.cell, 9))
    return {
        "district": district.path,
        "desk": some.desk.key if some.desk else "",
        "code": some.code,
        "cell": cell,
    }


def _row(client: Client, path: str, case: str, size: int, note: str, before: Any = None) -> Row:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ask() -> None:
        if before is not None:
            before()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    ask()
    ours = seconds(ask, TIMES)
    with CaptureQueriesContext(connection) as asked:
        ask()
    statements = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT")]
    peer = seconds(partial(_bare, statements), TIMES)
    figures = {"queries": float(len(asked))}
    name = f"{case} ({note})" if note else case
    if connection.vendor == "postgresql":
        name += " on PostgreSQL"
    return Row(name, size, ours, "the same SQL, bare", peer, figures=figures)


def _bare(statements: list[str]) -> None:
    """The statements as the page sent them."""
    from django.db import connection

    connection.ensure_connection()
    raw: Any = connection.connection
    for statement in statements:
        raw.execute(statement).fetchall()


if __name__ == "__main__":
    main()
