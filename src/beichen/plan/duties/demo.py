"""What `demo-duties.yaml` shows: assignments, milestones, rounds with reports, a supervision note.

Everything is done by the room's own service at the days that the file says, by an actor that is the city's
loader, and is flagged ``is_demo``. A duty that people assigned in the meantime is left alone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.vocabulary import KEY, record
from beichen.plan.duties.assignment import Assignment, assign_duties
from beichen.plan.duties.milestones import add_milestone, finish_milestone
from beichen.plan.duties.models import Duty, Round
from beichen.plan.duties.reminders import remind
from beichen.plan.duties.reports import ReportFacts, accept_report, return_report, save_report, submit_report
from beichen.plan.duties.rounds import open_round
from beichen.plan.duties.supervision import answer_note, close_note, write_note
from beichen.plan.duties.words import State
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, shorten

_WORDS = {"type": "string", "minLength": 1, "maxLength": 2000}
_DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "x-form": 'a day in quotes, such as "2025-12-31"'}


def schema() -> dict[str, Any]:
    """Rounds by period, and duties by the words of their title."""
    report = record(
        {"state": {"enum": list(State.values)}, "percent": {"type": "integer"}, "text": _WORDS},
        {"problems": _WORDS, "done_on": _DAY, "outcome": {"enum": ["accepted", "submitted", "returned"]},
         "reason": _WORDS},
    )  # fmt: skip
    milestone = record({"title": _WORDS, "due": _DAY}, {"done_on": _DAY, "note": _WORDS})
    note = record(
        {"on": _DAY, "title": _WORDS, "text": _WORDS, "due": _DAY},
        {"answer": _WORDS, "answered_on": _DAY, "closing": _WORDS, "closed_on": _DAY},
    )
    duty = record(
        {"title": _WORDS, "location": _WORDS, "lead": KEY},
        {
            "supporting": {"type": "array", "items": KEY},
            "deadline": _DAY,
            "milestones": {"type": "array", "items": milestone},
            "reports": {"type": "object", "additionalProperties": report},
            "note": note,
        },
    )
    return record(
        {
            "assigned_on": _DAY,
            "reason": _WORDS,
            "rounds": {"type": "array", "items": {"type": "string"}},
            "duties": {"type": "array", "items": duty},
        }
    )


def _at(text: str, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(text), time(hour)))


class _Demo:
    """Installs one file; gathers what of it does not fit the city."""

    def __init__(self, plan: Plan, document: Document, by: Actor) -> None:
        self.plan, self.document, self.by = plan, document, by
        self.said = document.value
        self.bodies = {body.key: body for body in Body.objects.select_related("region")}
        rows = Duty.objects.filter(plan=plan, vanished_at=None).select_related("lead")
        self.duties = {(duty.location.partition("#")[0], duty.title): duty for duty in rows}
        self.problems: list[Problem] = []

    def pairs(self) -> list[tuple[dict[str, Any], Duty]]:
        """The file's duties with those of the plan that nobody has touched yet."""
        found = []
        for number, item in enumerate(self.said["duties"]):
            duty = self.duties.get((item["location"], item["title"]))
            for key in (item["lead"], *item.get("supporting", ())):
                if key not in self.bodies:
                    self._miss(f"no body {key!r}", ("duties", number, "lead"))
            if duty is None:
                self._miss(f"no duty {item['title']!r}", ("duties", number, "title"))
            elif duty.lead_id is None:
                duty.plan = self.plan
                found.append((item, duty))
        if self.problems:
            raise ProblemError(*self.problems)
        return found

    def _miss(self, message: str, pointer: tuple[str | int, ...]) -> None:
        where = self.document.position(pointer)
        self.problems.append(Problem(codes.NO_REFERENCE, shorten(message), where))

    def install(self) -> list[str]:
        pairs = self.pairs()
        if not pairs:
            return []
        assigned = _at(self.said["assigned_on"])
        wanted = [
            Assignment(
                duty,
                self.bodies[item["lead"]],
                [self.bodies[key] for key in item.get("supporting", ())],
                date.fromisoformat(item["deadline"]) if "deadline" in item else None,
            )
            for item, duty in pairs
        ]
        assign_duties(self.plan, wanted, reason=self.said["reason"], by=self.by, now=assigned, is_demo=True)
        rounds = [open_round(self.plan, one, by=self.by, is_demo=True) for one in self.said["rounds"]]
        for item, duty in pairs:
            self._milestones(item, duty)
            for round_ in rounds:
                self._report(item, duty, round_)
            self._note(item, duty)
        for round_ in rounds[-1:]:
            for day in (round_.due, round_.due + timedelta(1)):
                remind(self.plan, by=self.by, today=day)
        return [f"demo/{duty.kind}/{duty.key}" for _item, duty in pairs]

    def _milestones(self, item: dict[str, Any], duty: Duty) -> None:
        for said in item.get("milestones", ()):
            due = date.fromisoformat(said["due"])
            row = add_milestone(
                duty, said["title"], due, by=self.by, now=_at(self.said["assigned_on"], 11), is_demo=True
            )
            if "done_on" in said:
                done, note = _at(said["done_on"], 16), said.get("note", "")
                finish_milestone(row, done.date(), by=self.by, note=note, now=done)

    def _report(self, item: dict[str, Any], duty: Duty, round_: Round) -> None:
        said = item.get("reports", {}).get(round_.period)
        if said is None:
            return
        done_on = date.fromisoformat(said["done_on"]) if "done_on" in said else None
        facts = ReportFacts(said["state"], said["percent"], said["text"], said.get("problems", ""), done_on)
        now = _at(round_.due.isoformat(), 9)
        row = save_report(duty, round_, facts, by=self.by, now=now, is_demo=True)
        submit_report(row, by=self.by, now=now)
        decided, outcome = _at(round_.due.isoformat(), 15), said.get("outcome", "accepted")
        if outcome == "accepted":
            accept_report(row, by=self.by, now=decided)
        elif outcome == "returned":
            return_report(row, said["reason"], by=self.by, now=decided)

    def _note(self, item: dict[str, Any], duty: Duty) -> None:
        said = item.get("note")
        if said is None:
            return
        due = date.fromisoformat(said["due"])
        note = write_note(
            duty, said["title"], said["text"], due, by=self.by, now=_at(said["on"]), is_demo=True
        )
        if "answer" in said:
            answer_note(note, said["answer"], by=self.by, now=_at(said["answered_on"]))
        if "closing" in said:
            close_note(note, said["closing"], by=self.by, now=_at(said["closed_on"]))


def install_demo(plan: Plan, document: Document, *, by: Actor) -> list[str]:
    """Show the file's duties at work; what was shown before, or people took over, is left as it is.

    Raises ProblemError with everything of the file that the plan or the city does not have.
    """
    return _Demo(plan, document, by).install()
