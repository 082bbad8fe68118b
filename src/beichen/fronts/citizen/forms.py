"""The forms of the citizen's door; the questions of a kind become fields of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.hubs.events.models import EventKind
from beichen.hubs.events.pages import PhotosField, PlacedForm
from beichen.hubs.events.service import Ask, asked_of
from beichen.web.forms import ProblemForm

MOST_PHOTOS = 5
ASK = "ask_"


class CitizenForm(ProblemForm):
    """A citizen's form; an answer to a kind's question has a field of its own."""

    def field_of(self, name: str) -> str:
        return f"{ASK}{name}" if f"{ASK}{name}" in self.fields else super().field_of(name)


class ReportForm(CitizenForm, PlacedForm):
    """A report. ``key`` makes sending it twice one report; only machines fill in ``website``."""

    fallback = "text"
    most = MOST_PHOTOS
    anywhere = _("I show it on the map")

    text = forms.CharField(
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 4000}),
        help_text=_("What, where exactly, since when. Please name no other people."),
    )
    photos = PhotosField(
        label=_("Photographs"),
        help_text=_("Up to five. The camera's own data, such as the place, are removed."),
    )
    address = forms.CharField(label=_("Address or a known place nearby"), max_length=200, required=False)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Your name"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"type": "email"}),
    )
    callback = forms.BooleanField(label=_("Please call me back"), required=False)
    mine = forms.BooleanField(label=_("Keep it among my things"), required=False)
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, kind: EventKind | None, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        english = self.is_english
        self.asked = asked_of(kind)
        for name, ask in self.asked.items():
            self.fields[f"{ASK}{name}"] = _question(ask, english)
            self.fields[f"{ASK}{name}"].required = ask.required

    def asked_for(self) -> list[str]:
        """The words, and the questions that the kind insists on."""
        return ["text", *(f"{ASK}{name}" for name, ask in self.asked.items() if ask.required)]

    @property
    def questions(self) -> list[forms.BoundField]:
        """The kind's own questions."""
        return [self[f"{ASK}{name}"] for name in self.asked]

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered to them."""
        found = {name: self.cleaned_data.get(f"{ASK}{name}") for name in self.asked}
        return {name: value for name, value in found.items() if value not in (None, "", [])}


def _question(ask: Ask, english: bool) -> forms.Field:
    label = ask.name.en if english else ask.name.zh
    choices = [(key, words.en if english else words.zh) for key, words in ask.choices.items()]
    if ask.type == "singlevaluelist":
        return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *choices])
    if ask.type == "multivaluelist":
        return forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if ask.type == "number":
        return forms.FloatField(label=label, required=False)
    if ask.type == "text":
        return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    return forms.CharField(label=label, required=False, max_length=1000)


class FollowForm(CitizenForm):
    """The two words of a report."""

    fallback = "code"
    code = forms.CharField(label=_("Number of the report"), max_length=20)
    secret = forms.CharField(label=_("Follow code"), max_length=20)


class RatingForm(CitizenForm):
    """How it went."""

    fallback = "stars"
    stars = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        coerce=int,
        choices=[
            (5, _("5 · very satisfied")),
            (4, _("4 · satisfied")),
            (3, _("3 · so so")),
            (2, _("2 · not satisfied")),
            (1, _("1 · not at all")),
        ],
        widget=forms.RadioSelect,
    )
    is_solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Yes, it is")), ("no", _("No, please look again"))],
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(
        label=_("Anything else?"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AppealForm(CitizenForm):
    """Why the refusal is wrong."""

    fallback = "text"
    text = forms.CharField(
        label=_("Why should it be taken on?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
