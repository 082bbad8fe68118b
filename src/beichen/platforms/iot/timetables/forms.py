"""The form in which a group's timetable is chosen and changed: a row for each entry, and some empty ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.platforms.iot.models import Timetable
from beichen.platforms.iot.timetables.declaration import MOST_ENTRIES, REST_DAYS, WORKDAYS
from beichen.web.forms import ProblemForm

EMPTY_ROWS = 2
DAYS = [("", _("Every day")), (WORKDAYS, pgettext("timetable", "Working days")), (REST_DAYS, _("Days off"))]
PARTS = ("at", "order", "parameters", "days", "wait")
Commands = Mapping[str, Mapping[str, Any]]


def shown_parameters(parameters: Mapping[str, Any]) -> str:
    """Parameters as the form shows them: ``mode=on level_pct=50``."""
    return " ".join(f"{name}={_plain(value)}" for name, value in parameters.items())


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_parameters(text: str, declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters of such a text, each of its declared type. Raises ValueError for a word without
    ``=``."""
    found: dict[str, Any] = {}
    for word in text.replace(",", " ").replace("，", " ").split():
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise ValueError(word)
        found[name] = _typed(value, str(declared.get(name, {}).get("type", "")))
    return found


def _typed(value: str, kind: str) -> Any:
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind in ("number", "integer"):
        try:
            number = float(value)
        except ValueError:
            return value  # what the command declares says what is wrong
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return value


class TimetableForm(ProblemForm):
    """Which timetable, whether it is at work, and its entries; a row without a time is left out."""

    fallback = "timetable"
    timetable = forms.ChoiceField(label=_("Timetable"), required=False)
    shown = forms.CharField(required=False, max_length=130, widget=forms.HiddenInput)
    is_on = forms.BooleanField(label=_("At work"), required=False)

    def __init__(
        self,
        *args: Any,
        choices: Sequence[Timetable],
        commands: Commands,
        entries: Sequence[Mapping[str, Any]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "timetable-%s", **options})
        self._commands = commands
        words = "en" if get_language() == "en" else "zh"
        named = [(one.key, (one.name_en if words == "en" else one.name) or one.key) for one in choices]
        self._choose("timetable", [("", _("Entries of its own")), *named])
        orders = [(key, str(facts.get(words) or facts.get("zh") or key)) for key, facts in commands.items()]
        rows = [*entries, *({} for _row in range(EMPTY_ROWS))][:MOST_ENTRIES]
        for number, entry in enumerate(rows):
            self._add_row(number, entry, orders)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _add_row(self, number: int, entry: Mapping[str, Any], orders: Sequence[tuple[str, str]]) -> None:
        def text(part: str, label: Any, initial: str, most: int, example: str) -> None:
            widget = forms.TextInput(
                attrs={"placeholder": example, "autocomplete": "off", "spellcheck": "false"}
            )
            self.fields[f"entries.{number}.{part}"] = forms.CharField(
                label=label, initial=initial, required=False, max_length=most, widget=widget
            )

        def choice(part: str, label: Any, choices: Sequence[tuple[str, Any]], initial: str) -> None:
            self.fields[f"entries.{number}.{part}"] = forms.ChoiceField(
                label=label, choices=choices, initial=initial, required=False
            )

        text("at", pgettext("timetable", "At"), entry.get("at", ""), 20, "sunset + 10m")
        choice("order", _("Command"), orders, entry.get("order", ""))
        text(
            "parameters",
            _("With"),
            shown_parameters(entry.get("parameters", {})),
            300,
            "mode=on level_pct=50",
        )
        choice("days", pgettext("timetable", "On"), DAYS, entry.get("days", ""))
        text("wait", _("Waits for who is away"), entry.get("wait", ""), 10, "4h")

    @property
    def rows(self) -> list[list[Any]]:
        """The bound fields of each entry."""
        numbers = range(sum(name.endswith(".at") for name in self.fields))
        return [[self[f"entries.{number}.{part}"] for part in PARTS] for number in numbers]

    def field_of(self, name: str) -> str:
        """``entries.2.parameters.level_pct`` is shown at ``entries.2.parameters``."""
        return super().field_of(".".join(name.split(".")[:3]))

    def clean(self) -> dict[str, Any]:
        """The entries as `timetables.yaml` says them, or None where another timetable was chosen."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("timetable") and found["timetable"] != found.get("shown"):
            return {**found, "entries": None, "places": []}
        entries, places = [], []
        for number in range(len(self.rows)):
            told = {part: str(found.get(f"entries.{number}.{part}", "")).strip() for part in PARTS}
            if not told["at"]:
                continue
            declared = self._commands.get(told["order"], {}).get("parameters", {})
            try:
                parameters = read_parameters(told["parameters"], declared)
            except ValueError:
                self.add_error(f"entries.{number}.parameters", _("Such as mode=on level_pct=50."))
                continue
            whole: dict[str, Any] = {**told, "parameters": parameters}
            entries.append({name: value for name, value in whole.items() if value not in ("", {})})
            places.append(number)
        return {**found, "entries": entries, "places": places}
