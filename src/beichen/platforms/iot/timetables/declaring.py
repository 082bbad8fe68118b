"""Declaring timetables of scenes: groups that follow one are told what it says anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.platforms.iot.models import Following, Timetable
from beichen.platforms.iot.timetables.following import reckon


@transaction.atomic
def declare_timetables(declared: Mapping[str, Mapping[str, Any]], *, scene: str, by: Actor) -> Changes:
    """Make the timetables of ``scene`` equal ``declared``.

    A group that follows one that is no longer declared follows it on as it was, until somebody says
    otherwise: a scene that is removed leaves no street dark.
    """
    now, changes = timezone.now(), Changes()
    rows = {row.key: row for row in Timetable.objects.filter(scene=scene)}
    for short, facts in declared.items():
        key = f"{scene}.{short}"
        values = {
            "name": facts["name"]["zh"],
            "name_en": facts["name"]["en"],
            "type": facts["of"],
            "entries": list(facts["entries"]),
            "is_current": True,
        }
        _write(rows.get(key), key, scene, values, now, changes)
    for key, row in rows.items():
        if row.is_current and key.partition(".")[2] not in declared:
            row.is_current, row.changed_at = False, now
            row.save(update_fields=["is_current", "changed_at"])
            changes.removed.append(key)
    if changes:
        detail = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        audit.record(by, "iot.timetable.declare", f"platforms_iot.timetable:{scene}", detail=detail)
    return changes


def _write(
    row: Timetable | None, key: str, scene: str, values: dict[str, Any], now: datetime, changes: Changes
) -> None:
    if row is None:
        Timetable.objects.create(key=key, scene=scene, changed_at=now, **values)
        changes.added.append(key)
        return
    if all(getattr(row, name) == value for name, value in values.items()):
        changes.unchanged += 1
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.changed_at = row.version + 1, now
    row.save()
    for following in Following.objects.filter(timetable=row, entries__isnull=True).select_related(
        "timetable"
    ):
        reckon(following, now)
        following.save(update_fields=["next_at"])
    changes.changed.append(key)
