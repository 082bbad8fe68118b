"""Everything that a case's page shows: facts, reports, timeline, clock, work, evidence, likenesses, forms.

A fixed number of queries, however long the case's story is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from beichen.fronts.governance.asking import CommandForm, Desk
from beichen.fronts.governance.forms import FORMS
from beichen.fronts.governance.possible import desks_of, may_identify, possible
from beichen.fronts.governance.reach import cases_for
from beichen.fronts.governance.times import share_used
from beichen.fronts.governance.wording import body_name, moments
from beichen.fronts.governance.words import DANGEROUS, LABELS, MAIN
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case, CaseFile, Likeness, Report
from beichen.hubs.events.pages import CaseState, Kind, Part, kind_of, state_of
from beichen.kernel.actor import Actor
from beichen.kernel.files.models import StoredFile
from beichen.kernel.org.models import Body

_ALIKE = 5
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A command that may be given now, with its form."""

    name: str
    label: Any
    form: CommandForm
    is_main: bool
    is_dangerous: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of the case: of a report, or evidence of a step."""

    file: StoredFile
    about: str
    note: str
    body: str

    @property
    def is_picture(self) -> bool:
        """Whether a browser can show it."""
        return self.file.media_type.startswith("image/")


class Dossier:
    """A case as its page shows it to ``by`` at ``now``; ``bad`` is a form that was refused."""

    def __init__(self, row: Case, *, by: Actor, now: datetime, bad: CommandForm | None = None) -> None:
        self.row, self.by, self.now, self.bad = row, by, now, bad
        self.state: CaseState = state_of(row)
        self.kind: Kind = kind_of(row)
        self.desks = desks_of(row)
        self.bodies = list(Body.objects.filter(is_current=True).order_by("path"))
        self.names = {body.key: body_name(body) for body in self.bodies}
        self.is_english = (get_language() or "").startswith("en")

    def desk(self) -> Desk:
        """What forms choose from."""
        return desk_of(self.row, self.bodies)

    def offers(self) -> list[Offer]:
        """The commands that may be given now, those that carry the case on first."""
        desk = self.desk()
        names = possible(self.row, by=self.by, desks=self.desks)
        found = [self._offer(name, desk) for name in names]
        return sorted(found, key=lambda one: not one.is_main)

    def _offer(self, name: str, desk: Desk) -> Offer:
        is_bad = self.bad is not None and self.bad.name == name
        form = self.bad if is_bad and self.bad is not None else FORMS[name](name, desk)
        is_main = name in MAIN
        return Offer(name, LABELS[name], form, is_main, name in DANGEROUS, is_bad)

    def parts(self) -> list[tuple[Any, str]]:
        """Which body takes part as what."""
        return [(Part(desk.part).label, body_name(desk.body)) for desk in self.desks]

    def timeline(self) -> list[Any]:
        """What happened, the newest first."""
        steps = {step.key: self._said(step.name) for step in self.kind.steps}
        return moments(list(events.timeline(self.row)), steps)

    def _said(self, words: Any) -> str:
        return str(words.en if self.is_english else words.zh)

    def reports(self) -> list[Report]:
        """The reports, the first one first; who sent them is not among this."""
        return list(Report.objects.filter(case=self.row).select_related("region").order_by("id"))

    def may_identify(self) -> bool:
        """Whether the actor could ask who reported."""
        return may_identify(self.desks, by=self.by)

    def share(self) -> int | None:
        """The share of the stage's time that is used, in percent; None where no clock runs."""
        clock = self.state.clock
        return None if clock is None or self.state.waiting else share_used(clock, self.now)

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks with their bodies' names."""
        return [{"task": task, "body": self.names.get(task.body, task.body)} for task in self.state.tasks]

    def steps(self) -> list[tuple[str, bool]]:
        """The kind's steps, and whether each is done."""
        return [(self._said(step.name), step.key in self.state.steps) for step in self.kind.steps]

    def answers(self) -> list[tuple[str, str]]:
        """What was asked and answered."""
        asked = {**self.kind.ask, **self.kind.result}
        return [
            (self._said(asked[key].name) if key in asked else key, self._choice(asked.get(key), value))
            for key, value in self.state.answers.items()
        ]

    def _choice(self, ask: Any, value: Any) -> str:
        words = ask.choices.get(str(value)) if ask is not None else None
        return str(value) if words is None else self._said(words)

    def papers(self) -> list[Paper]:
        """The files of reports, then the evidence."""
        rows = CaseFile.objects.filter(case=self.row).select_related("file").order_by("id")
        found = [Paper(row.file, row.report, "", "") for row in rows]
        kept = StoredFile.objects.in_bulk([one.file for one in self.state.evidence], field_name="code")
        return found + [
            Paper(kept[one.file], one.need, one.note, self.names.get(one.body, one.body))
            for one in self.state.evidence
            if one.file in kept
        ]

    def likenesses(self) -> list[Likeness]:
        """Open cases that may be about the same thing and that the actor may see, the likest first."""
        rows = Likeness.objects.filter(case=self.row, is_settled=False).select_related("other")
        found = list(rows.defer("other__state")[:_LOOKED_AT])
        seen = set(
            cases_for(self.by).filter(pk__in=[one.other_id for one in found]).values_list("pk", flat=True)
        )
        return [one for one in found if one.other_id in seen][:_ALIKE]


def desk_of(row: Case, bodies: list[Body]) -> Desk:
    """What the forms of a case choose from."""
    return Desk(
        state=state_of(row),
        kind=kind_of(row),
        version=row.version,
        bodies=bodies,
        kinds=list(events.all_kinds()) if row.accepted_at is None or row.desk is None else [],
        is_english=(get_language() or "").startswith("en"),
    )
