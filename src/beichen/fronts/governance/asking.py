"""What every command's form is: fields that ask, a version, and a place for what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.fronts.governance import bodies as names
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.pages import CaseState, Kind
from beichen.kernel.org.models import Body
from beichen.problem import ProblemError
from beichen.web.wording import in_words


@dataclass(frozen=True)
class Desk:
    """What the forms of one case choose from."""

    state: CaseState
    kind: Kind
    version: int
    bodies: Sequence[Body] = ()
    kinds: Sequence[EventKind] = ()
    is_english: bool = False
    suggested: dict[str, Any] = field(default_factory=dict)


class BodyField(forms.CharField):
    """A body by its name or key; several, with marks between them, where ``is_many``."""

    def __init__(self, *, is_many: bool = False, **options: Any) -> None:
        self.is_many = is_many
        self.bodies: Sequence[Body] = ()
        options.setdefault("widget", forms.TextInput(attrs={"list": names.LIST, "autocomplete": "off"}))
        super().__init__(max_length=300, **options)

    def clean(self, value: Any) -> Any:
        """The key, or a list of keys."""
        text = str(super().clean(value))
        if not self.is_many:
            return names.key_of(text, self.bodies) if text else ""
        parts = text.replace("、", ",").replace("，", ",").split(",")
        return [names.key_of(part, self.bodies) for part in parts if part.strip()]


def words(rows: int = 3) -> forms.Textarea:
    """A field of several lines."""
    return forms.Textarea(attrs={"rows": rows})


def reason_field() -> forms.CharField:
    """A field that asks why."""
    return forms.CharField(label=_("Reason"), widget=words(2))


class CommandForm(forms.Form):
    """The form of a command; ``fallback`` takes what concerns no field of it."""

    fallback = ""
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, name: str, desk: Desk, data: Any = None, files: Any = None) -> None:
        super().__init__(
            data,
            files,
            auto_id=f"{name}-%s",
            initial={"version": desk.version, **desk.suggested.get(name, {})},
        )
        self.name, self.desk = name, desk
        for one in self.fields.values():
            if isinstance(one, BodyField):
                one.bodies = desk.bodies
        self.prepare(desk)

    def prepare(self, desk: Desk) -> None:
        """Fill in what there is to choose from."""

    def full_clean(self) -> None:
        asked = [
            one for one in self.fields.values() if one.required and not isinstance(one, forms.IntegerField)
        ]
        for one in asked:
            one.required = False
        super().full_clean()
        for one in asked:
            one.required = True

    def values(self) -> dict[str, Any]:
        """What the command is made of."""
        return {key: value for key, value in self.cleaned_data.items() if key != "version"}

    def take(self, error: ProblemError) -> None:
        """Show every problem beside its field."""
        for problem in error.problems:
            name = problem.where.field or ""
            if name not in self.fields or name == "version":
                name = self.fallback
            self.add_error(name or None, in_words(problem))
