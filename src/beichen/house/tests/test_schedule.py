"""What the house does by the clock for rooms that cannot name jobs."""

from __future__ import annotations

import pytest
from django.db import connection

from beichen.house.schedule import refresh_statistics
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.jobs.models import Schedule


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at its tables by itself")
@pytest.mark.django_db
def test_sqlite_sees_how_its_tables_have_grown() -> None:
    Schedule.objects.create(name="test", cron="* * * * *", next_at="2026-01-01T00:00:00Z")
    refresh_statistics.call()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl, stat FROM sqlite_stat1")
        found = dict(cursor.fetchall())
    assert found[Schedule._meta.db_table].startswith("1 ")
    assert OutboxEvent._meta.db_table not in found  # an empty table says nothing
