"""The forms of an objection: filing it, answering it, asking how who filed it can be reached."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.objection.filing import LONGEST, LONGEST_KEY, Draft
from beichen.fronts.services.objection.words import ANSWERS
from beichen.hubs.events.service import ReporterFacts
from beichen.web.forms import ProblemForm


class ObjectionForm(ProblemForm):
    """What somebody says against it. Sent twice, ``key`` makes it one; only machines fill in ``website``."""

    fallback = "statement"
    statement = forms.CharField(
        label=_("What you have against it, and why"),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST}),
        help_text=_("The office reads it, not the applicant. Please name no other people."),
    )
    is_interested = forms.BooleanField(
        label=_("It concerns my own rights or interests (interested party)"), required=False
    )
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
    mine = forms.BooleanField(label=_("Keep it among my things, and tell me there"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **{"initial": {"key": str(uuid.uuid4()), "mine": True}, **named})

    def asked_for(self) -> list[str]:
        """The service says that nothing is said."""
        return ["statement"]

    def draft(self, person: str) -> Draft:
        """As the service takes it; ``person`` is the code of who is signed in."""
        given = self.cleaned_data
        key = f"web:{given['key']}" if given["key"] else ""
        facts = ReporterFacts(
            name=given["name"],
            phone=given["phone"],
            email=given["email"],
            language=get_language() or "zh-hans",
            person=person if given["mine"] else "",
        )
        return Draft(given["statement"], given["is_interested"], facts, key[:LONGEST_KEY])


class RulingForm(ProblemForm):
    """Whether the objection holds, and why."""

    fallback = "reason"
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    ruling = forms.ChoiceField(
        label=pgettext("objection", "Decision"),
        choices=[(one.value, one.label) for one in ANSWERS],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who objected and the applicant read it. Do not say who objected."),
    )

    def expected(self) -> int | None:
        """The version that was seen."""
        text = str(self.cleaned_data.get("version") or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


class PurposeForm(ProblemForm):
    """What a look at the contact is for; who objected sees it."""

    fallback = "purpose"
    purpose = forms.CharField(
        label=_("What you need it for"), max_length=200, help_text=_("Who objected sees this look.")
    )
