"""From the state of a case to the rows that lists, clocks and maps read (derived, never written by hand)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from beichen.hubs.events.case.state import CaseState
from beichen.hubs.events.models import Case, CaseDesk, EventKind
from beichen.hubs.events.titles import add_titles
from beichen.hubs.events.words import Part
from beichen.kernel.org.models import Body
from beichen.kernel.statements import Insertion

_SAME = (
    "title", "text", "address", "grade", "stage", "outcome", "alerted", "returns", "reopenings", "opened_at",
    "accepted_at", "dispatched_at", "handled_at", "answered_at", "closed_at", "accepted_in_time",
    "handled_in_time", "answered_in_time", "is_open", "alert_at", "version",
)  # fmt: skip


_CASES, _DESKS = Insertion(Case), Insertion(CaseDesk)


def state_of(row: Case) -> CaseState:
    """The state that the row keeps."""
    return msgspec.convert(row.state, CaseState)


def columns_of(state: CaseState) -> dict[str, Any]:
    """The columns that follow from the state alone; bodies and kinds as keys, under ``kind`` and ``desk``."""
    ratings = list(state.ratings.values())
    clock = state.clock if state.is_open and not state.waiting else None
    return {
        **{name: getattr(state, name) for name in _SAME},
        "is_waiting": bool(state.waiting),
        "due_at": None if clock is None else clock.due,
        "report_count": len(state.reports),
        "supervisions": len(state.notes),
        "rating": round(sum(ratings) / len(ratings), 2) if ratings else None,
        "state": orjson.loads(msgspec.json.encode(state)),
    }


def parts_of(state: CaseState) -> dict[str, Part]:
    """Which body takes part as what; one that has several parts counts as the first of them."""
    found: dict[str, Part] = {}
    for part, keys in (
        (Part.LEAD, [state.lead]),
        (Part.CENTRE, [state.centre]),
        (Part.SUPPORT, state.support),
        (Part.SUPERVISOR, state.supervisors),
        (Part.PAST, state.past),
    ):
        for key in keys:
            if key:
                found.setdefault(key, part)
    return found


def project(row: Case, state: CaseState) -> None:
    """Make ``row``, its desks and the index of titles say what ``state`` says."""
    is_titled = not row._state.adding and row.title == state.title
    for name, value in columns_of(state).items():
        setattr(row, name, value)
    if state.kind and (row.kind is None or row.kind.key != state.kind):
        row.kind = EventKind.objects.get(key=state.kind)
    if state.merged_into and row.merged_into_id is None:
        row.merged_into = Case.objects.get(code=state.merged_into)
    wanted = parts_of(state)
    present = {desk.body.key: desk for desk in _desks(row)}
    bodies = {row.centre.key: row.centre} | {key: desk.body for key, desk in present.items()}
    unknown = wanted.keys() - bodies.keys()
    bodies |= {body.key: body for body in Body.objects.filter(key__in=unknown)} if unknown else {}
    row.desk = bodies.get(state.lead)
    if row._state.adding:
        _CASES.add(row)
    else:
        row.save()
    if not is_titled:
        add_titles([(row.pk, row.title)])
    _project_desks(row, wanted, present, bodies)


def _desks(row: Case) -> list[CaseDesk]:
    return list(row.desks.select_related("body")) if row.pk is not None else []


def _project_desks(
    row: Case, wanted: Mapping[str, Part], present: Mapping[str, CaseDesk], bodies: Mapping[str, Body]
) -> None:
    for key in (key for key in wanted if key not in present):
        _DESKS.add(CaseDesk(case=row, body=bodies[key], part=wanted[key]))
    changed = [desk for key, desk in present.items() if key in wanted and desk.part != wanted[key]]
    for desk in changed:
        desk.part = wanted[desk.body.key]
    if changed:
        CaseDesk.objects.bulk_update(changed, ["part"])
    gone = [desk.pk for key, desk in present.items() if key not in wanted]
    if gone:
        CaseDesk.objects.filter(pk__in=gone).delete()
