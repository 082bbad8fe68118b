"""One form for each command; what the event hub refuses shows beside the field that it concerns.

A form asks; it decides nothing. Whatever is missing or wrong is told by the hub, all at once.

The module is long because every command of the hub has its form here, beside the others.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.fronts.governance.asking import BodyField, CommandForm, Desk, reason_field, words
from beichen.hubs.events.pages import Grade


class ClassifyForm(CommandForm):
    """The kind."""

    kind = forms.ChoiceField(label=_("Kind of event"))
    fallback = "kind"

    def prepare(self, desk: Desk) -> None:
        """The current kinds, the case's own chosen."""
        choices = [("", "–"), *((kind.key, kind.label) for kind in desk.kinds)]
        chosen = self.fields["kind"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = choices
        self.initial["kind"] = desk.state.kind


class RegradeForm(CommandForm):
    """The grade, and why."""

    grade = forms.TypedChoiceField(label=_("Grade of the case"), choices=Grade.choices, coerce=int)
    reason = reason_field()
    fallback = "grade"

    def prepare(self, desk: Desk) -> None:
        """The case's own grade is chosen."""
        self.initial["grade"] = desk.state.grade


class AcceptForm(CommandForm):
    """Whether the routing table dispatches it at once."""

    is_routed = forms.BooleanField(label=_("Dispatch by the routing table"), required=False, initial=True)
    fallback = "is_routed"


class ReasonForm(CommandForm):
    """Only why."""

    reason = reason_field()
    fallback = "reason"


class MergeForm(CommandForm):
    """Into which case."""

    into = forms.CharField(label=_("Code of the case that goes on"), max_length=20)
    fallback = "into"


class DispatchForm(CommandForm):
    """To whom; nobody named: by the routing table."""

    lead = BodyField(label=_("Lead body"), required=False, help_text=_("Empty: by the routing table."))
    support = BodyField(
        label=_("Bodies in support"), required=False, is_many=True, help_text=_("Several: with commas.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=words(2))
    fallback = "lead"


class TransferForm(CommandForm):
    """To whom, and why."""

    lead = BodyField(label=_("New lead body"))
    reason = reason_field()
    fallback = "lead"


class EscalateForm(CommandForm):
    """Who is called in, and why."""

    to = BodyField(label=_("Body to call in"))
    reason = reason_field()
    fallback = "to"


class ExtendForm(CommandForm):
    """How much longer, and why."""

    by = forms.CharField(label=_("How much longer"), max_length=8, help_text=_("Such as 4h or 3d."))
    reason = reason_field()
    fallback = "by"


class TaskForm(CommandForm):
    """What is to be done, and by whom."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    body = BodyField(label=_("Body"))
    fallback = "title"


class FinishTaskForm(CommandForm):
    """Which task, and what came of it."""

    task = forms.TypedChoiceField(label=_("Task of the case"), coerce=int)
    result = forms.CharField(label=_("Result"), widget=words(2))
    fallback = "task"

    def prepare(self, desk: Desk) -> None:
        """The open tasks."""
        chosen = self.fields["task"]
        if isinstance(chosen, forms.ChoiceField):
            tasks = [task for task in desk.state.tasks if task.done_at is None]
            chosen.choices = [(str(task.number), f"{task.number}. {task.title}") for task in tasks]


class FinishStepForm(CommandForm):
    """Which step."""

    step = forms.ChoiceField(label=_("Step"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    fallback = "step"

    def prepare(self, desk: Desk) -> None:
        """The steps that are not done."""
        chosen = self.fields["step"]
        if isinstance(chosen, forms.ChoiceField):
            left = [step for step in desk.kind.steps if step.key not in desk.state.steps]
            chosen.choices = [(step.key, step.name.en if desk.is_english else step.name.zh) for step in left]


class EvidenceForm(CommandForm):
    """A photograph or a paper, and what it shows."""

    file = forms.FileField(label=_("Photograph or paper"))
    need = forms.ChoiceField(label=_("It shows"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    fallback = "file"

    def prepare(self, desk: Desk) -> None:
        """What the kind needs."""
        chosen = self.fields["need"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = [("", "–"), *desk.kind.needed.items()]


class CostForm(CommandForm):
    """How much, for what."""

    yuan = forms.FloatField(label=_("Yuan"), widget=forms.NumberInput(attrs={"step": "0.01", "min": "0"}))
    purpose = forms.CharField(label=_("Spent on"), max_length=200)
    fallback = "yuan"


class HandleForm(CommandForm):
    """The result, and what the kind asks of it."""

    result = forms.CharField(label=_("Result"), widget=words(4))
    fallback = "result"

    def prepare(self, desk: Desk) -> None:
        """A field for each question of the kind."""
        for key, ask in desk.kind.result.items():
            label = ask.name.en if desk.is_english else ask.name.zh
            self.fields[key] = _question(ask, label, is_english=desk.is_english)

    def values(self) -> dict[str, Any]:
        """The result with the answers beside it."""
        found = super().values()
        given = {key: found.pop(key) for key in self.desk.kind.result if key in found}
        return {**found, "answers": {key: value for key, value in given.items() if value not in ("", None)}}


def _question(ask: Any, label: str, *, is_english: bool) -> forms.Field:
    if ask.choices:
        choices = [(key, words.en if is_english else words.zh) for key, words in ask.choices.items()]
        return forms.ChoiceField(label=label, choices=[("", "–"), *choices], required=ask.required)
    return forms.CharField(label=label, max_length=2000, required=ask.required)


class VerifyForm(CommandForm):
    """Passed or not, and what was found."""

    is_passed = forms.TypedChoiceField(
        label=_("Verdict"),
        choices=[("yes", _("The result is good")), ("no", _("Not yet: back to the lead"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(label=_("What was found"), required=False, widget=words(2))
    fallback = "note"


class TextForm(CommandForm):
    """A text."""

    text = forms.CharField(label=_("Text"), widget=words(3))
    fallback = "text"


class AnswerNoteForm(CommandForm):
    """Which note, and the answer."""

    note = forms.TypedChoiceField(label=_("Note to answer"), coerce=int)
    text = forms.CharField(label=_("Answer"), widget=words(3))
    fallback = "text"

    def prepare(self, desk: Desk) -> None:
        """The notes that wait for an answer."""
        chosen = self.fields["note"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = [
                (str(note.number), f"{note.number}. {note.text[:60]}".rstrip(". ") or str(note.number))
                for note in desk.state.notes
                if not note.answer
            ]


FORMS: dict[str, type[CommandForm]] = {
    "classify": ClassifyForm,
    "regrade": RegradeForm,
    "accept": AcceptForm,
    "refuse": ReasonForm,
    "merge": MergeForm,
    "dispatch": DispatchForm,
    "transfer": TransferForm,
    "return": ReasonForm,
    "escalate": EscalateForm,
    "wait": ReasonForm,
    "resume": CommandForm,
    "extend": ExtendForm,
    "add-task": TaskForm,
    "finish-task": FinishTaskForm,
    "finish-step": FinishStepForm,
    "add-evidence": EvidenceForm,
    "add-cost": CostForm,
    "handle": HandleForm,
    "verify": VerifyForm,
    "answer": TextForm,
    "reopen": ReasonForm,
    "close": CommandForm,
    "supervise": TextForm,
    "answer-note": AnswerNoteForm,
    "comment": TextForm,
}
