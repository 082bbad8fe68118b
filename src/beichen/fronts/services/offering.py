"""What may be done to an affair now by who looks at it: each act with its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.affair import forms
from beichen.fronts.services.affair.taking_back import is_decided, may_annul
from beichen.fronts.services.applicant.paper import withheld_of
from beichen.fronts.services.declaration import Process
from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.permissions import HANDLE, START, SUPERVISE
from beichen.fronts.services.signs import name_of
from beichen.fronts.services.words import CLOSED, Standing, Status
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body

LABELS: Mapping[str, Promise] = {
    "take": _("Take the step on"),
    "complete": _("Complete the step"),
    "hand-over": _("Hand the step over"),
    "ask-for-material": _("Ask for missing material"),
    "give-material": _("Take missing material in"),
    "recall": _("Take the last step back"),
    "suspend": _("Suspend the affair"),
    "resume": _("Let the affair go on"),
    "withdraw": _("Withdraw the application"),
    "annul": _("Take the decision back"),
    "message": _("Take a message in"),
}


@dataclass(slots=True)
class Offer:
    """One act with its form; ``number`` is of the step that it acts on, zero for the whole affair."""

    act: str
    affair: Affair
    form: forms.DeclaredForm
    number: int = 0
    step: str = ""

    @property
    def label(self) -> Promise:
        """What it is called."""
        return LABELS[self.act]

    @property
    def action(self) -> str:
        """Where it is sent."""
        if self.number:
            return reverse("services:task-act", args=[self.affair.code, self.number, self.act])
        return reverse("services:act", args=[self.affair.code, self.act])

    @property
    def anchor(self) -> str:
        """Its id within the page."""
        return f"{self.act}-{self.number}"

    @property
    def is_main(self) -> bool:
        """Whether it stands open."""
        return self.act == "complete" or bool(self.form.errors)


class Offers:
    """The acts that are possible for an actor."""

    def __init__(
        self, affair: Affair, process: Process, tasks: list[Task], messages: list[str], by: Actor
    ) -> None:
        self._affair, self._process, self._by, self._messages = affair, process, by, messages
        self._tasks = [task for task in tasks if task.is_open]

    def all(self) -> list[Offer]:
        """Those of steps first."""
        if self._affair.status in CLOSED:
            may = is_decided(self._affair) and may_annul(self._affair, self._by)
            return list(self._offer("annul")) if may else []
        return [*self._on_steps(), *self._on_affair()]

    def form(self, act: str, number: int, data: Any = None) -> forms.DeclaredForm | None:
        """The form of an act; None when there is no such act or step."""
        more: dict[str, Any] = {
            "prefix": None,
            "auto_id": f"{act}-{number}-%s",
            "initial": {"version": self._affair.version},
        }
        task = next((one for one in self._tasks if one.number == number), None)
        if act == "give-material":
            withheld = withheld_of(self._affair, by=self._by)
            told = {name: value for name, value in self._affair.data.items() if name not in withheld}
            more["initial"] = {**told, **more["initial"]}
            return forms.AnswerForm(self._process, self._process.start, data, **more) if number else None
        if number:
            return self._step_form(act, task, data, more) if task is not None else None
        if act == "message" and self._messages:
            return forms.MessageForm(self._process, self._messages[0], data, **more)
        known = act in ("recall", "suspend", "resume", "withdraw", "annul")
        return forms.ReasonForm(self._process, (), data, **more) if known else None

    def _step_form(self, act: str, task: Task, data: Any, more: dict[str, Any]) -> forms.DeclaredForm | None:
        if act == "take":
            return forms.DeclaredForm(self._process, (), data, **more)
        if act == "complete":
            return forms.CompleteForm(self._process, self._process.steps[task.step], data, **more)
        if act == "ask-for-material":
            return forms.MaterialForm(self._process, (), data, **more)
        if act != "hand-over":
            return None
        found = forms.HandOverForm(self._process, (), data, **more)
        bodies = Body.objects.filter(is_current=True).exclude(pk=task.body_id).order_by("path")
        found.fields["to"].choices = [("", "–"), *((body.key, name_of(body)) for body in bodies)]  # type: ignore[attr-defined]
        return found

    def _offer(self, act: str, task: Task | None = None) -> Iterator[Offer]:
        form = self.form(act, task.number if task else 0)
        if form is not None:
            number, step = (task.number, task.label) if task else (0, "")
            yield Offer(act, self._affair, form, number, step)

    def _may(self, right: str, resource: Any) -> bool:
        return self._by.is_system or bool(access.decide(self._by, right, resource))

    def _on_steps(self) -> Iterator[Offer]:
        if self._affair.status == Status.SUSPENDED:
            return
        asked = {pause.get("task") for pause in self._affair.pauses}
        for task in self._tasks:
            handles, supervises = self._may(HANDLE, task), self._may(SUPERVISE, task)
            is_others = task.standing == Standing.TAKEN and task.by != self._by.key
            if handles and not is_others:
                yield from self._offer("complete", task)
                if task.standing == Standing.WAITING:
                    yield from self._offer("take", task)
                if task.number not in asked:
                    yield from self._offer("ask-for-material", task)
            if (handles and not is_others) or supervises:
                yield from self._offer("hand-over", task)

    def _on_affair(self) -> Iterator[Offer]:
        affair = self._affair
        if self._may(START, affair):
            for pause in affair.pauses:
                task = next((one for one in self._tasks if one.number == pause.get("task")), None)
                if task is not None:
                    yield from self._offer("give-material", task)
            if affair.status != Status.SUSPENDED:
                yield from self._offer("message")
        before = affair.before
        if before and before["version"] == affair.version and before["by"] == self._by.key:
            yield from self._offer("recall")
        if self._may(SUPERVISE, affair):
            yield from self._offer("resume" if affair.status == Status.SUSPENDED else "suspend")
        if self._may(START, affair):
            yield from self._offer("withdraw")
