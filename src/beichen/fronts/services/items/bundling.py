"""One thing once (一件事一次办): several items from one application, side by side or one after another.

Long because how a run begins, goes on and ends is read in one piece.

One set of data, each paper once, one code, one progress, one answer. What cannot start at the beginning
refuses the whole; what fails later says so, and what stands beside it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.affair import acting, clocks
from beichen.fronts.services.affair.values import read_fields
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.applying import (
    Given,
    apply,
    check_seen,
    may_take_in,
    missing_of,
    read_materials,
    require_applicant,
)
from beichen.fronts.services.items.checking import holds_now
from beichen.fronts.services.items.declaration import Item
from beichen.fronts.services.items.finding import bundle as find_bundle
from beichen.fronts.services.items.finding import read_bundle, read_item
from beichen.fronts.services.items.models import BundlePart, BundleRun
from beichen.fronts.services.items.problems import MISSING, NO_BUNDLE, none, not_for
from beichen.fronts.services.items.telling import tell_answer
from beichen.fronts.services.items.whole import Whole
from beichen.fronts.services.items.words import ENDED_PARTS, Channel, How, PartState
from beichen.fronts.services.models import Affair, AffairBody
from beichen.fronts.services.permissions import READ
from beichen.fronts.services.problems import BAD_VALUE
from beichen.fronts.services.words import Status
from beichen.hubs.events.service import dated_code
from beichen.kernel.access import service as access
from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Region
from beichen.kernel.scene.durations import duration
from beichen.problem import Problem, ProblemError, Where, said, shorten

GOOD = (PartState.DONE, PartState.SKIPPED)
_BAD = (PartState.REFUSED, PartState.BLOCKED)


@transaction.atomic
def apply_bundle(
    bundle_key: str,
    data: Mapping[str, Any],
    subject_code: str,
    region: Region,
    *,
    by: Actor,
    key: str,
    materials: Iterable[Given] = (),
    channel: Channel = Channel.ONLINE,
    agent: str = "",
    now: datetime | None = None,
    is_demo: bool = False,
) -> BundleRun:
    """Apply for everything of a bundle at once; the same key of the same actor gives the first run.

    ``data`` answer the fields of all processes and the questions of all items. A paper that is the result of
    a part before it need not be given: the city holds it by then. Raises ProblemError ACC-302,
    ACC-403, SRV-401 to 403, SRV-409 and what starting an affair refuses; then nothing is written.
    """
    own = f"{by.key}:{key}"[:200] if key else None
    if own and (known := BundleRun.objects.filter(key=own).first()) is not None:
        return known
    row, moment = find_bundle(bundle_key), now or timezone.now()
    whole = Whole(row)
    is_clerk, brought = _is_taken_in(whole, subject_code, region, by=by), tuple(materials)
    if not is_clerk:
        check_seen(brought)
    fields = whole.fields(whole.items)
    wanted = whole.needed(read_fields(fields, fields, data, partly=True))
    values = _values(whole, wanted, data)
    given = (*brought, *_within(whole, wanted, brought))
    _complete(whole, wanted, given, values, is_clerk=channel == Channel.PROGRAM and not brought)
    promise = whole.declared.promised
    run = BundleRun(
        code=dated_code(moment),
        bundle=row,
        declared=row.declared,
        subject=acting.subject_code(subject_code),
        region=region,
        data=values,
        materials=[[one.key, str(one.how), one.file, one.note] for one in given],
        channel=channel,
        agent=agent[:40],
        key=own,
        opened_at=moment,
        promised_at=clocks.due(moment, duration(promise)) if promise else None,
        is_demo=is_demo or by.is_simulator,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:  # the same application, sent twice at once: the other one won
        return BundleRun.objects.get(key=own)
    _begin(run, whole, wanted, by=by, now=moment)
    detail = {"bundle": row.key, "items": wanted}
    audit.record(
        by,
        "services.bundle.apply",
        f"fronts_services.bundlerun:{run.code}",
        detail=detail,
        subject=run.subject,
    )
    tell(run, "opened", {"items": wanted}, by=by)
    return run


def _is_taken_in(whole: Whole, subject: str, region: Region, *, by: Actor) -> bool:
    """Whether the actor takes all of it in for others; else they act for the subject, or it raises."""
    own = [key for key, process in whole.processes.items() if not may_take_in(process, region, by=by)]
    for key in own:
        require_applicant(key, whole.items[key], subject, by=by)
    return not own


def _values(whole: Whole, wanted: list[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data, each field read once. Raises ProblemError SRV-305 with all mistakes, SRV-402."""
    fields = whole.fields(wanted)
    values = read_fields(fields, fields, {name: value for name, value in data.items() if name in fields})
    problems = [
        not_for(condition.otherwise.label)
        for key in wanted
        for condition in whole.items[key].conditions
        if holds_now(condition.when, values) is False
    ]
    if problems:
        raise ProblemError(*problems)
    return values


