"""The receipt of a load: what became of it, in one transaction with its audit record and its event."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.files import service as files
from beichen.kernel.levels import Level
from beichen.platforms.warehouse.days import Days
from beichen.platforms.warehouse.models import Receipt, ReceiptKind, WarehouseTable
from beichen.platforms.warehouse.quality import check_load, keep_results
from beichen.platforms.warehouse.rows import Intake

TOLD = {ReceiptKind.APPEND, ReceiptKind.UPSERT, ReceiptKind.FORGET}
KEPT_REFUSED = 10_000  # refused rows that are kept with their reasons; all are counted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a commit did: the version, whether it made it, rows changed, rows more than before, days."""

    version: int
    is_written: bool
    changed: int
    added: int
    touched: Days | None


def record(
    row: WarehouseTable,
    kind: ReceiptKind,
    intake: Intake,
    outcome: Outcome,
    *,
    by: Actor,
    source: str,
    load: str,
) -> Receipt:
    """The receipt of a load, kept; its refused rows put aside, its checks asked."""
    results = check_load(row, intake.accepted, outcome.version) if outcome.is_written else []
    with transaction.atomic():
        receipt = _receipt(row, kind, outcome, by, source, load)
        receipt.read, receipt.accepted = intake.read, intake.accepted.num_rows
        receipt.refused = len(intake.refused)
        if intake.refused:
            receipt.refused_file = _aside(row, intake, by)
        _keep(row, receipt, outcome, by)
        keep_results(row, results, receipt, by=by)
    return receipt


def record_act(row: WarehouseTable, kind: ReceiptKind, outcome: Outcome, *, by: Actor) -> Receipt:
    """The receipt of an act that brought no rows: upon columns, files, or rows that grew old."""
    with transaction.atomic():
        receipt = _receipt(row, kind, outcome, by, "platforms/warehouse", "")
        _keep(row, receipt, outcome, by)
    return receipt


def _receipt(
    row: WarehouseTable, kind: ReceiptKind, outcome: Outcome, by: Actor, source: str, load: str
) -> Receipt:
    return Receipt(
        table=row,
        kind=kind,
        load=load,
        source=source[:200],
        by=by.key,
        at=timezone.now(),
        version=outcome.version,
        is_written=outcome.is_written,
        changed=outcome.changed,
        touched=outcome.touched,
    )


def _aside(row: WarehouseTable, intake: Intake, by: Actor) -> str:
    """Where the refused rows lie: a file of the table's level."""
    content = io.BytesIO(intake.document(KEPT_REFUSED))
    level = Level(max([row.level, *(column.level for column in row.facts.columns)]))
    return files.store(content, f"{row.name}-refused.json", by=by, level=level).code


def _keep(row: WarehouseTable, receipt: Receipt, outcome: Outcome, by: Actor) -> None:
    """Write the receipt, what lists show of the table, the audit record; tell what was changed."""
    receipt.save(force_insert=True)
    resource = f"platforms_warehouse.warehousetable:{row.name}"
    detail = {
        "load": receipt.load,
        "source": receipt.source,
        "version": receipt.version,
        "read": receipt.read,
        "accepted": receipt.accepted,
        "refused": receipt.refused,
        "changed": receipt.changed,
    }
    audit.record(by, f"tables.{receipt.kind}", resource, detail=detail)
    if not receipt.is_written:
        return
    known = WarehouseTable.objects.filter(pk=row.pk)
    known.update(rows=F("rows") + outcome.added, written_at=receipt.at)
    known.filter(version__lt=receipt.version).update(version=receipt.version)
    if receipt.kind in TOLD:
        level = min(row.level, Level.L2)  # the numbers alone
        publish("warehouse.table.loaded", row.name, {**detail, "kind": receipt.kind}, by=by, level=level)
