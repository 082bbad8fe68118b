"""A file of reports, taken in by a job: kept row by row, resumed after a crash, refused rows told and kept.

Each row and its mark are one transaction, and each report has a key of its own: a row is never left out and
never comes in twice, however often a worker dies. A job takes :data:`CHUNK` rows and enqueues the next, so
that other work is not kept waiting; a sweep takes up what stands still.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from beichen.hubs.events.intake.receive import receive
from beichen.hubs.events.intake.sheets import Sheet, SheetWords, draft_of, require_text
from beichen.hubs.events.models import RowState, SheetImport, SheetRow, SheetState
from beichen.hubs.events.permissions import TAKE
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import actor_of
from beichen.problem import Problem, ProblemError, Where, code, kept, said, shorten

NO_IMPORT = code("EVT-412", "There is no import of this number.", status=404)
NOT_A_DRAFT = code("EVT-413", "The rows of this file are being taken in already.", status=409)
CHUNK = 100
STILL = timedelta(minutes=5)
KEEP_DRAFTS, KEEP = timedelta(days=1), timedelta(days=30)


@transaction.atomic
def begin_import(
    sheet: Sheet,
    mapping: Mapping[str, int],
    name: str,
    person: Person,
    *,
    by: Actor,
    now: datetime | None = None,
) -> SheetImport:
    """Keep a file's rows; nothing comes in before :func:`start_import`. Raises ProblemError ACC-403."""
    access.require(by, TAKE)
    moment = now or timezone.now()
    row = SheetImport.objects.create(
        person=person,
        name=name[:200],
        digest=sheet.digest,
        headings=sheet.headings,
        mapping=dict(mapping),
        total=len(sheet.rows),
        created_at=moment,
        touched_at=moment,
    )
    rows = (SheetRow(sheet=row, number=number, cells=cells) for number, cells in sheet.rows)
    SheetRow.objects.bulk_create(rows, batch_size=1000)
    audit.record(by, TAKE, f"hubs_events.sheet:{row.code}", detail={"rows": row.total, "name": row.name})
    return row


def find_import(code_: str, person: Person) -> SheetImport:
    """A person's own import. Raises ProblemError EVT-412 for any other."""
    row = SheetImport.objects.filter(code=code_, person=person).first()
    if row is None:
        raise ProblemError(
            Problem(NO_IMPORT, shorten(said("there is no import {code!r} of yours", code=code_)))
        )
    return row


@transaction.atomic
def start_import(
    row: SheetImport, mapping: Mapping[str, int], *, by: Actor, now: datetime | None = None
) -> SheetImport:
    """Let the rows come in, by a job that this transaction enqueues.

    Raises ProblemError ACC-403, EVT-408 when no column holds the text, EVT-413 when it runs already.
    """
    access.require(by, TAKE)
    require_text(mapping)
    locked = SheetImport.objects.select_for_update().get(pk=row.pk)
    if locked.state not in (SheetState.DRAFT, SheetState.STOPPED):
        raise ProblemError(Problem(NOT_A_DRAFT, said("the rows are being taken in already")))
    locked.mapping, locked.problem = dict(mapping), {}
    locked.state, locked.touched_at = SheetState.RUNNING, now or timezone.now()
    locked.save(update_fields=["mapping", "problem", "state", "touched_at"])
    audit.record(by, TAKE, f"hubs_events.sheet:{row.code}", detail={"started": locked.total})
    _enqueue(locked.pk)
    return locked


def _enqueue(key: int) -> None:
    from beichen.hubs.events.jobs import take_rows  # the job calls this module

    enqueue(take_rows, key)


