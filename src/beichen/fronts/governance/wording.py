"""What happened to a case, in sentences: one for each event of its stream, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beichen.fronts.governance.times import duration_words
from beichen.hubs.events.models import CaseEvent, EventKind
from beichen.hubs.events.pages import Channel, Grade, Outcome, Stage
from beichen.kernel.actor import PUBLIC
from beichen.kernel.org.models import Body

Data = Mapping[str, Any]
Names = Mapping[str, str]
_BODY_FIELDS = ("lead", "was", "to", "body")
_QUOTED = ("text", "reason", "note", "result", "opinion")
"""Fields that people wrote: shown below the sentence, in their own words."""


def body_name(body: Body | None) -> str:
    """A body's name in the reader's language."""
    if body is None:
        return ""
    return (body.name_en or body.name) if (get_language() or "").startswith("en") else body.name


def _time(text: str) -> str:
    found = parse_datetime(text)
    return "" if found is None else f"{timezone.localtime(found):%Y-%m-%d %H:%M}"


def _due(data: Data) -> str:
    clock = data.get("clock")
    return _(" Due %(time)s.") % {"time": _time(clock["due"])} if clock else ""


def _opened(data: Data, names: Names) -> str:
    return _("A report came in by %(channel)s and opened the case.") % {
        "channel": Channel(data["channel"]).label
    }


def _joined(data: Data, names: Names) -> str:
    if data.get("merged"):
        return _("Report %(report)s came over from case %(case)s.") % {
            "report": data["report"],
            "case": data["merged"],
        }
    if data.get("metres") is not None:
        return _("Report %(report)s is about the same: %(metres).0f m away.") % {
            "report": data["report"],
            "metres": data["metres"],
        }
    return _("Report %(report)s joined the case.") % {"report": data["report"]}


def _classified(data: Data, names: Names) -> str:
    return _("Classified as “%(kind)s”.") % {"kind": names.get(data["kind"], data["kind"])}


def _graded(data: Data, names: Names) -> str:
    return _("Grade changed from %(was)s to %(grade)s.") % {
        "was": Grade(data["was"]).label,
        "grade": Grade(data["grade"]).label,
    }


def _accepted(data: Data, names: Names) -> str:
    return _("Taken on.") + _due(data)


def _refused(data: Data, names: Names) -> str:
    return _("Not taken on; the reporter reads why.")


def _appealed(data: Data, names: Names) -> str:
    return _("The reporter objected to the refusal.") + _due(data)


def _dispatched(data: Data, names: Names) -> str:
    lead = names.get(data["lead"], data["lead"])
    words = (
        _("Dispatched to %(lead)s by row %(row)d of the routing table.") % {"lead": lead, "row": data["row"]}
        if data.get("row")
        else _("Dispatched to %(lead)s.") % {"lead": lead}
    )
    if data.get("support"):
        joined = _(", ").join(names.get(key, key) for key in data["support"])
        words += _(" In support: %(bodies)s.") % {"bodies": joined}
    return words + _due(data)


def _transferred(data: Data, names: Names) -> str:
    return _("Passed on from %(was)s to %(lead)s.") % {
        "was": names.get(data["was"], data["was"]),
        "lead": names.get(data["lead"], data["lead"]),
    }


def _returned(data: Data, names: Names) -> str:
    return _("Given back to the centre.") + _due(data)


def _escalated(data: Data, names: Names) -> str:
    return _("%(body)s was called in.") % {"body": names.get(data["to"], data["to"])}


def _waiting(data: Data, names: Names) -> str:
    return _("The clock stopped with %(left)s left.") % {"left": duration_words(data["left"])}


def _resumed(data: Data, names: Names) -> str:
    return _("The clock goes on.") + _due(data)


def _extended(data: Data, names: Names) -> str:
    return _("There is more time.") + _due(data)


def _task_added(data: Data, names: Names) -> str:
    return _("Task %(task)d for %(body)s: %(title)s") % {
        "task": data["task"],
        "body": names.get(data["body"], data["body"]),
        "title": data["title"],
    }


def _task_done(data: Data, names: Names) -> str:
    return _("Task %(task)d is done.") % {"task": data["task"]}


def _step_done(data: Data, names: Names) -> str:
    return _("Step “%(step)s” is done.") % {"step": names.get(f"step:{data['step']}", data["step"])}


def _evidence_added(data: Data, names: Names) -> str:
    if data.get("need"):
        return _("Evidence was added for “%(need)s”.") % {"need": data["need"]}
    return _("Evidence was added.")


def _cost_added(data: Data, names: Names) -> str:
    return _("Spent %(yuan)s yuan: %(purpose)s") % {
        "yuan": f"{data['yuan']:,.2f}",
        "purpose": data["purpose"],
    }


def _handled(data: Data, names: Names) -> str:
    return _("The result was reported.") + _due(data)


def _verified(data: Data, names: Names) -> str:
    passed = _("The result was verified.") if data["is_passed"] else _("The result did not pass.")
    return passed + _due(data)


def _answered(data: Data, names: Names) -> str:
    return _("The reporters were answered.")


def _rated(data: Data, names: Names) -> str:
    solved = _("solved") if data["is_solved"] else _("not solved")
    return _("Rated %(stars)d of 5, %(solved)s.") % {"stars": data["stars"], "solved": solved}


def _reopened(data: Data, names: Names) -> str:
    return _("Opened again.") + _due(data)


def _closed(data: Data, names: Names) -> str:
    if data.get("into"):
        return _("Closed into case %(case)s.") % {"case": data["into"]}
    return _("Closed: %(outcome)s.") % {"outcome": Outcome(data["outcome"]).label}


def _supervised(data: Data, names: Names) -> str:
    if data.get("overdue"):
        return _("Supervision note %(note)d, written by the clock: “%(stage)s” is overdue.") % {
            "note": data["note"],
            "stage": Stage(data["overdue"]).label,
        }
    return _("Supervision note %(note)d.") % {"note": data["note"]}


def _note_answered(data: Data, names: Names) -> str:
    return _("Supervision note %(note)d was answered.") % {"note": data["note"]}


def _warned(data: Data, names: Names) -> str:
    words = {"stage": Stage(data["stage"]).label, "share": data["share"]}
    if data["share"] >= 100:
        return _("“%(stage)s” is overdue.") % words
    return _("“%(stage)s” has used %(share)d%% of its time.") % words


def _commented(data: Data, names: Names) -> str:
    return _("A remark.")


SENTENCES: dict[str, Callable[[Data, Names], str]] = {
    "opened": _opened, "joined": _joined, "classified": _classified, "graded": _graded,
    "accepted": _accepted, "refused": _refused, "appealed": _appealed, "dispatched": _dispatched,
    "transferred": _transferred, "returned": _returned, "escalated": _escalated, "waiting": _waiting,
    "resumed": _resumed, "extended": _extended, "task-added": _task_added, "task-done": _task_done,
    "step-done": _step_done, "evidence-added": _evidence_added, "cost-added": _cost_added,
    "handled": _handled, "verified": _verified, "answered": _answered, "rated": _rated,
    "reopened": _reopened, "closed": _closed, "supervised": _supervised, "note-answered": _note_answered,
    "warned": _warned, "commented": _commented,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline: the sentence, what somebody wrote with it, who and when."""

    number: int
    name: str
    at: datetime
    sentence: str
    quote: str
    by: str
    body: str


