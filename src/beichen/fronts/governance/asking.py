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
from beichen.web.forms import ProblemForm


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


class CommandForm(ProblemForm):
    """The form of a command; what is refused of the version concerns the whole."""

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

    def asked_for(self) -> list[str]:
        """All but numbers: the hub says what is missing."""
        return [
            name
            for name, one in self.fields.items()
            if one.required and not isinstance(one, forms.IntegerField)
        ]

    def field_of(self, name: str) -> str:
        return self.fallback if name == "version" else super().field_of(name)

    def values(self) -> dict[str, Any]:
        """What the command is made of."""
        return {key: value for key, value in self.cleaned_data.items() if key != "version"}
