"""The forms of the pages of the ledger; what a service refuses shows beside the field that it concerns."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.web.forms import ProblemForm


class WitnessForm(ProblemForm):
    """A witness by its key."""

    title = forms.CharField(label=_("Whose witness it is"), max_length=200)
    key = forms.CharField(
        label=_("Its verifier key"),
        max_length=400,
        help_text=_("As beichen witness init prints it: NAME+HASH+KEY."),
    )
    url = forms.CharField(
        label=_("Where it listens"),
        max_length=500,
        required=False,
        help_text=_("Empty for a witness that comes by itself."),
    )
    fallback = "key"