def _within(whole: Whole, wanted: list[str], brought: tuple[Given, ...]) -> list[Given]:
    """The papers that parts of the bundle give each other, where nobody brought one."""
    named = {one.key for one in brought}
    within = whole.within(wanted)
    return [
        Given(key, How.HELD, note=whole.items[of].name.zh) for key, of in within.items() if key not in named
    ]


def _complete(
    whole: Whole, wanted: list[str], given: tuple[Given, ...], values: Mapping[str, Any], *, is_clerk: bool
) -> None:
    """Raises ProblemError SRV-305 for a paper that no item asks for, SRV-403 for each that is missing."""
    known = whole.materials(wanted)
    strange = [one.key for one in given if one.key not in known]
    if strange:
        message = said("{name} is no material of this item", name=strange[0][:40])
        raise ProblemError(Problem(BAD_VALUE, shorten(message), Where(field="materials")))
    if is_clerk:
        return
    absent: dict[str, str] = {}
    for key in wanted:
        item = whole.items[key]
        own = [one for one in given if one.key in item.materials]
        kept = read_materials(item, own, values, is_complete=False)
        absent |= {name: item.materials[name].name.label for name in missing_of(item, kept, values)}
    if absent:
        raise ProblemError(
            *(
                Problem(MISSING, shorten(said("{name} is missing", name=label)), Where(field=name))
                for name, label in absent.items()
            )
        )


def _begin(run: BundleRun, whole: Whole, wanted: list[str], *, by: Actor, now: datetime) -> None:
    parts = [
        BundlePart(
            run=run,
            item=row,
            number=number,
            state=PartState.WAITING if key in wanted else PartState.SKIPPED,
        )
        for number, (key, row) in enumerate(whole.rows.items(), 1)
    ]
    BundlePart.objects.bulk_create(parts)
    for part in _ready(run):
        _start(run, part, by=by, now=now)


def _parts(run: BundleRun) -> list[BundlePart]:
    return list(run.parts.select_related("item").order_by("number"))


def _ready(run: BundleRun) -> list[BundlePart]:
    """The parts that wait for nothing any more."""
    parts = {part.item.key: part for part in _parts(run)}
    declared = read_bundle(run.declared).items
    return [
        part
        for key, part in parts.items()
        if part.state == PartState.WAITING
        and all(parts[after].state in GOOD for after in declared[key].after if after in parts)
    ]


def _start(run: BundleRun, part: BundlePart, *, by: Actor, now: datetime) -> None:
    """Start a part's affair on what its item and its process are now. Raises what applying refuses."""
    key, item = part.item.key, read_item(part.item)
    process = read_process(acting.newest(part.item.process).declared)
    names = {*process.start, *item.ask}
    given = [
        Given(name, How(how), file, note, is_seen=True)  # the bundle looked, as it was applied for
        for name, how, file, note in run.materials
        if name in item.materials
    ]
    part.affair = apply(
        key,
        {name: value for name, value in run.data.items() if name in names},
        run.subject,
        run.region,
        by=by,
        key=f"bundle:{run.code}:{key}",
        materials=given,
        channel=Channel(run.channel),
        agent=run.agent,
        now=now,
        is_demo=run.is_demo,
    )
    part.state = PartState.RUNNING
    part.save(update_fields=["affair", "state"])


@transaction.atomic
def follow(affair_code: str, *, by: Actor, now: datetime | None = None) -> BundleRun | None:
    """An affair has ended: its part says how, what waited for it starts, and the run may be over.

    None for an affair of no bundle. What cannot start is blocked and says why; the rest stands. When the
    decision of an affair is taken back later, its part has not its result any more.
    """
    key = BundlePart.objects.filter(affair__code=affair_code).values_list("run_id", flat=True).first()
    if key is None:
        return None
    run = BundleRun.objects.select_for_update().get(pk=key)
    part = BundlePart.objects.select_related("item", "affair__definition").get(
        run=run, affair__code=affair_code
    )
    affair, moment = part.affair, now or timezone.now()
    if affair is None or affair.closed_at is None:
        return run
    if part.state != PartState.RUNNING and (part.state != PartState.DONE or affair.annulled_at is None):
        return run
    part.state, part.reason = ending_of(affair, read_item(part.item))
    part.save(update_fields=["state", "reason"])
    _go_on(run, by=by, now=moment)
    _conclude(run, by=by, now=moment)
    detail = {"part": part.item.key, "state": part.state}
    audit.record(by, "services.bundle.follow", f"fronts_services.bundlerun:{run.code}", detail=detail)
    return run


