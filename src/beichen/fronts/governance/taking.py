"""The form with which an attendant or a grid worker takes a report of somebody else, or of a round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.hubs.events.models import EventKind
from beichen.hubs.events.pages import Channel, PhotosField, PlacedForm
from beichen.hubs.events.service import ReportDraft, ReporterFacts
from beichen.kernel.actor import Actor

SIDES = (Channel.HOTLINE, Channel.PATROL)


class TakingForm(PlacedForm):
    """A report as it is dictated; what the kind asks for is asked on the case's page."""

    fallback = "kind"

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
    address = forms.CharField(label=_("Address or place"), max_length=200, required=False)
    photos = PhotosField(label=_("Photographs taken"))
    name = forms.CharField(label=_("Caller's name"), max_length=100, required=False)
    phone = forms.CharField(label=_("Caller's number"), max_length=30, required=False)
    callback = forms.BooleanField(label=_("Wants to be called back"), required=False)

    def __init__(self, kinds: list[EventKind], *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.offer("kind", [("", "–"), *((row.key, row.label) for row in kinds)])

    def draft(self, *, by: Actor) -> ReportDraft:
        """The report of a valid form, its photographs kept. Raises ProblemError for what is no picture."""
        given = self.cleaned_data
        return ReportDraft(
            channel=Channel(given["channel"]),
            text=given["text"],
            key=f"page:{given['key']}" if given["key"] else "",  # what a program's key never begins with
            kind=given["kind"],
            reporter=ReporterFacts(
                name=given["name"], phone=given["phone"], wants_callback=given["callback"]
            ),
            files=self.pictures(by=by),
            **self.place(),
        )
