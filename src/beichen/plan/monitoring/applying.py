"""Files of values brought in: kept with what was read, applied as a whole or not at all.

Applying reads the file's rows against what is known by then, so that a value recorded in between is seen.
Where another source states another value, the caller says for each period which one holds; the other one is
set aside and stays readable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from io import BytesIO
from typing import Literal

from django.db import transaction
from django.utils import timezone

from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import IndicatorFacts, ValueFacts, define_indicators, record_values
from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.files.service import store
from beichen.plan.models import Plan
from beichen.plan.monitoring.codes import NO_FILE, NOT_OPEN, UNDECIDED
from beichen.plan.monitoring.following import follow
from beichen.plan.monitoring.intake import Entry, compare, read_values
from beichen.plan.monitoring.models import FileState, SetAside, ValueFile
from beichen.plan.monitoring.naming import own_indicators
from beichen.plan.service import Standing, standings
from beichen.problem import Problem, ProblemError, Where, kept, said, shorten

RECORD = permission("plan.value.record", "报送指标数据", "Record values of indicators")
Choice = Literal["file", "held"]


def file_of(plan: Plan, number: int) -> ValueFile:
    """A file of values. Raises ProblemError PLN-510."""
    found = ValueFile.objects.filter(plan=plan, pk=number).select_related("plan__region").first()
    if found is None:
        raise ProblemError(Problem(NO_FILE, said("no file of values has the number {number}", number=number)))
    return found


def entries_of(row: ValueFile) -> list[Entry]:
    """The rows that were understood."""
    return [Entry(**entry) for entry in row.rows]


def bring_file(plan: Plan, content: bytes, name: str, *, by: Actor) -> ValueFile:
    """Read a file and keep it with everything that is right and wrong with it; no value is recorded.

    Raises ProblemError: ACC-403, and what the store of files refuses (FIL-101 to 104).
    """
    require(by, RECORD, plan)
    reading = read_values(plan, content, name)
    stored = store(BytesIO(content), name, by=by, region=plan.region) if reading.entries else None
    with transaction.atomic():
        row = ValueFile.objects.create(
            plan=plan,
            name=name[-200:],
            digest=hashlib.sha256(content).hexdigest(),
            stored=stored,
            state=FileState.CHECKED if reading.is_sound else FileState.REFUSED,
            rows=[asdict(entry) for entry in reading.entries],
            problems=[kept(problem) for problem in reading.problems],
            brought_by=by.key,
            brought_at=timezone.now(),
        )
        detail = {"rows": len(reading.entries), "problems": len(reading.problems), "hash": row.digest}
        audit.record(by, "plan.value.bring", f"plan_monitoring.valuefile:{row.pk}", detail=detail)
    return row


@transaction.atomic
def apply_file(row: ValueFile, choices: Mapping[str, Choice], *, reason: str = "", by: Actor) -> Changes:
    """Record every value of a sound file, or none.

    ``choices`` decides each disagreement by ``indicator region period``: ``file`` or ``held``. Raises
    ProblemError: ACC-403, PLN-508 with both values for each disagreement without a choice or a reason,
    PLN-509 for a file with mistakes or one that was applied before.
    """
    require(by, RECORD, row.plan)
    held = ValueFile.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.state != FileState.CHECKED:
        message = said("the file is {state}", state=held.state)
        raise ProblemError(Problem(NOT_OPEN, shorten(message), hint=said("bring it in again")))
    entries = entries_of(held)
    _renew(entries)
    _refuse_undecided(entries, choices, reason)
    taken = [entry for entry in entries if _is_taken(entry, choices)]
    _set_aside(row.plan, entries, choices, reason, by)
    _define_own(row.plan, [entry for entry in taken if entry.line], by)
    facts = [_fact(entry) for entry in taken if entry.kind != "confirmed"]
    changes = record_values(facts, owner=f"file:{held.pk}", by=by)
    held.state, held.applied_by, held.applied_at = FileState.APPLIED, by.key, timezone.now()
    held.rows = [asdict(entry) for entry in entries]
    held.save(update_fields=["state", "applied_by", "applied_at", "rows"])
    audit.record(
        by, "plan.value.apply", f"plan_monitoring.valuefile:{held.pk}", detail=changes.counts(), reason=reason
    )
    follow(row.plan, "data.value.recorded", by=by)
    return changes


def _renew(entries: list[Entry]) -> None:
    """Compare the rows with what is known now."""
    for entry in entries:
        entry.kind, entry.held, entry.held_source = "new", "", ""
    compare(entries)


def _is_taken(entry: Entry, choices: Mapping[str, Choice]) -> bool:
    return entry.kind != "disagreement" or choices.get(entry.identity) == "file"


def _refuse_undecided(entries: list[Entry], choices: Mapping[str, Choice], reason: str) -> None:
    problems = []
    for entry in entries:
        if entry.kind != "disagreement" or (
            choices.get(entry.identity) in ("file", "held") and reason.strip()
        ):
            continue
        both = f"{entry.held} ({entry.held_source}) / {entry.value} ({entry.source})"
        message = shorten(
            said(
                "{name} {period}: {held} or {value}",
                name=entry.name,
                period=entry.period,
                held=entry.held,
                value=entry.value,
            )
        )
        problems.append(Problem(UNDECIDED, message, Where(row=entry.row), shorten(both, 200)))
    if problems:
        raise ProblemError(*problems)


def _set_aside(
    plan: Plan, entries: list[Entry], choices: Mapping[str, Choice], reason: str, by: Actor
) -> None:
    """Keep the value of each pair that does not hold."""
    differing = [entry for entry in entries if entry.kind == "disagreement"]
    keys = {entry.indicator for entry in differing}
    rows = IndicatorValue.objects.filter(indicator__key__in=keys, kind="real").select_related(
        "region", "indicator"
    )
    urls = {f"{row.indicator.key} {row.region.code} {row.period}": row.source_url for row in rows}
    now = timezone.now()
    SetAside.objects.bulk_create(
        SetAside(
            plan=plan,
            indicator=entry.indicator,
            region=entry.region,
            period=entry.period,
            unit=entry.unit,
            reason=reason.strip()[:300],
            by=by.key,
            at=now,
            **_loser(entry, choices[entry.identity], urls.get(entry.identity, "")),
        )
        for entry in differing
    )


def _loser(entry: Entry, choice: Choice, held_url: str) -> dict[str, object]:
    if choice == "file":
        return {"value": Decimal(entry.held), "source_title": entry.held_source, "source_url": held_url}
    return {"value": Decimal(entry.value), "source_title": entry.source, "source_url": entry.url}


def _fact(entry: Entry) -> ValueFacts:
    return ValueFacts(
        indicator=entry.indicator,
        region=entry.region,
        period=entry.period,
        value=Decimal(entry.value),
        unit=entry.unit,
        source_title=entry.source,
        source_url=entry.url,
        quote=entry.quote or (f"{entry.stated} {entry.stated_unit}" if entry.is_converted else ""),
        status=entry.status,
        note=entry.note,
    )


def _define_own(plan: Plan, wanted: list[Entry], by: Actor) -> None:
    """Make the indicators of the plan's own lines that get their first value."""
    present = own_indicators(plan)
    missing = {entry.indicator: entry for entry in wanted}
    for row in present:
        missing.pop(row.key, None)
    if not missing:
        return
    by_name = {line.name: line for line in standings(plan)}
    facts = [
        IndicatorFacts(row.key, row.name, row.name_en, row.direction, row.aggregation, row.unit)
        for row in present
    ]
    facts += [_own_fact(entry, by_name[entry.name]) for entry in missing.values()]
    define_indicators(facts, owner=f"plan:{plan.key}", by=by)


def _own_fact(entry: Entry, line: Standing) -> IndicatorFacts:
    return IndicatorFacts(
        key=entry.indicator,
        name=line.name,
        name_en=line.name_en,
        direction=line.goal.direction,
        aggregation="none",
        unit=line.unit,
    )


def set_aside_of(plan: Plan, indicator: str) -> list[SetAside]:
    """The values decided against for an indicator, the newest first."""
    return list(SetAside.objects.filter(plan=plan, indicator=indicator))
