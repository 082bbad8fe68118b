"""The forms of a year's investment plan: lines, budgets, adoption, money paid out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.plan.investment.declared import Source
from beichen.plan.investment.forms import amount_field, choice_field, day_field, reason_field


class LineForm(forms.Form):
    """A line of a draft; no amount takes it out."""

    project = forms.ChoiceField(label=_("Project"))
    source = choice_field(_("Source"), Source.choices, required=True)
    amount = amount_field(_("Amount (10,000 yuan)"))

    def __init__(self, *args: Any, projects: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "line-%s", **options})
        field = self.fields["project"]
        if isinstance(field, forms.ChoiceField):
            field.choices = projects


class BudgetForm(forms.Form):
    """What a source can give in the year."""

    source = choice_field(_("Source"), Source.choices, required=True)
    amount = amount_field(_("Amount (10,000 yuan)"))


class AdoptionForm(forms.Form):
    """The document that puts a draft in force."""

    number = forms.CharField(label=_("Number of the document"), max_length=100)
    on = day_field(_("Day"))
    reason = reason_field()


class AllotmentForm(forms.Form):
    """How much of a line has been paid out."""

    line = forms.ChoiceField(label=_("Line"))
    allotted = amount_field(_("Allotted (10,000 yuan)"))

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "allot-%s", **options})
        field = self.fields["line"]
        if isinstance(field, forms.ChoiceField):
            field.choices = lines
