"""Say of the intervals that are kept when they began: their keys tell it. Going back leaves them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import migrations

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def say(apps: Any, _editor: Any) -> None:
    """SERIES.MICROSECONDS.DIGEST, a thousand rows at a time."""
    told = apps.get_model("platforms_iot_sensorthings", "Told")
    rows = told.objects.filter(until__isnull=False, since__isnull=True).only("pk", "key").order_by("pk")
    last = 0
    while part := list(rows.filter(pk__gt=last)[:1000]):
        last = part[-1].pk
        for row in part:
            row.since = EPOCH + timedelta(microseconds=int(row.key.split(".")[1]))
        told.objects.bulk_update(part, ["since"])


class Migration(migrations.Migration):
    """Data alone."""

    dependencies = [("platforms_iot_sensorthings", "0002_what_intervals_are")]
    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
