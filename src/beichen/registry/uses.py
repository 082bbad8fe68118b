"""How many present objects use which attribute: kept with every write, read by discovery and by queries."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from beichen.registry.models import AttributeUse

Uses = Counter[tuple[int, str, str]]  # (type, attribute, attribute type) → change

_STATEMENT = f"""
    INSERT INTO {AttributeUse._meta.db_table} (type_id, attribute, form, count) VALUES (%s, %s, %s, %s)
    ON CONFLICT (type_id, attribute, form) DO UPDATE
    SET count = {AttributeUse._meta.db_table}.count + excluded.count
"""


def count_uses(changes: Uses) -> None:
    """Add the differences to the counts, in one order so that writers do not wait in a circle."""
    rows = [(*key, change) for key, change in sorted(changes.items()) if change]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_STATEMENT, rows)
