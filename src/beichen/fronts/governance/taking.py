"""The form with which an attendant or a grid worker takes a report of somebody else, or of a round."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.hubs.events.models import EventKind
from beichen.hubs.events.pages import Channel
from beichen.hubs.events.service import ReportDraft, ReporterFacts
from beichen.kernel.org.models import Region
from beichen.problem import ProblemError
from beichen.web.wording import in_words

SIDES = (Channel.HOTLINE, Channel.PATROL)


class Photographs(forms.ClearableFileInput):
    """Several pictures; a phone offers its camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class PicturesField(forms.FileField):
    """Several pictures."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each by itself."""
        files = data if isinstance(data, list | tuple) else [data]
        return [file for one in files if one and (file := super(PicturesField, self).clean(one, initial))]


class TakingForm(forms.Form):
    """A report as it is dictated. What the hub refuses shows beside its field."""

    channel = forms.ChoiceField(
        label=_("How it came in"), choices=[(side.value, side.label) for side in SIDES]
    )
    text = forms.CharField(
        label=_("What the caller said"), max_length=4000, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Paste the dictation, then shorten it."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind of event"), required=False, help_text=_("Leave it open and it is suggested.")
    )
    region = forms.ChoiceField(label=_("District"), required=False)
    address = forms.CharField(label=_("Address or place"), max_length=200, required=False)
    longitude = forms.FloatField(label=_("Longitude"), required=False)
    latitude = forms.FloatField(label=_("Latitude"), required=False)
    photos = PicturesField(
        label=_("Photographs taken"), required=False, widget=Photographs(attrs={"accept": "image/*"})
    )
    name = forms.CharField(label=_("Caller's name"), max_length=100, required=False)
    phone = forms.CharField(label=_("Caller's number"), max_length=30, required=False)
    callback = forms.BooleanField(label=_("Wants to be called back"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(
        self, kinds: list[EventKind], districts: list[Region], *, is_english: bool, **named: Any
    ) -> None:
        named.setdefault("initial", {"key": str(uuid.uuid4())})
        super().__init__(**named)
        choices = {
            "kind": [("", "–"), *((row.key, row.label) for row in kinds)],
            "region": [
                ("", "–"),
                *((one.code, (one.name_en or one.name) if is_english else one.name) for one in districts),
            ],
        }
        for name, offered in choices.items():
            chosen = self.fields[name]
            if isinstance(chosen, forms.ChoiceField):
                chosen.choices = offered

    def draft(self, files: tuple[str, ...]) -> ReportDraft:
        """The report of a valid form."""
        given = self.cleaned_data
        return ReportDraft(
            channel=Channel(given["channel"]),
            text=given["text"],
            key=given["key"],
            kind=given["kind"],
            longitude=given["longitude"],
            latitude=given["latitude"],
            region="" if given["longitude"] is not None else given["region"],
            address=given["address"],
            reporter=ReporterFacts(
                name=given["name"], phone=given["phone"], wants_callback=given["callback"]
            ),
            files=files,
        )

    def take(self, error: ProblemError) -> None:
        """Show every problem beside its field; what the kind asks for is asked on the case's page."""
        for problem in error.problems:
            name = problem.where.field or ""
            self.add_error(name if name in self.fields else "kind", in_words(problem))
