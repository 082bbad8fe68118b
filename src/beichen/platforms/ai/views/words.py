"""How models and what they say are put into words and signs."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from beichen.platforms.ai.models import Finding, Model, Run
from beichen.platforms.ai.words import OUTCOME_NAMES, Outcome
from beichen.registry.models import Object, ObjectType


def is_english() -> bool:
    """Whether the reader reads English."""
    return get_language() == "en"


def name_of(row: Model) -> str:
    """What people call the model."""
    return row.name_en if is_english() else row.name


def thing_name(row: Object) -> str:
    """A thing as people know it."""
    return row.name or row.code


def clock(value: datetime | None) -> str:
    """A time of the city to the minute; empty for none."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def badge(tone: str, label: str) -> SafeString:
    """A word with its sign and colour."""
    return render_to_string("platforms_ai/badge.html", {"tone": tone, "label": label})


def outcome_badge(outcome: str) -> SafeString:
    """What became of a run."""
    tone = {Outcome.DONE.value: "on-course", Outcome.NOT_ENOUGH.value: "unknown"}.get(outcome, "missed")
    return badge(tone, str(OUTCOME_NAMES[outcome]))


def reason_of(run: Run) -> str:
    """Why nothing came of it, in the reader's language."""
    return run.reason_en if is_english() else run.reason


def text_of(one: Finding) -> str:
    """What was found, in the reader's language."""
    return one.text_en if is_english() else one.text


class Names:
    """What people call measures, with their units; one query for all types."""

    def __init__(self) -> None:
        self._kinds = {kind.key: kind for kind in ObjectType.objects.filter(is_declared=True)}

    def measure(self, kind: str, name: str) -> str:
        """The measure's name."""
        declared = self._declared(kind, name)
        return str(declared.get("en" if is_english() else "zh") or declared.get("zh") or name)

    def anywhere(self, name: str) -> str:
        """The name of a measure of whichever type has it."""
        kind = next((key for key, one in self._kinds.items() if name in one.measures), "")
        return self.measure(kind, name)

    def unit(self, kind: str, name: str) -> str:
        """Its unit; empty for a plain number."""
        unit = str(self._declared(kind, name).get("unit", ""))
        return "" if unit == "1" else unit

    def _declared(self, kind: str, name: str) -> dict[str, str]:
        found = self._kinds.get(kind)
        return dict(found.measures.get(name, {})) if found is not None else {}
