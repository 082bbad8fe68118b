"""Forms of adjustments: a proposal, a change of a fact, a project to add, a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.problem import ProblemError
from beichen.web.wording import in_words

FIELD_NAMES = {
    "target_value": _("Target value"),
    "target_year": _("Target year"),
    "comparator": _("Comparator"),
    "attribute": _("Kind (binding, expected)"),
    "value": _("Value"),
    "upper": _("Upper bound"),
    "name": _("Name"),
    "group": _("Group"),
    "unit": _("Unit"),
    "metric": _("Fact"),
    "subject": _("Whose"),
    "base_value": _("Base value"),
    "base_year": _("Base year"),
    "period": _("Counted"),
    "box": _("Box"),
    "box_title": _("Box"),
    "number": _("No."),
    "growth_value": _("Growth"),
    "growth_raw": _("Growth"),
    "base_raw": _("Base value"),
    "parts": _("Lines"),
}
REMOVE = "remove"


class ProblemForm(forms.Form):
    """A form that shows what a service refused beside the field that it concerns."""

    def take(self, error: ProblemError) -> None:
        """Keep the problems of ``error``; what concerns no field of this form stands at the first one."""
        first = next(iter(self.fields))
        for problem in error.problems:
            name = problem.where.field if problem.where.field in self.fields else first
            self.add_error(name, in_words(problem))


class AdjustmentForm(ProblemForm):
    """A new proposal."""

    title = forms.CharField(label=_("Title"), max_length=200)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


class ChangeForm(ProblemForm):
    """What becomes of one fact."""

    kind = forms.CharField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput)
    field = forms.ChoiceField(label=_("What changes"))
    new = forms.CharField(label=_("New value"), max_length=500, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    justification = forms.CharField(
        label=_("Justification for the standing committee"),
        max_length=300,
        required=False,
        help_text=_("Needed where a binding target is made easier or a target lies behind its base"),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["field"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)


class ProjectForm(ProblemForm):
    """A project that is to be added."""

    name = forms.CharField(label=_("Name"), max_length=200)
    box = forms.ChoiceField(label=_("Box"))
    group = forms.CharField(label=_("Group"), max_length=100, required=False)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, boxes: Sequence[tuple[str, Any]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["box"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(boxes)


class StepForm(ProblemForm):
    """The day, document and note of a step."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)
    note = forms.CharField(label=_("Note or reason"), max_length=300, required=False)
