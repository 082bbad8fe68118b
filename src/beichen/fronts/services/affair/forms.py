"""Forms made from what a process declares: plain fields, complete without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.declaration import Field, Process, Step
from beichen.kernel.org.models import Region
from beichen.web.forms import ProblemForm


def widget_of(one: Field) -> forms.Field:
    """The form field of a declared one."""
    label = one.name.label + (f" ({one.unit})" if one.unit else "")
    shared: dict[str, Any] = {"label": label, "required": one.required}
    if one.told:
        shared["help_text"] = _("The applicant reads this.")
    choices = [(key, words.label) for key, words in one.choices.items()]
    if one.type == "choice":
        return forms.ChoiceField(choices=[("", "–"), *choices], **shared)
    if one.type == "list" and choices:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
    if one.type == "boolean":
        return forms.ChoiceField(choices=[("", "–"), ("true", _("Yes")), ("false", _("No"))], **shared)
    if one.type == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, **shared)
    if one.type == "date":
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **shared)
    if one.type in ("number", "integer"):
        return forms.CharField(
            widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=30, **shared
        )
    return forms.CharField(max_length=200, **shared)


class DeclaredForm(ProblemForm):
    """A form with the declared fields ``names`` of a process, after those of its subclass."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, process: Process, names: Iterable[str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._names = list(names)
        for name in self._names:
            self.fields[name] = widget_of(process.fields[name])

    def asked_for(self) -> Iterable[str]:
        """All of them: the service says what is missing."""
        return [name for name, one in self.fields.items() if one.required]

    def data_values(self) -> dict[str, Any]:
        """What was said of the declared fields."""
        found = {name: self.cleaned_data.get(name) for name in self._names}
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def expected(self) -> int | None:
        """The version that was seen."""
        text = str(self.cleaned_data.get("version") or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


class ApplicationForm(DeclaredForm):
    """An application that a clerk takes in."""

    subject = forms.CharField(label=_("Code of the applicant"), max_length=40)
    region = forms.ChoiceField(label=_("Region"))

    def __init__(self, process: Process, regions: Iterable[Region], *args: Any, **more: Any) -> None:
        super().__init__(process, process.start, *args, **more)
        choice = self.fields["region"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(one.code, f"{one.name} {one.code}") for one in regions]


class CompleteForm(DeclaredForm):
    """A step's own form, with its outcomes."""

    outcome = forms.ChoiceField(label=pgettext("step", "Decision"), required=False)

    def __init__(self, process: Process, step: Step, *args: Any, **more: Any) -> None:
        super().__init__(process, step.form, *args, **more)
        if not step.outcomes:
            del self.fields["outcome"]
            return
        choice = self.fields.pop("outcome")
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "–"), *((key, words.label) for key, words in step.outcomes.items())]
        choice.required = True
        self.fields["outcome"] = choice

    def values(self) -> dict[str, Any]:
        """As the act takes them."""
        return {"outcome": self.cleaned_data.get("outcome", ""), "data": self.data_values()}


class ReasonForm(DeclaredForm):
    """An act that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=2000)

    def values(self) -> dict[str, Any]:
        """As the act takes them."""
        return {"reason": self.cleaned_data.get("reason", "")}


class HandOverForm(ReasonForm):
    """A step to another body."""

    to = forms.ChoiceField(label=_("To which body"))
    field_order = ("to",)

    def values(self) -> dict[str, Any]:
        """As the act takes them."""
        return {**super().values(), "to": self.cleaned_data.get("to", "")}


class MaterialForm(ReasonForm):
    """What is missing, one a line."""

    items = forms.CharField(
        label=_("Missing material, one a line"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )

    def values(self) -> dict[str, Any]:
        """As the act takes them."""
        lines = str(self.cleaned_data.get("items", "")).splitlines()
        return {**super().values(), "items": [line for line in lines if line.strip()]}


class AnswerForm(DeclaredForm):
    """What the applicant brought, and what changes in the application."""

    note = forms.CharField(label=_("What was brought"), max_length=2000)

    def values(self) -> dict[str, Any]:
        """As the act takes them."""
        return {"note": self.cleaned_data.get("note", ""), "data": self.data_values()}


class MessageForm(DeclaredForm):
    """A message that the process waits for."""

    def __init__(self, process: Process, message: str, *args: Any, **more: Any) -> None:
        super().__init__(process, process.messages[message], *args, **more)
        self.message = message

    def values(self) -> dict[str, Any]:
        """As the act takes them."""
        return {"message": self.message, "data": self.data_values()}
