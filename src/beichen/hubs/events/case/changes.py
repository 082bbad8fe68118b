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


class Place(Struct, frozen=True):
    """WGS 84 degrees, as the reporter or the map gave them."""

    longitude: float
    latitude: float


class Change(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """Something that happened to a case."""


class Opened(Change, tag="opened"):
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


class Joined(Change, tag="joined"):
    """Another report is about the same; ``why`` says how that was known."""

    report: str
    channel: str
    text: str
    metres: float | None = None
    similarity: float | None = None
    merged: str = ""


class Classified(Change, tag="classified"):
    """The kind was decided; ``by_suggestion`` is the share that the suggestion gave it."""

    kind: str
    was: str = ""
    by_suggestion: float | None = None


class Graded(Change, tag="graded"):
    """The grade was changed."""

    grade: int
    was: int
    reason: str


class Accepted(Change, tag="accepted"):
    """The centre took the case on (受理)."""

    clock: Clock | None = None


class Refused(Change, tag="refused"):
    """The centre does not take the case on, for a reason that the reporter reads (不予受理)."""

    reason: str


class Appealed(Change, tag="appealed"):
    """A reporter objects to the refusal; the case is to be accepted anew."""

    text: str
    clock: Clock


class Dispatched(Change, tag="dispatched"):
    """A lead and supporting bodies got the case (分发); ``row`` is the routing row that chose, from one."""

    lead: str
    support: tuple[str, ...] = ()
    row: int = 0
    why: str = ""
    note: str = ""
    clock: Clock | None = None


class Transferred(Change, tag="transferred"):
    """The case went from one lead to another (转办)."""

    lead: str
    was: str
    reason: str


class Returned(Change, tag="returned"):
    """The lead gave the case back to the centre, with a reason (退回)."""

    reason: str
    clock: Clock | None = None


class Escalated(Change, tag="escalated"):
    """A body above was called in (上报)."""

    to: str
    reason: str


class Waiting(Change, tag="waiting"):
    """The clock stopped, with a reason (挂起); ``left`` in seconds."""

    reason: str
    left: float


class Resumed(Change, tag="resumed"):
    """The clock goes on."""

    clock: Clock


class Extended(Change, tag="extended"):
    """There is more time (延期)."""

    reason: str
    clock: Clock


class TaskAdded(Change, tag="task-added"):
    """A part of the work for one body."""

    task: int
    title: str
    body: str


class TaskDone(Change, tag="task-done"):
    """A part of the work is done."""

    task: int
    result: str


class StepDone(Change, tag="step-done"):
    """A step that the kind declares is done."""

    step: str
    note: str = ""


class EvidenceAdded(Change, tag="evidence-added"):
    """A file was added for one of the needs of the kind, or for none."""

    file: str
    need: str = ""
    note: str = ""


class CostAdded(Change, tag="cost-added"):
    """Money was spent, in yuan."""

    yuan: float
    purpose: str


class Handled(Change, tag="handled"):
    """The lead reports its result (处置完毕); ``to`` is the stage that follows for this kind."""

    result: str
    to: str
    answers: dict[str, Any] = {}
    clock: Clock | None = None


class Verified(Change, tag="verified"):
    """A checker looked at the result (核查)."""

    is_passed: bool
    note: str
    clock: Clock | None = None


class Answered(Change, tag="answered"):
    """The reporters were answered in plain words (反馈)."""

    text: str


class Rated(Change, tag="rated"):
    """A reporter rated the handling, one to five (评价)."""

    report: str
    stars: int
    is_solved: bool
    opinion: str = ""


class Reopened(Change, tag="reopened"):
    """The case is handled again."""

    reason: str
    clock: Clock


class Closed(Change, tag="closed"):
    """Nothing more is to be done."""

    outcome: str
    into: str = ""


class Supervised(Change, tag="supervised"):
    """A supervisor asks how it can be (督办); answered by the lead."""

    note: int
    text: str


class NoteAnswered(Change, tag="note-answered"):
    """The lead answers a supervision note."""

    note: int
    text: str


class Warned(Change, tag="warned"):
    """A stage has used this share of its time, in percent; 100 and above is overdue."""

    stage: str
    share: int


class Commented(Change, tag="commented"):
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
