"""Forms of items: the guided check, what a window receives, a refund's reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.affair.forms import DeclaredForm, widget_of
from beichen.fronts.services.declaration import Field, Process
from beichen.fronts.services.items.applying import Given
from beichen.fronts.services.items.declaration import Item, Material
from beichen.fronts.services.items.wording import DELIVERY, paper_words
from beichen.fronts.services.items.words import How
from beichen.kernel.org.models import Region
from beichen.web.forms import ProblemForm

PAPER = "paper-"
AT_WINDOW = (How.ORIGINAL, How.COPY, How.HELD, How.MISSING, How.NOT_NEEDED)


class CheckForm(ProblemForm):
    """The questions of the guided check: none must be answered."""

    def __init__(self, item: Item, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, one in item.ask.items():
            self.fields[name] = widget_of(one)
            self.fields[name].required = False

    def answers(self) -> dict[str, Any]:
        """What was answered."""
        if not self.is_valid():
            return {}
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}


def paper_field(material: Material) -> forms.ChoiceField:
    """How a paper came in: at first held by the city where it is, else missing."""
    hows = [how for how in AT_WINDOW if how != How.HELD or material.held_by]
    return forms.ChoiceField(
        label=material.name.label,
        choices=[(str(how), how.label) for how in hows],
        initial=str(How.HELD if material.held_by else How.MISSING),
        help_text=paper_words(material),
    )


class ReceiveForm(DeclaredForm):
    """What a clerk receives at a window: who applies, the application's data, each paper as it came in."""

    subject = forms.CharField(label=_("Code of the applicant"), max_length=40)
    agent = forms.CharField(
        label=_("Code of who acts for them"),
        max_length=40,
        required=False,
        help_text=_("Only when somebody else comes: their authority must stand on record"),
    )
    region = forms.ChoiceField(label=_("Region"))

    def __init__(
        self, item: Item, process: Process, regions: Iterable[Region], *args: Any, **more: Any
    ) -> None:
        super().__init__(process, process.start, *args, **more)
        choice = self.fields["region"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(one.code, f"{one.name} {one.code}") for one in regions]
        self._item = item
        self._asked = [name for name in item.ask if name not in self.fields]
        for name in self._asked:
            self.fields[name] = widget_of(item.ask[name])
            self.fields[name].required = False
        for key, material in item.materials.items():
            self.fields[PAPER + key] = paper_field(material)
        if item.result and len(item.result.delivery) > 1:
            self.fields["delivery"] = forms.ChoiceField(
                label=_("How the result is delivered"),
                choices=[(way, DELIVERY[way]) for way in item.result.delivery],
            )

    def papers(self) -> list[Given]:
        """Each paper as it came in."""
        return [
            Given(key, How(self.cleaned_data[PAPER + key]))
            for key in self._item.materials
            if self.cleaned_data.get(PAPER + key)
        ]

    def answers(self) -> dict[str, Any]:
        """What was answered of the guided check."""
        found = {name: self.cleaned_data.get(name) for name in self._asked}
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def missing(self) -> list[str]:
        """The names of papers that are missing."""
        return [self._item.materials[one.key].name.label for one in self.papers() if one.how == How.MISSING]

    def paper_fields(self) -> list[forms.BoundField]:
        """The papers' fields, in their order."""
        return [self[PAPER + key] for key in self._item.materials]

    def other_fields(self) -> list[forms.BoundField]:
        """Everything else that is shown."""
        return [one for one in self.visible_fields() if not one.name.startswith(PAPER)]

    def field_of(self, name: str) -> str:
        """Problems of papers stand beside them."""
        return name if name in self.fields else PAPER + name if PAPER + name in self.fields else ""


class BundleForm(ProblemForm):
    """What a clerk receives for a bundle: each field, question and paper of its items once."""

    subject = forms.CharField(label=_("Code of the applicant"), max_length=40)
    region = forms.ChoiceField(label=_("Region"))

    def __init__(
        self,
        fields: Mapping[str, Field],
        materials: Mapping[str, Material],
        regions: Iterable[Region],
        *args: Any,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        choice = self.fields["region"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(one.code, f"{one.name} {one.code}") for one in regions]
        self._names, self._materials = list(fields), materials
        for name, one in fields.items():
            self.fields[name] = widget_of(one)
        for key, material in materials.items():
            self.fields[PAPER + key] = paper_field(material)

    def asked_for(self) -> Iterable[str]:
        """The service says what is missing: a part that is not needed asks for nothing."""
        return [name for name, one in self.fields.items() if one.required]

    def data_values(self) -> dict[str, Any]:
        """What was said."""
        found = {name: self.cleaned_data.get(name) for name in self._names}
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def papers(self) -> list[Given]:
        """Each paper that came in."""
        told = {key: self.cleaned_data.get(PAPER + key) for key in self._materials}
        return [Given(key, How(how)) for key, how in told.items() if how and how != How.MISSING]

    def paper_fields(self) -> list[forms.BoundField]:
        """The papers' fields, in their order."""
        return [self[PAPER + key] for key in self._materials]

    def other_fields(self) -> list[forms.BoundField]:
        """Everything else that is shown."""
        return [one for one in self.visible_fields() if not one.name.startswith(PAPER)]

    def field_of(self, name: str) -> str:
        """Problems of papers stand beside them."""
        return name if name in self.fields else PAPER + name if PAPER + name in self.fields else ""
