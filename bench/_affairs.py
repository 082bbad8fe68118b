"""Affairs that run, as many as are wanted: what :mod:`bench._processes` asks its lists among.

The first block is made by Django, the others are copied from it by the database itself: a million affairs
in a minute. Each has a step that waits at a body and one that is done; one in a thousand is of a rare kind,
of one the step's clock stands still, and one is taken on.
"""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

from beichen.fronts.services.affair.leads import lead_of
from beichen.fronts.services.models import Affair, AffairBody, Definition, Task
from beichen.fronts.services.tests.town import CITY
from beichen.kernel.org.models import Body, Region

BLOCK = 10_000
RARE = "rare"
_APART: dict[int, dict[str, Any]] = {1: {"is_paused": True}, 2: {"standing": "taken"}}
_firsts: dict[type[models.Model], int] = {}


def add(held: int, size: int) -> None:
    """Let there be ``size`` of them, where ``held`` are there; both are whole blocks."""
    if not held:
        _make()
    for number in range(max(held, BLOCK), size, BLOCK):
        _copy(number // BLOCK)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Affair, Task, AffairBody]):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def _definitions() -> tuple[Definition, Definition]:
    """The town's process, and one that is as it but rare."""
    usual = Definition.objects.get(is_newest=True)
    rare = Definition.objects.get(pk=usual.pk)
    rare.pk, rare.key, rare.name, rare.name_en = None, RARE, "罕见事项", "Rare"
    rare.save()
    return usual, rare


def _make() -> None:
    """The first block."""
    (usual, rare), region = _definitions(), Region.objects.get(code=CITY)
    bodies, begun = list(Body.objects.exclude(key="government")), timezone.now() - timedelta(days=2)
    affairs = Affair.objects.bulk_create(
        Affair(
            code=f"2025-{number}",
            definition=usual if number % 1000 else rare,
            version=2,
            title=f"项目{number}",
            subject=f"FIRM-{number % 5000}",
            region=region,
            opened_at=begun + timedelta(seconds=number),
            promised_at=begun + timedelta(days=10, seconds=number),
            recorded_version=2,
        )
        for number in range(BLOCK)
    )
    tasks, seen = [], []
    for number, affair in enumerate(affairs):
        body = random.choice(bodies)
        apart = _APART.get(number % 1000, {})
        due = affair.opened_at + timedelta(seconds=random.randrange(86_400, 9 * 86_400))
        shared: dict[str, Any] = {
            "affair": affair,
            "lane": "window",
            "name": "审查",
            "name_en": "Review",
            "body": body,
            "region": region,
            "opened_at": affair.opened_at,
            "warn_at": due - timedelta(hours=6),
            "lead": lead_of(due - timedelta(hours=6), due),
            "due_at": due,
        }
        tasks += [
            Task(number=1, engine_id=uuid.uuid4(), step="check", closed_at=due, standing="done", **shared),
            Task(number=2, engine_id=uuid.uuid4(), step="review", **shared, **apart),
        ]
        seen.append(AffairBody(affair=affair, body=body))
    for rows in (affairs, Task.objects.bulk_create(tasks), AffairBody.objects.bulk_create(seen)):
        _firsts[type(rows[0])] = min(row.pk for row in rows)


def _copy(number: int) -> None:
    """The first block once more, with other keys and codes."""
    shift = number * BLOCK
    _copy_rows(Affair, BLOCK, shift, code=f"'2025-' || (id + {shift})")
    _copy_rows(Task, 2 * BLOCK, 2 * shift, affair_id=f"affair_id + {shift}")
    _copy_rows(AffairBody, BLOCK, shift, affair_id=f"affair_id + {shift}")


def _copy_rows(model: type[models.Model], size: int, shift: int, **changed: str) -> None:
    first = _firsts[model]
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    taken = [f"id + {shift}" if column == "id" else changed.get(column, f'"{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {", ".join(taken)} FROM "{table}"'
            f" WHERE id >= {first} AND id < {first + size}"
        )
