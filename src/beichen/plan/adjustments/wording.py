"""Changes and differences in the reader's words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beichen.plan.adjustments.forms import FIELD_NAMES
from beichen.plan.adjustments.models import Change
from beichen.plan.adjustments.versions import Difference
from beichen.plan.pages import ATTRIBUTES, PERIODS
from beichen.web.numbers import COMPARATORS, figure

STEPS: dict[str, str | Promise] = {
    "submit": _("Submit to the government"),
    "approve": _("Approve for the government"),
    "return": _("Return to the proposer"),
    "reject": _("Reject"),
    "ratify": _("Record the approval of the standing committee"),
    "refuse": _("Record the refusal of the standing committee"),
    "enact": _("Put in force as a new version"),
}
EFFECTS: dict[str, str | Promise] = {
    "same": _("States the same"),
    "beside": _("Stands beside it"),
    "other": _("Another plan states the same"),
}


def field_name(field: str) -> str:
    """A field's name; the whole fact when it is empty."""
    return str(FIELD_NAMES.get(field, field)) if field else gettext("Whole entry")


def value_word(field: str, value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "–"
    if field == "attribute":
        return str(ATTRIBUTES.get(value, value))
    if field == "period":
        return str(PERIODS.get(value, value))
    if field == "comparator":
        return COMPARATORS.get(value, value) or "="
    if isinstance(value, int) and field.endswith("year"):
        return str(value)
    return figure(value) if isinstance(value, int | float) else str(value)


def described(change: Change) -> dict[str, Any]:
    """A change as a page shows it."""
    if change.field:
        before, after = value_word(change.field, change.old), value_word(change.field, change.new)
    elif change.new is None:
        before, after = change.label, gettext("removed")
    else:
        before, after = gettext("new"), change.label
    return {"change": change, "field": field_name(change.field), "before": before, "after": after}


def difference_words(item: Difference) -> tuple[str, str]:
    """Both sides of a difference."""
    if item.field:
        return value_word(item.field, item.before), value_word(item.field, item.after)
    return item.before or "–", item.after or "–"
