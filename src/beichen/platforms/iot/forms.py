"""The forms of a device's page."""

from __future__ import annotations

from typing import Any

import orjson
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.platforms.iot.words import STATE_NAMES, State
from beichen.web.forms import ProblemForm

PARTS = {"when": _("Holds when"), "for": _("For how long"), "clear": _("Over when")}


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


class TrialForm(ProblemForm):
    """How much history a rule is tried on, and what it would say: its own words stand there to be changed."""

    fallback = "days"
    days = forms.TypedChoiceField(
        label=_("Days of history"),
        coerce=int,
        choices=[(str(days), str(days)) for days in (1, 7, 30, 90)],
        initial="30",
    )

    def __init__(self, *args: Any, declared: dict[str, Any], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "trial-%s", **options})
        self._declared = declared
        parts: dict[str, Any] = {"silent": _("No reading for")} if "silent" in declared else PARTS
        for name, label in parts.items():
            self.fields[name] = _words(label, declared.get(name, ""), required=name in ("when", "silent"))
        for name, window in declared.get("windows", {}).items():
            if "over" in window:
                over = _("Time of the window %(name)s") % {"name": name}
                self.fields[f"windows/{name}/over"] = _words(over, window["over"], required=True)

    def declared(self) -> dict[str, Any]:
        """The rule as the form says it; of what is not in the form, as it stands."""
        found = {**self._declared, "windows": {**self._declared.get("windows", {})}}
        for name in self.fields:
            value = " ".join(str(self.cleaned_data[name]).split()) if name != "days" else ""
            if name.startswith("windows/"):
                window = name.split("/")[1]
                found["windows"][window] = {**found["windows"][window], "over": value}
            elif value:
                found[name] = value
            elif name != "days":
                found.pop(name, None)
        return found if found["windows"] else {key: found[key] for key in found if key != "windows"}


def _words(label: Any, initial: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        initial=initial,
        required=required,
        max_length=500,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
