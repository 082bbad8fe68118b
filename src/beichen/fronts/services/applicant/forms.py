"""The small forms of applicants' pages: follow, rate, take back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.applicant.words import REASONS, Contact, Grade
from beichen.web.forms import ProblemForm


class FollowForm(ProblemForm):
    """Number and code of a receipt."""

    fallback = "secret"
    code = forms.CharField(label=_("Number of the application"), max_length=20)
    secret = forms.CharField(
        label=_("Follow code"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class WithdrawForm(ProblemForm):
    """Why the application is taken back."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000)

    def expected(self) -> int | None:
        """The version that was seen."""
        text = str(self.cleaned_data.get("version") or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


class RatingForm(ProblemForm):
    """How it went (好差评)."""

    grade = forms.ChoiceField(
        label=_("How was it?"),
        choices=[(str(one.value), one.label) for one in Grade],
        widget=forms.RadioSelect,
    )
    contact = forms.ChoiceField(label=_("By which kind of contact"), choices=Contact.choices)
    reasons = forms.MultipleChoiceField(
        label=pgettext("rating", "Why"),
        choices=list(REASONS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(
        label=_("In your own words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, contacts: list[str], **named: Any) -> None:
        super().__init__(*args, **{"auto_id": "rating-%s", **named})
        choice = self.fields["contact"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [one for one in Contact.choices if one[0] in contacts]