def take_rows(key: int, *, now: datetime | None = None) -> int:
    """Take in the next rows of an import and enqueue the rest; returns how many were looked at.

    The person's rights are asked anew: who lost them stops the import, which says so.
    """
    row = SheetImport.objects.select_related("person").filter(pk=key, state=SheetState.RUNNING).first()
    if row is None:
        return 0
    by, words = actor_of(row.person), SheetWords.of_city()
    waiting = list(row.rows.filter(state=RowState.WAITING).order_by("number")[:CHUNK])
    for one in waiting:
        try:
            _take(row, one, words, by=by, now=now)
        except ProblemError as error:
            _stop(row, error, by=by)
            return len(waiting)
    _go_on(row, by=by, now=now or timezone.now())
    return len(waiting)


def _take(row: SheetImport, one: SheetRow, words: SheetWords, *, by: Actor, now: datetime | None) -> None:
    """One row and its mark. Raises ProblemError ACC-403, which concerns the whole."""
    try:
        with transaction.atomic():
            receipt = receive(draft_of(one.number, one.cells, row.mapping, row.digest, words), by=by, now=now)
            state = RowState.TAKEN if receipt.is_new else RowState.KNOWN
            _mark(one, state=state, report=receipt.report.code, cells=[])
    except ProblemError as error:
        if error.status == 403:
            raise
        problems = [
            Problem(one_.code, one_.message, Where(row=one.number, field=one_.where.field), one_.hint)
            for one_ in error.problems
        ]
        _mark(one, state=RowState.REFUSED, problems=[kept(problem) for problem in problems])


def _mark(one: SheetRow, **values: Any) -> None:
    SheetRow.objects.filter(pk=one.pk, state=RowState.WAITING).update(**values)


@transaction.atomic
def _stop(row: SheetImport, error: ProblemError, *, by: Actor) -> None:
    problem = kept(error.problems[0])
    SheetImport.objects.filter(pk=row.pk).update(state=SheetState.STOPPED, problem=problem)
    audit.record(by, TAKE, f"hubs_events.sheet:{row.code}", detail={"stopped": error.problems[0].code})


@transaction.atomic
def _go_on(row: SheetImport, *, by: Actor, now: datetime) -> None:
    """The next rows, or the end."""
    if row.rows.filter(state=RowState.WAITING).exists():
        SheetImport.objects.filter(pk=row.pk).update(touched_at=now)
        _enqueue(row.pk)
        return
    SheetImport.objects.filter(pk=row.pk).update(state=SheetState.DONE, touched_at=now, finished_at=now)
    audit.record(by, TAKE, f"hubs_events.sheet:{row.code}", detail=progress_of(row))


def progress_of(row: SheetImport) -> dict[str, int]:
    """How many rows are in which state: one query of an index."""
    counts = row.rows.order_by().values_list("state").annotate(number=Count("id"))
    return {state.value: 0 for state in RowState} | dict(counts)


def imports_of(person: Person) -> list[SheetImport]:
    """A person's own imports, the newest first."""
    return list(SheetImport.objects.filter(person=person)[:20])


@transaction.atomic
def sweep_imports(*, by: Actor, now: datetime | None = None) -> int:
    """Take up imports that stand still, forget old ones with what they hold; how many were taken up."""
    moment = now or timezone.now()
    still = SheetImport.objects.filter(state=SheetState.RUNNING, touched_at__lt=moment - STILL)
    keys = list(still.values_list("pk", flat=True))
    for key in keys:
        _enqueue(key)
    SheetImport.objects.filter(pk__in=keys).update(touched_at=moment)
    drafts = SheetImport.objects.filter(state=SheetState.DRAFT, touched_at__lt=moment - KEEP_DRAFTS)
    ended = SheetImport.objects.filter(
        state__in=(SheetState.DONE, SheetState.STOPPED), touched_at__lt=moment - KEEP
    )
    forgotten = sum(rows.delete()[0] for rows in (drafts, ended))
    if keys or forgotten:
        detail = {"resumed": len(keys), "forgotten": forgotten}
        audit.record(by, "events.sheet.sweep", "hubs_events.sheet", detail=detail)
    return len(keys)
