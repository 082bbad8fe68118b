"""The form that corrects one field of a fact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.plan.models import Fact
from beichen.problem import ProblemError
from beichen.web.wording import in_words

FIELD_NAMES = {
    "attribute": _("Kind"),
    "base_value": _("Base value"),
    "base_year": _("Base year"),
    "comparator": _("Comparator"),
    "group": _("Group"),
    "kind": _("Kind of body"),
    "metric": _("What"),
    "name": _("Name"),
    "period": _("Counted"),
    "subject": _("Whose"),
    "target_value": _("Target value"),
    "target_year": _("Target year"),
    "title": _("Title"),
    "unit": _("Unit"),
    "upper": _("Upper bound"),
    "value": _("Value"),
}


class CorrectionForm(forms.Form):
    """Which field is wrong, what is right, and why."""

    field = forms.ChoiceField(label=_("Which value is wrong"))
    value = forms.CharField(label=_("What is right"), max_length=500, required=False)
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, kind: str, row: Fact, **options: Any) -> None:
        options.setdefault("auto_id", f"{kind}-{row.key}-%s")
        super().__init__(*args, **options)
        self.kind, self.row = kind, row
        choice = self.fields["field"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(name, _described(row, name)) for name in row.CORRECTABLE]

    def take(self, error: ProblemError) -> None:
        """Show what a service refused beside the field that it concerns."""
        for problem in error.problems:
            name = "reason" if problem.where.field == "reason" else "value"
            self.add_error(name, in_words(problem))


def _described(row: Fact, name: str) -> str:
    value = getattr(row, name)
    shown = "–" if value in (None, "") else str(value)
    return f"{FIELD_NAMES[name]}: {shown[:40]}"
