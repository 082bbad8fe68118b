"""Receiving a report: one transaction that ends with a durable case, or does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from beichen.hubs.events.case.changes import Change, Joined, Opened, Place
from beichen.hubs.events.case.clock import start
from beichen.hubs.events.case.projection import state_of
from beichen.hubs.events.case.state import CaseState
from beichen.hubs.events.case.stream import append
from beichen.hubs.events.commands.accepting import Accept
from beichen.hubs.events.commands.base import Ground
from beichen.hubs.events.intake.centres import centre_of
from beichen.hubs.events.intake.codes import dated_code, follow_secret
from beichen.hubs.events.intake.duplicates import JOINABLE, Match, same_case
from beichen.hubs.events.intake.places import cell_of, located, region_of
from beichen.hubs.events.intake.report import ReportDraft, check
from beichen.hubs.events.kinds.declaration import DEFAULT_LIMITS, UNKNOWN, Kind, read_kind
from beichen.hubs.events.kinds.grading import grade
from beichen.hubs.events.models import Case, CaseFile, EventKind, Report, Reporter
from beichen.hubs.events.permissions import SEND, TAKE
from beichen.hubs.events.problems import NO_KIND
from beichen.hubs.events.words import Channel, Stage
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person, Region
from beichen.kernel.scene.durations import duration
from beichen.kernel.statements import Insertion, Prepared, slot
from beichen.problem import Problem, ProblemError, Where, said

TITLE = 60
ROUTER = system("events")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told: the report with its code and secret, its case, and whether it is new."""

    report: Report
    case: Case
    is_new: bool
    is_joined: bool


def receive(draft: ReportDraft, *, by: Actor, now: datetime | None = None) -> Receipt:
    """Take a report in. The same channel and key again gives the first receipt.

    Raises ProblemError EVT-303, EVT-401 to 404, ACC-403; then nothing was written.
    """
    access.require(by, SEND if draft.channel in _OWN else TAKE)
    moment = now or timezone.now()
    known = _known(draft)
    if known is not None:
        return known
    row = _kind_row(draft.kind)
    kind = read_kind(row.declared) if row is not None else UNKNOWN
    checked = check(draft, kind)
    checked = located(checked)
    region = region_of(checked.region, checked.longitude, checked.latitude)
    try:
        with transaction.atomic():
            return _write(checked, row, kind, region, by=by, now=moment)
    except IntegrityError:
        # The same report, sent twice at once: the other one won.
        known = _known(draft)
        if known is None:
            raise
        return known


_SAME = Prepared(
    lambda: Report.objects.select_related("case__region", "case__kind").filter(
        channel=slot(Report, "channel"), key=slot(Report, "key")
    )
)
_KIND = Prepared(lambda: EventKind.objects.filter(key=slot(EventKind, "key"), is_current=True))
_REPORTS, _REPORTERS = Insertion(Report), Insertion(Reporter)
_OWN = frozenset({Channel.WEB, Channel.OPEN311})


def _known(draft: ReportDraft) -> Receipt | None:
    if not draft.key:
        return None
    found = _SAME.first(channel=draft.channel, key=draft.key)
    return None if found is None else Receipt(found, found.case, is_new=False, is_joined=False)


def _kind_row(key: str) -> EventKind | None:
    if not key:
        return None
    row = _KIND.first(key=key)
    if row is None:
        message = said("there is no kind of event {key!r}", key=key[:60])
        raise ProblemError(Problem(NO_KIND, message, Where(field="kind")))
    return row


def _write(
    draft: ReportDraft, row: EventKind | None, kind: Kind, region: Region, *, by: Actor, now: datetime
) -> Receipt:
    cell = cell_of(draft.longitude, draft.latitude)
    if row is not None and kind.same_as is not None:
        _line_up(row)
    match = same_case(draft, cell, kind.same_as, now)
    code = dated_code(now)
    joined = None if match is None else _join(code, draft, match, by=by, now=now)
    case = joined or _open(code, draft, row, kind, region, cell, by=by, now=now)
    # After the case is locked, as in every command: the other way round two would wait for each other.
    detail = {"case": case.code, "channel": str(draft.channel)}
    audit.record(by, "events.report.receive", f"hubs_events.report:{code}", detail=detail)
    report = Report(
        code=code,
        channel=draft.channel,
        key=draft.key or None,
        case=case,
        kind=row,
        text=draft.text,
        answers=draft.answers,
        longitude=draft.longitude,
        latitude=draft.latitude,
        address=draft.address,
        region=region,
        reporter=_reporter(draft),
        media_url=draft.media_url,
        secret=follow_secret(),
        taken_by=by.key,
        received_at=now,
        is_demo=draft.is_demo or by.is_simulator,
    )
    _REPORTS.add(report)
    _keep_files(draft.files, case, code, now)
    return Receipt(report, case, is_new=True, is_joined=joined is not None)