def sentence(name: str, data: Data, names: Names) -> str:
    """What an event says; ``names`` gives bodies, kinds and steps by their keys."""
    return SENTENCES[name](data, names)


def _keys(rows: Iterable[CaseEvent]) -> tuple[set[str], set[str]]:
    bodies: set[str] = set()
    kinds: set[str] = set()
    for row in rows:
        bodies |= {str(row.data[field]) for field in _BODY_FIELDS if row.data.get(field)}
        bodies |= set(row.data.get("support", ()))
        if row.name == "classified":
            kinds.add(row.data["kind"])
    return bodies, kinds


def moments(rows: list[CaseEvent], steps: Names) -> list[Moment]:
    """The timeline in words, the newest first: two queries for the names, however long it is."""
    bodies, kinds = _keys(rows)
    names = {body.key: body_name(body) for body in Body.objects.filter(key__in=bodies)}
    names |= {kind.key: kind.label for kind in EventKind.objects.filter(key__in=kinds)}
    names |= {f"step:{key}": words for key, words in steps.items()}
    return [
        Moment(
            number=row.number,
            name=row.name,
            at=row.at,
            sentence=sentence(row.name, row.data, names),
            quote="" if row.name == "opened" else _quote(row.data),
            by=_who(row),
            body=body_name(row.body),
        )
        for row in reversed(rows)
    ]


def _who(row: CaseEvent) -> str:
    if row.by == PUBLIC.key:
        return _("A citizen")
    return _("Beichen") if row.by.startswith("system:") else row.by_name


def _quote(data: Data) -> str:
    return next((str(data[field]) for field in _QUOTED if data.get(field)), "")
