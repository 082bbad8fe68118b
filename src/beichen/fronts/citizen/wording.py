"""A case in a citizen's words: the way that it goes, and what happened so far, without the house's inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from beichen.hubs.events.models import Case, CaseEvent, Report
from beichen.hubs.events.pages import Outcome, Stage
from beichen.hubs.events.service import timeline
from beichen.kernel.org.models import Body

STATIONS: tuple[tuple[frozenset[str], Promise], ...] = (
    (frozenset({Stage.ACCEPT}), gettext_lazy("Report received")),
    (frozenset({Stage.DISPATCH}), gettext_lazy("Taken on")),
    (frozenset({Stage.HANDLE, Stage.VERIFY}), gettext_lazy("Being handled")),
    (frozenset({Stage.ANSWER, Stage.RATE}), gettext_lazy("Answered")),
    (frozenset({Stage.CLOSED}), gettext_lazy("Closed")),
)


@dataclass(frozen=True, slots=True)
class Station:
    """One of the five stations that a citizen sees."""

    label: Promise
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of what happened."""

    at: datetime
    text: str
    said: str = ""  # the house's own words to the reporter


def way_of(case: Case) -> list[Station]:
    """The stations, up to where the case stands."""
    at = next(number for number, (stages, _label) in enumerate(STATIONS) if case.stage in stages)
    if case.outcome == Outcome.REFUSED:
        return [Station(STATIONS[0][1], True, False), Station(gettext_lazy("Not taken on"), True, True)]
    return [
        Station(label, number < at or case.stage == Stage.CLOSED, number == at)
        for number, (_stages, label) in enumerate(STATIONS)
    ]


def station_of(case: Case) -> str:
    """In two words where a case stands."""
    return str(next(one.label for one in reversed(way_of(case)) if one.is_current or one.is_done))


def steps_of(case: Case, report: Report) -> list[Told]:
    """What happened since the report came in, as far as it concerns its reporter; the newest first."""
    events = [step for step in timeline(case) if step.name in _SENTENCES]
    bodies = {key for step in events for key in (step.data.get("lead"),) if key}
    names = {body.key: body.name for body in Body.objects.filter(key__in=bodies)}
    told = [Told(report.received_at, _("We received your report."))]
    for step in events:
        if step.at >= report.received_at:
            text, said = _SENTENCES[step.name](step, names)
            if text:
                told.append(Told(step.at, text, said))
    return list(reversed(told))


_Sentence = Callable[[CaseEvent, dict[str, str]], tuple[str, str]]


def _plain(text: Promise, member: str = "") -> _Sentence:
    def say(step: CaseEvent, _names: dict[str, str]) -> tuple[str, str]:
        return str(text), str(step.data.get(member, "")) if member else ""

    return say


def _sent(text: Promise) -> _Sentence:
    def say(step: CaseEvent, names: dict[str, str]) -> tuple[str, str]:
        key = str(step.data.get("lead", ""))
        return str(text) % {"body": names.get(key, key)}, ""

    return say


def _verified(step: CaseEvent, _names: dict[str, str]) -> tuple[str, str]:
    passed: Any = step.data.get("is_passed")
    return (_("The result was checked."), "") if passed else (_("The result was checked and sent back."), "")


_SENTENCES: dict[str, _Sentence] = {
    "accepted": _plain(gettext_lazy("Your report was accepted.")),
    "refused": _plain(gettext_lazy("Your report cannot be taken on."), "reason"),
    "appealed": _plain(gettext_lazy("Your objection will be looked at.")),
    "dispatched": _sent(gettext_lazy("%(body)s takes care of it.")),
    "transferred": _sent(gettext_lazy("It was passed on to %(body)s.")),
    "returned": _plain(gettext_lazy("Another body is being found for it.")),
    "waiting": _plain(gettext_lazy("It has to wait."), "reason"),
    "resumed": _plain(gettext_lazy("It goes on.")),
    "extended": _plain(gettext_lazy("It takes longer than planned."), "reason"),
    "handled": _plain(gettext_lazy("The work was done; the result is being checked.")),
    "verified": _verified,
    "answered": _plain(gettext_lazy("The answer to you:"), "text"),
    "rated": _plain(gettext_lazy("A rating was given.")),
    "reopened": _plain(gettext_lazy("It is being handled again.")),
    "closed": _plain(gettext_lazy("The case is closed.")),
}


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed case as everybody may know it: what, where roughly, when, and whether in time."""

    kind: str
    region: str
    at: datetime
    days: int
    is_demo: bool


def closed_words(case: Case) -> Closed:
    """What an announcement says of a closed case; nothing that anybody wrote."""
    closed = case.closed_at or case.opened_at
    return Closed(
        case.kind.label if case.kind is not None else _("Other"),
        (case.region.name_en or case.region.name) if get_language() == "en" else case.region.name,
        closed,
        (closed - case.opened_at).days,
        case.is_demo,
    )
