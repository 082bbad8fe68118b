"""The forms of certificates: one made of a kind's fields, a change of state, and what somebody shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.platforms.ledger.certificates.claims import LONGEST
from beichen.platforms.ledger.certificates.words import field_name
from beichen.platforms.ledger.models import CertificateKind
from beichen.web.forms import ProblemForm
from beichen_proof.credential import LONGEST as LONGEST_TEXT


def _field(declared: dict[str, Any]) -> forms.Field:
    common: dict[str, Any] = {"label": field_name(declared), "required": declared["required"]}
    match declared["type"]:
        case "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        case "number":
            return forms.FloatField(**common)
        case "choice":
            choices = [(one["key"], field_name(one)) for one in declared["choices"]]
            return forms.ChoiceField(choices=[("", "–"), *choices], **common)
        case _:
            return forms.CharField(max_length=LONGEST, **common)


class IssueForm(ProblemForm):
    """The fields of a certificate, and whose it is."""

    holder = forms.CharField(
        label=_("Holder's code"),
        max_length=64,
        required=False,
        help_text=_("The code of a person's account, or of a firm; empty for a thing."),
    )
    fallback = "holder"

    def __init__(self, *args: Any, kind: CertificateKind, **options: Any) -> None:
        super().__init__(*args, **options)
        for declared in kind.fields:
            self.fields[declared["key"]] = _field(declared)

    def given(self) -> dict[str, Any]:
        """What was entered, as the service takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "holder"}


class StateForm(ProblemForm):
    """Suspend, resume or revoke, and why."""

    step = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            ("suspend", _("Suspend it")),
            ("resume", _("Let it count again")),
            ("revoke", _("Revoke it for ever")),
        ],
    )
    reason = forms.CharField(label=_("Why"), max_length=300)
    fallback = "step"


class CheckForm(ProblemForm):
    """A certificate that somebody shows."""

    text = forms.CharField(
        label=_("Text of the certificate"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("What the QR code holds, or what the holder sent."),
    )
    file = forms.FileField(label=_("Or a file: its PDF, or its text"), required=False)
    fallback = "text"
