"""How the database answers the console: by an index, never by reading every case or every desk."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="plans are read as SQLite words them")
BARE = re.compile(r"^SCAN (hubs_events_case|hubs_events_casedesk|hubs_events_report|hubs_events_caseevent)\b")
ADDRESSES = (
    "/console",
    "/console?time=overdue",
    "/console?time=soon",
    "/console?time=waiting",
    "/console?stage=accept",
    "/console?stage=closed",
    "/console?grade=1",
    "/console?district=/990100/990102/",
    "/console?kind=works.road-damaged",
    "/console?kind=none",
    "/console?desk=east",
    "/console?mine=yes",
    "/console?q=2025",
    "/console?q=坑",
    "/console?sort=code",
    "/console?sort=-opened",
    "/console?sort=-due",
    "/console?sort=grade",
    "/console?sort=-grade",
    "/console?sort=opened",
    "/console/cases/{code}",
    "/console/board",
    "/console/wall",
    "/console/map",
    "/console/map?cell={cell}",
    "/console/map.json?bbox=125,43,126,44&zoom=9",
    "/desk",
)


def plan_of(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        raw = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        return [row[3] for row in raw.fetchall()]


def test_no_page_reads_every_case(attendant: Client) -> None:
    """One test for all: each page's statements, and how each is answered."""
    row = city.report(now=timezone.now(), longitude=125.3, latitude=43.8).case
    bare = []
    for address in ADDRESSES:
        cache.clear()
        path = address.format(code=row.code, cell=f"{Case.objects.get(pk=row.pk).cell:x}")
        with CaptureQueriesContext(connection) as asked:
            assert attendant.get(path).status_code == 200
        statements = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT")]
        bare += [
            (address, step, statement)
            for statement in statements
            for step in plan_of(statement)
            if BARE.match(step) and "INDEX" not in step
        ]
    assert bare == []


@pytest.mark.parametrize(
    ("address", "index"),
    [
        ("/console?sort=grade", "case_grade"),
        ("/console?sort=-grade", "case_grade"),
        ("/console?sort=due", "case_due"),
        ("/console?sort=-opened", "case_newest"),
        ("/console?sort=-opened&kind=works.road-damaged", "case_kind"),
        ("/console?stage=accept", "case_stage"),
    ],
)
def test_an_order_is_read_from_its_index(attendant: Client, address: str, index: str) -> None:
    city.report(now=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        assert attendant.get(address).status_code == 200
    ordered = [
        one["sql"] for one in asked.captured_queries if " ORDER BY " in one["sql"] and " LIMIT " in one["sql"]
    ]
    plans = [plan_of(one) for one in ordered if 'FROM "hubs_events_case"' in one]
    assert any(any(index in step for step in plan) for plan in plans)
    assert not any("TEMP B-TREE FOR ORDER BY" in step for plan in plans for step in plan)
