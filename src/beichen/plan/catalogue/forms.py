"""Forms of the catalogue: an entry, a file, a step, a decision on a finding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Body, Region, RegionLevel
from beichen.plan.catalogue.wording import KINDS
from beichen.problem import ProblemError
from beichen.web.wording import in_words


class ProblemForm(forms.Form):
    """A form that shows what a service refused beside the field that it concerns."""

    def take(self, error: ProblemError) -> None:
        """Keep the problems of ``error``; what concerns no field of this form stands at the first one."""
        first = next(iter(self.fields))
        for problem in error.problems:
            name = problem.where.field if problem.where.field in self.fields else first
            self.add_error(name, in_words(problem))


def _day() -> forms.DateField:
    return forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))


class EntryForm(ProblemForm):
    """A plan that is to be made."""

    key = forms.SlugField(
        label=_("Key"), max_length=50, help_text=_("Part of the address: letters, digits, -")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind of plan"), choices=list(KINDS.items()))
    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none(), to_field_name="code")
    body = forms.ModelChoiceField(label=_("Made by"), queryset=Body.objects.none(), to_field_name="key")
    due = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    approver = forms.CharField(label=_("Approved by"), max_length=120, required=False)
    covers = forms.CharField(
        label=_("Covers of the outline"),
        max_length=300,
        required=False,
        help_text=_("Headings and indicators that it details, such as 7.2, #19"),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        levels = [RegionLevel.CITY, RegionLevel.COUNTY]
        choices: dict[str, Any] = {
            "region": Region.objects.filter(level__in=levels, is_current=True),
            "body": Body.objects.filter(is_current=True),
        }
        for name, rows in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows


class FileForm(ProblemForm):
    """A file that becomes a filing."""

    file = forms.FileField(label=_("File"), help_text=_("Text, Word or PDF of the plan"))
    on = _day()
    as_document = forms.BooleanField(label=_("Keep as a document, read no facts"), required=False)


class StepForm(ProblemForm):
    """The day, document and note of a step."""

    on = _day()
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class DecisionForm(ProblemForm):
    """What becomes of a finding."""

    state = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[
            ("accepted", _("Accepted: the plan will be changed")),
            ("justified", _("Justified: the plan may differ")),
            ("open", _("Open again")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
