"""Where an affair stands, in plain words: how far it is, who has it, until when, what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.declaration import Process, Words
from beichen.fronts.services.listing import end_of
from beichen.fronts.services.models import Affair, AffairEvent, Task, Timer
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.signs import left_words, name_of
from beichen.fronts.services.telling import receivers_of, value_words
from beichen.fronts.services.words import CLOSED, Standing, Status

SHOWN: Mapping[str, Promise] = {
    "opened": _("Your application came in."),
    "completed": _("A step is done:"),
    "handed-over": _("Another body goes on with it:"),
    "recalled": _("A step is done again."),
    "material-asked": _("Something is missing:"),
    "material-given": _("What was missing came in."),
    "suspended": _("It has to wait:"),
    "resumed": _("It goes on."),
    "timer-fired": _("A time limit ran out, and it went on."),
    "message": _("A message came in."),
    "objected": _("Somebody objected to the public notice."),
    "objection-answered": _("An objection was answered:"),
    "rated": _("It was rated."),
    "withdrawn": _("The application was withdrawn."),
    "closed": _("It is concluded:"),
    "annulled": _("The decision was taken back:"),
}


@dataclass(frozen=True, slots=True)
class Station:
    """One of the four stations that every affair has; one that ends early has fewer."""

    label: Promise | str
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is being done now: the step, who has it, until when."""

    step: str
    body: str
    until: datetime | None
    left: str
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of what happened."""

    at: datetime
    text: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Standings:
    """Everything that the page says of how an affair stands."""

    sentence: str
    stations: list[Station]
    waits: list[Waiting]
    todo: list[dict[str, Any]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def stand_of(
    affair: Affair,
    process: Process,
    tasks: list[Task],
    timers: list[Timer],
    trail: list[AffairEvent],
    now: datetime,
) -> Standings:
    """How an affair stands."""
    waits = [_waiting(task, now) for task in tasks if task.is_open]
    waits += [_noticed(timer, process) for timer in timers if timer.is_public and timer.held_at is None]
    is_held = any(timer.held_at for timer in timers)
    todo = [pause for pause in affair.pauses if pause.get("kind") == "material"]
    return Standings(
        _sentence(affair, waits, bool(todo), is_held),
        _stations(affair, tasks),
        waits,
        todo,
        _told(trail, process),
    )


def _waiting(task: Task, now: datetime) -> Waiting:
    until = None if task.is_paused else localtime(task.due_at)
    left = gettext("Clock stopped") if task.is_paused else left_words(task.due_at, now)
    return Waiting(task.label, name_of(task.body), until, left)


def _noticed(timer: Timer, process: Process) -> Waiting:
    step = process.steps.get(timer.step)
    until = localtime(timer.due_at) if timer.due_at else None
    return Waiting(step.name.label if step else "", gettext("Open to everybody"), until, "", is_notice=True)


def _sentence(affair: Affair, waits: list[Waiting], is_asked: bool, is_held: bool) -> str:
    if affair.status == Status.WITHDRAWN:
        return gettext("You took the application back. Nothing more happens.")
    if affair.annulled_at is not None:
        return gettext("The decision was taken back. It does not count any more; why is said below.")
    if affair.status == Status.DONE:
        return gettext("It is concluded: %(end)s.") % {"end": end_of(affair)}
    if is_asked:
        return gettext("You must do something: material is missing. Until it comes, the clock stands still.")
    if affair.status == Status.SUSPENDED:
        return gettext("It has to wait. You need do nothing; we tell you when it goes on.")
    if is_held:
        return gettext("The public notice is over. Objections to it are being answered; you need do nothing.")
    if waits and waits[0].until and waits[0].is_notice:
        return gettext(
            "It is on public notice until %(until)s, and goes on by itself afterwards. You need do nothing."
        ) % {"until": f"{waits[0].until:%Y-%m-%d %H:%M}"}
    if waits and waits[0].until:
        return gettext(
            "%(body)s has it now (%(step)s), at the latest until %(until)s. You need do nothing."
        ) % {
            "body": waits[0].body,
            "step": waits[0].step,
            "until": f"{waits[0].until:%Y-%m-%d %H:%M}",
        }
    return gettext("It is being worked on. You need do nothing.")


def _stations(affair: Affair, tasks: list[Task]) -> list[Station]:
    """Received, being examined, decided, concluded; told from what is done, not from names of steps."""
    is_closed = affair.status in CLOSED
    done = sum(task.standing == Standing.DONE for task in tasks)
    at = 3 if is_closed else min(done, 2)
    end = end_of(affair) or str(Status(affair.status).label)
    labels: list[Promise | str] = [
        pgettext("station", "Received"),
        pgettext("station", "Accepted"),
        pgettext("station", "Being examined"),
        end if is_closed else pgettext("station", "Result"),
    ]
    if affair.status == Status.WITHDRAWN:  # what was not reached was not done
        at = min(done, 2) + 1
        labels = [*labels[:at], end]
    return [Station(label, number < at or is_closed, number == at) for number, label in enumerate(labels)]


def _told(trail: list[AffairEvent], process: Process) -> list[Told]:
    """What happened as far as it concerns the applicant; the newest first. What officers wrote to each other
    in their forms is not told, what they wrote to the applicant is."""
    found, receivers = [], receivers_of(trail)
    for event in reversed(trail):
        if event.name not in SHOWN:
            continue
        step = process.steps.get(event.step)
        parts = [str(SHOWN[event.name])]
        if event.name == "handed-over":
            parts.append(receivers.get(str(event.data.get("to")), ""))
        if event.name in ("completed", "timer-fired") and step is not None:
            parts.append(step.name.label)
        if event.name == "closed":
            parts.append(_end(process, str(event.data.get("outcome", ""))))
        words = [*event.data.get("items", ())] if event.name == "material-asked" else []
        if event.name == "objection-answered":
            words.append(str(Ruling(event.data["ruling"]).label))
        if event.name in ("material-asked", "suspended", "withdrawn", "annulled", "objection-answered"):
            words.append(str(event.data.get("reason", "")))
        if event.name == "completed":
            words += told_words(event, process)
        if event.name == "material-given":
            words.append(str(event.data.get("note", "")))
        found.append(Told(event.at, " ".join(filter(None, parts)), " · ".join(filter(None, words))))
    return found


def told_words(event: AffairEvent, process: Process) -> list[str]:
    """What an officer wrote to the applicant when a step was done, in the order of the declaration."""
    values = event.data.get("values", {})
    return [
        gettext("%(name)s: %(value)s") % {"name": one.name.label, "value": value_words(one, values[name])}
        for name, one in process.fields.items()
        if one.told and name in values
    ]


def _end(process: Process, outcome: str) -> str:
    found: Words | None = process.ends.get(outcome)
    return found.label if found is not None else ""
