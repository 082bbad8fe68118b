"""What can happen to a case: the payloads of its events, each a struct with the name of its event.

They are what is stored and published (``events.case.NAME``). Fields are only ever added, with defaults, so
that streams of any age can be read. Bodies are named by key, people by their code: nothing here identifies
a reporter; their words do stand in ``opened`` and ``joined`` and are blanked by an erasure.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from beichen.hubs.events.case.clock import Clock


class Place(Struct, frozen=True, omit_defaults=True):
    """WGS 84 degrees, as the reporter or the map gave them, or as an address was matched with ``score``."""

    longitude: float
    latitude: float
    score: float | None = None


class Change(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """Something that happened to a case."""


class Opened(Change, frozen=True, kw_only=True, tag="opened"):
    """A report made a case; ``grade`` is what the kind says of it."""

    report: str
    channel: str
    title: str
    text: str
    region: str
    centre: str
    grade: int
    clock: Clock
    kind: str = ""
    place: Place | None = None
    address: str = ""
    answers: dict[str, Any] = {}
    why_grade: str = ""


class Joined(Change, frozen=True, kw_only=True, tag="joined"):
    """Another report is about the same; ``why`` says how that was known."""

    report: str
    channel: str
    text: str
    metres: float | None = None
    similarity: float | None = None
    merged: str = ""


class Classified(Change, frozen=True, kw_only=True, tag="classified"):
    """The kind was decided; ``by_suggestion`` is the share that the suggestion gave it."""

    kind: str
    was: str = ""
    by_suggestion: float | None = None


class Graded(Change, frozen=True, kw_only=True, tag="graded"):
    """The grade was changed, for a reason, or because the kind was (``reason`` is empty)."""

    grade: int
    was: int
    reason: str = ""


class Accepted(Change, frozen=True, kw_only=True, tag="accepted"):
    """The centre took the case on (受理)."""

    clock: Clock | None = None


class Refused(Change, frozen=True, kw_only=True, tag="refused"):
    """The centre does not take the case on, for a reason that the reporter reads (不予受理)."""

    reason: str


class Appealed(Change, frozen=True, kw_only=True, tag="appealed"):
    """A reporter objects to the refusal; the case is to be accepted anew."""

    text: str
    clock: Clock
    report: str = ""


class Dispatched(Change, frozen=True, kw_only=True, tag="dispatched"):
    """A lead and supporting bodies got the case (分发).

    ``row`` is the row of the routing table that chose them, from one, and ``why`` its conditions.
    """

    lead: str
    support: tuple[str, ...] = ()
    row: int = 0
    why: dict[str, str] = {}
    note: str = ""
    clock: Clock | None = None


class Transferred(Change, frozen=True, kw_only=True, tag="transferred"):
    """The case went from one lead to another (转办)."""

    lead: str
    was: str
    reason: str


class Returned(Change, frozen=True, kw_only=True, tag="returned"):
    """The lead gave the case back to the centre, with a reason (退回)."""

    reason: str
    clock: Clock | None = None


class Escalated(Change, frozen=True, kw_only=True, tag="escalated"):
    """A body above was called in (上报)."""

    to: str
    reason: str


class Waiting(Change, frozen=True, kw_only=True, tag="waiting"):
    """The clock stopped, with a reason (挂起); ``left`` in seconds."""

    reason: str
    left: float


class Resumed(Change, frozen=True, kw_only=True, tag="resumed"):
    """The clock goes on."""

    clock: Clock


class Extended(Change, frozen=True, kw_only=True, tag="extended"):
    """There is more time (延期)."""

    reason: str
    clock: Clock


class TaskAdded(Change, frozen=True, kw_only=True, tag="task-added"):
    """A part of the work for one body."""

    task: int
    title: str
    body: str


class TaskDone(Change, frozen=True, kw_only=True, tag="task-done"):
    """A part of the work is done."""

    task: int
    result: str


class StepDone(Change, frozen=True, kw_only=True, tag="step-done"):
    """A step that the kind declares is done."""

    step: str
    note: str = ""


class EvidenceAdded(Change, frozen=True, kw_only=True, tag="evidence-added"):
    """A file was added for one of the needs of the kind, or for none."""

    file: str
    need: str = ""
    note: str = ""


class CostAdded(Change, frozen=True, kw_only=True, tag="cost-added"):
    """Money was spent, in yuan."""

    yuan: float
    purpose: str


class Handled(Change, frozen=True, kw_only=True, tag="handled"):
    """The lead reports its result (处置完毕); ``to`` is the stage that follows for this kind."""

    result: str
    to: str
    answers: dict[str, Any] = {}
    clock: Clock | None = None


class Verified(Change, frozen=True, kw_only=True, tag="verified"):
    """A checker looked at the result (核查)."""

    is_passed: bool
    note: str
    clock: Clock | None = None


class Answered(Change, frozen=True, kw_only=True, tag="answered"):
    """The reporters were answered in plain words (反馈)."""

    text: str


class Rated(Change, frozen=True, kw_only=True, tag="rated"):
    """A reporter rated the handling, one to five (评价)."""

    report: str
    stars: int
    is_solved: bool
    opinion: str = ""


class Reopened(Change, frozen=True, kw_only=True, tag="reopened"):
    """The case is handled again, for a reason; empty: the reporter said that it is not solved."""

    reason: str
    clock: Clock


class Closed(Change, frozen=True, kw_only=True, tag="closed"):
    """Nothing more is to be done."""

    outcome: str
    into: str = ""


class Supervised(Change, frozen=True, kw_only=True, tag="supervised"):
    """A supervisor asks how it can be (督办), or the clock does: then ``overdue`` is the stage."""

    note: int
    text: str = ""
    overdue: str = ""


class NoteAnswered(Change, frozen=True, kw_only=True, tag="note-answered"):
    """The lead answers a supervision note."""

    note: int
    text: str


class Warned(Change, frozen=True, kw_only=True, tag="warned"):
    """A stage has used this share of its time, in percent; 100 and above is overdue."""

    stage: str
    share: int


class Commented(Change, frozen=True, kw_only=True, tag="commented"):
    """A remark among the bodies of the case."""

    text: str


CHANGES: tuple[type[Change], ...] = (
    Opened, Joined, Classified, Graded, Accepted, Refused, Appealed, Dispatched, Transferred, Returned,
    Escalated, Waiting, Resumed, Extended, TaskAdded, TaskDone, StepDone, EvidenceAdded, CostAdded, Handled,
    Verified, Answered, Rated, Reopened, Closed, Supervised, NoteAnswered, Warned, Commented,
)  # fmt: skip
BY_NAME = {str(kind.__struct_config__.tag): kind for kind in CHANGES}


def name_of(change: Change) -> str:
    """The name of the event that a change is."""
    return str(change.__struct_config__.tag)


def to_data(change: Change) -> dict[str, Any]:
    """What is stored and published of a change: plain JSON values without the name."""
    data: dict[str, Any] = msgspec.to_builtins(change)
    data.pop("event")
    return data


def from_data(name: str, data: dict[str, Any]) -> Change:
    """The change of a stored event. Raises KeyError for an unknown name, msgspec.ValidationError."""
    found: Change = msgspec.convert({**data, "event": name}, BY_NAME[name])
    return found