def is_good(affair: Affair, item: Item) -> bool:
    """Whether an affair ended with what was applied for."""
    is_decided = affair.status == Status.DONE and affair.annulled_at is None
    return is_decided and (not item.good or affair.outcome in item.good)


def ending_of(affair: Affair, item: Item) -> tuple[PartState, str]:
    """How a part stands whose affair has ended, and why it has no result."""
    if is_good(affair, item):
        return PartState.DONE, ""
    if affair.annulled_at is not None:
        return PartState.REFUSED, "决定已被撤销"
    ends = affair.definition.declared["ends"]
    words = ends[affair.outcome]["zh"] if affair.outcome in ends else str(Status(affair.status).label)
    return PartState.REFUSED, words[:300]


def _go_on(run: BundleRun, *, by: Actor, now: datetime) -> None:
    """Start what may start now; block what waits for something that ended badly, as far as that reaches."""
    for part in _ready(run):
        try:
            with transaction.atomic():
                _start(run, part, by=by, now=now)
        except ProblemError as error:
            part.state, part.affair = PartState.BLOCKED, None
            part.reason = str(error.problems[0].message)[:300]
            part.save(update_fields=["state", "reason"])
    declared = read_bundle(run.declared).items
    for _round in declared:
        parts = {part.item.key: part for part in _parts(run)}
        for key, part in parts.items():
            bad = [after for after in declared[key].after if parts[after].state in _BAD]
            if part.state == PartState.WAITING and bad:
                part.state = PartState.BLOCKED
                part.reason = f"{parts[bad[0]].item.name}：{parts[bad[0]].reason}"[:300]
                part.save(update_fields=["state", "reason"])


def _conclude(run: BundleRun, *, by: Actor, now: datetime) -> None:
    states = [part.state for part in _parts(run)]
    if run.closed_at is not None and run.is_good and not all(state in GOOD for state in states):
        run.is_good = False  # a decision was taken back afterwards
        run.save(update_fields=["is_good"])
    if run.closed_at is None and all(state in ENDED_PARTS for state in states):
        run.closed_at, run.is_good = now, all(state in GOOD for state in states)
        run.save(update_fields=["closed_at", "is_good"])
        tell(run, "closed", {"outcome": "done" if run.is_good else "partly"}, by=by)
        tell_answer(run, by=by)


def tell(run: BundleRun, name: str, data: Mapping[str, Any], *, by: Actor) -> None:
    """Publish what happened to a run, in the caller's transaction."""
    told = {"bundle": run.bundle.key, **data}
    draft = bus.Draft(f"services.bundle.{name}", run.code, told, region=run.region.path, level=run.level)
    bus.publish_many([draft], by=by)


def find_run(code: str, *, by: Actor) -> BundleRun:
    """The run of this code, for whom it was applied and whoever sees an affair of it. Raises SRV-409."""
    rows = BundleRun.objects.select_related("bundle", "region")
    row = rows.filter(code=code.strip().upper()[:20]).first()
    if row is not None and (by.is_system or is_own(row, by) or _takes_part(row, by)):
        return row
    raise none(NO_BUNDLE, said("there is no affair {code!r}", code=code[:30]), code)


def _takes_part(row: BundleRun, by: Actor) -> bool:
    """Whether a body of the actor takes part in one of its affairs: a region alone opens nobody's bundle."""
    rows = AffairBody.objects.filter(affair__bundle_part__run=row)
    return access.visible(by, READ, rows).exists()


def is_own(row: BundleRun, by: Actor) -> bool:
    """Whether the actor acts for whom it was applied for, in all of its items."""
    keys = read_bundle(row.declared).items
    return any(
        one.code == row.subject and all(one.covers(key) for key in keys) for one in access.subjects_of(by)
    )


def runs_of(subject: Subject) -> QuerySet[BundleRun]:
    """The runs of a subject for which somebody acts in everything, the newest first."""
    rows = BundleRun.objects.filter(subject=subject.code).select_related("bundle", "region")
    return rows.order_by("-id") if not subject.affairs else rows.none()


def parts_of(run: BundleRun) -> list[BundlePart]:
    """The parts of a run in their order, with item and affair."""
    rows = run.parts.select_related("item", "affair__definition").defer("affair__state", "affair__before")
    return list(rows.order_by("number"))
