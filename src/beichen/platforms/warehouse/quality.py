"""Checks of quality: asked of what a load brought, or of the whole table; kept, and told when one fails.

Each is one question that counts what is wrong. What can be seen in the rows of a load (ranges, words,
references) is asked of these alone; keys that stand twice are looked up for the keys of the load; how fresh
a table is, and what an author asks in SQL, is asked of the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import Draft, publish_many
from beichen.kernel.levels import Level
from beichen.kernel.scene.durations import duration
from beichen.platforms.warehouse.facts import Check, CheckKind
from beichen.platforms.warehouse.models import CheckResult, Receipt, WarehouseTable
from beichen.platforms.warehouse.naming import table
from beichen.platforms.warehouse.reading import Reader, reader
from beichen.problem import ProblemError, kept

LOADED = "loaded"


def check_load(row: WarehouseTable, rows: Any, version: int) -> list[CheckResult]:
    """What the checks find in ``rows``, which ``version`` of the table holds; not kept yet."""
    checks = row.facts.checks
    if not checks:
        return []
    with reader({row.name: version}) as ask:
        ask.register(LOADED, rows)
        return [_asked(ask, row, check, version, LOADED) for check in checks]


def check_table(name: str, *, by: Actor) -> list[CheckResult]:
    """Ask every check of the whole table and keep what they find. Raises ProblemError WHS-404."""
    row = table(name)
    with reader() as ask:
        results = [_asked(ask, row, check, row.version, row.name) for check in row.facts.checks]
    with transaction.atomic():
        keep_results(row, results, None, by=by)
        detail = {"checks": len(results), "failed": sum(map(is_failed, results))}
        audit.record(by, "tables.check", f"platforms_warehouse.warehousetable:{name}", detail=detail)
    return results


def is_failed(result: CheckResult) -> bool:
    """Whether rows were wrong, or the check could not be asked."""
    return bool(result.failed or result.problem)


def keep_results(
    row: WarehouseTable, results: Sequence[CheckResult], receipt: Receipt | None, *, by: Actor
) -> None:
    """Keep what checks found, in the caller's transaction, and tell of those that failed."""
    for result in results:
        result.receipt = receipt
    CheckResult.objects.bulk_create(results)
    level = min(row.level, Level.L2)
    publish_many(
        [
            Draft(
                "warehouse.check.failed",
                row.name,
                {"check": result.check_key, "failed": result.failed, "version": result.version},
                level=level,
            )
            for result in results
            if is_failed(result)
        ],
        by=by,
    )


def _asked(ask: Reader, row: WarehouseTable, check: Check, version: int, rows: str) -> CheckResult:
    result = CheckResult(
        table=row, check_key=check.key[:300], at=timezone.now(), version=version, failed=0, problem=None
    )
    try:
        result.failed = int(ask.sql(question(check, row.name, rows)).column(0)[0].as_py() or 0)
    except ProblemError as error:
        result.problem = kept(error.problems[0])
    return result


def question(check: Check, table_name: str, rows: str) -> str:
    """The SQL that counts what is wrong with ``rows``, which are the table's or those of a load."""
    column = f'"{check.columns[0]}"' if check.columns else ""
    if check.kind is CheckKind.UNIQUE:
        names = ", ".join(f'"{name}"' for name in check.columns)
        filled = " AND ".join(f'"{name}" IS NOT NULL' for name in check.columns)
        some = f"SEMI JOIN {rows} USING ({names})" if rows != table_name else ""
        twice = f'SELECT {names} FROM "{table_name}" {some} WHERE {filled} GROUP BY ALL HAVING count(*) > 1'
        return f"SELECT count(*) FROM ({twice}) AS twice"
    if check.kind is CheckKind.RANGE:
        ends = [f"{column} < {check.least!r}"] if check.least is not None else []
        ends += [f"{column} > {check.most!r}"] if check.most is not None else []
        return _count(rows, " OR ".join(ends))
    if check.kind is CheckKind.ACCEPTED:
        return _count(rows, f"{column} NOT IN ({', '.join(map(_literal, check.values))})")
    if check.kind is CheckKind.REFERENCES:
        known = f'SELECT "{check.to}" FROM "{check.table}" WHERE "{check.to}" IS NOT NULL'
        return _count(rows, f"{column} IS NOT NULL AND {column} NOT IN ({known})")
    if check.kind is CheckKind.FRESH:
        since = (timezone.now() - duration(check.within)).isoformat()
        late = f"coalesce(max({column}) < TIMESTAMPTZ '{since}', true)"
        return f'SELECT CAST({late} AS INTEGER) FROM "{table_name}"'
    return f"SELECT count(*) FROM ({check.sql.strip().rstrip(';')}) AS wrong"


def _count(rows: str, condition: str) -> str:
    return f'SELECT count(*) FROM "{rows}" WHERE {condition}'


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