def _line_up(row: EventKind) -> None:
    """Reports of a kind come in one after another, so that two of the same thing do not open two cases.

    SQLite has one writer anyway; PostgreSQL holds a lock of its own until the transaction ends.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LINE, row.pk])


_LINE = 0x311  # the number of these locks among all advisory locks of the house


def _reporter(draft: ReportDraft) -> Reporter | None:
    facts = draft.reporter
    if facts.is_anonymous:
        return None
    person = Person.objects.filter(code=facts.person).first() if facts.person else None
    return _REPORTERS.add(
        Reporter(
            person=person,
            name=facts.name,
            phone=facts.phone,
            email=facts.email,
            language=facts.language,
            wants_callback=facts.wants_callback,
        )
    )


def _open(
    code: str,
    draft: ReportDraft,
    row: EventKind | None,
    kind: Kind,
    region: Region,
    cell: int | None,
    *,
    by: Actor,
    now: datetime,
) -> Case:
    centre = centre_of(kind.centre)
    chosen, why = grade(kind, values_of(draft, region, now))
    clock = start(Stage.ACCEPT, now, kind.limit(Stage.ACCEPT) or _ACCEPT, is_working=kind.deadlines.working)
    case = Case(
        code=code,
        longitude=draft.longitude,
        latitude=draft.latitude,
        cell=cell,
        place_score=draft.place_score,
        region=region,
        centre=centre,
        kind=row,
        level=int(Level[kind.level]),
        is_demo=draft.is_demo or by.is_simulator,
    )
    opened = Opened(
        report=code,
        channel=str(draft.channel),
        title=title_of(draft.text),
        text=draft.text,
        region=region.code,
        centre=centre.key,
        grade=chosen,
        why_grade=why,
        clock=clock,
        kind=draft.kind,
        place=_place(draft),
        address=draft.address,
        answers=draft.answers,
    )
    state = CaseState()
    append(case, state, [opened], by=by, now=now)
    if kind.accept == "automatic":
        append(case, state, _accept(state, now), by=ROUTER, now=now)
    return case


_ACCEPT = duration(DEFAULT_LIMITS["accept"])


def _accept(state: CaseState, now: datetime) -> Sequence[Change]:
    """What follows when no operator needs to look: accepted, and dispatched where a row fits."""
    return Accept().decide(Ground(state, now))


def _join(code: str, draft: ReportDraft, match: Match, *, by: Actor, now: datetime) -> Case | None:
    """The case with the report in it; None when it was closed since it was found."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("kind", "region", "centre")
    case = rows.get(pk=match.case)
    if case.stage not in JOINABLE:
        return None
    joined = Joined(
        report=code,
        channel=str(draft.channel),
        text=draft.text,
        metres=round(match.metres, 1),
        similarity=round(match.similarity, 3),
    )
    append(case, state_of(case), [joined], by=by, now=now)
    return case


def _place(draft: ReportDraft) -> Place | None:
    if draft.longitude is None or draft.latitude is None:
        return None
    return Place(draft.longitude, draft.latitude, draft.place_score)


def title_of(text: str) -> str:
    """The first sentence, as far as it fits a line."""
    line = " ".join(text.split())
    for mark in "。！？!?;；":
        head = line.partition(mark)[0]
        if 0 < len(head) < len(line) and len(head) <= TITLE:
            return head
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def values_of(draft: ReportDraft, region: Region, now: datetime) -> dict[str, Any]:
    """What conditions may ask of a new case."""
    return {
        **draft.answers,
        "reports": 1,
        "hour": timezone.localtime(now).hour,
        "channel": str(draft.channel),
        "text": draft.text,
        "region": region.code,
    }


def _keep_files(codes: Sequence[str], case: Case, report: str, now: datetime) -> None:
    if codes:
        rows = StoredFile.objects.filter(code__in=codes)
        CaseFile.objects.bulk_create(
            CaseFile(case=case, file=row, report=report, added_at=now) for row in rows
        )
