"""The forms of a device's page."""

from __future__ import annotations

from typing import Any

import orjson
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.platforms.iot.words import STATE_NAMES, State


class StateForm(forms.Form):
    """Whether a device is in use."""

    state = forms.ChoiceField(
        label=pgettext("device", "State"),
        choices=[(one.value, STATE_NAMES[one.value]) for one in State if one != State.REGISTERED],
    )


class CommandForm(forms.Form):
    """A command of the device's thing; parameters as JSON, or nothing."""

    name = forms.ChoiceField(label=_("Command"))
    parameters = forms.CharField(
        label=_("Parameters (JSON)"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, commands: dict[str, Any], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "command-%s", **options})
        words = "en" if get_language() == "en" else "zh"
        choice = self.fields["name"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [
                (key, declared.get(words) or declared["zh"]) for key, declared in commands.items()
            ]

    def clean_parameters(self) -> dict[str, Any]:
        """The parameters as an object."""
        text = self.cleaned_data["parameters"].strip()
        try:
            found = orjson.loads(text) if text else {}
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(_('An object such as {"zero_m": 0.5}.'))
        return found


class SwitchForm(forms.Form):
    """Why a rule is switched on or off."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class TrialForm(forms.Form):
    """How much history a rule is tried on."""

    days = forms.TypedChoiceField(
        label=_("Days of history"),
        coerce=int,
        choices=[(str(days), str(days)) for days in (1, 7, 30, 90)],
        initial="30",
    )
