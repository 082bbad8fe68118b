"""The forms of the room: a nature, a target, an allotment, an adoption."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.plan.years.models import Method
from beichen.plan.years.service import Nature
from beichen.problem import ProblemError
from beichen.web.wording import in_words

NATURES = {
    Nature.LINEAR: _("Linear: equal steps"),
    Nature.COMPOUND: _("Compound: equal growth"),
    Nature.CUMULATIVE: _("Cumulative: parts of a sum"),
    Nature.KEEP: _("Keep: the target every year"),
    Nature.STEP: _("Steps in stated years"),
    Nature.DERIVED: _("Derived from another indicator"),
}


class TellingForm(forms.Form):
    """A form that shows what a service refused beside the field that it concerns."""

    def take(self, error: ProblemError) -> None:
        """Put each problem at its field, or above the form. Raises the error again when it is a right."""
        for problem in error.problems:
            if problem.status == 403:
                raise error
            name = problem.where.field if problem.where.field in self.fields else None
            self.add_error(name, in_words(problem))


class NatureForm(TellingForm):
    """How a line is divided, with the parameters that its nature takes."""

    nature = forms.ChoiceField(
        label=_("Way of division"), choices=[(one.value, words) for one, words in NATURES.items()]
    )
    shares = forms.CharField(
        label=_("Shares of the years"),
        required=False,
        help_text=_("For a sum: one number a year, with spaces"),
    )
    steps = forms.CharField(
        label=_("Years of the steps"), required=False, help_text=_("For steps: such as 2023 2025")
    )
    source = forms.ChoiceField(label=_("Derived from"), required=False)
    factor = forms.DecimalField(
        label=_("Times"), required=False, max_digits=20, decimal_places=8, help_text=_("For a derived target")
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["source"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "–"), *sources]

    def clean_shares(self) -> list[Decimal]:
        """The shares as numbers."""
        return [self._number(word) for word in self._words("shares")]

    def clean_steps(self) -> list[int]:
        """The years as numbers."""
        found = self._words("steps")
        if not all(word.isdecimal() and len(word) == 4 for word in found):
            raise forms.ValidationError(_("Years have four digits, such as 2023 2025."))
        return [int(word) for word in found]

    def clean_factor(self) -> Decimal:
        """The factor, one where none is given."""
        return self.cleaned_data.get("factor") or Decimal(1)

    def _words(self, name: str) -> list[str]:
        return (
            str(self.cleaned_data.get(name, ""))
            .replace(",", " ")
            .replace("，", " ")
            .replace("、", " ")
            .split()
        )

    def _number(self, word: str) -> Decimal:
        try:
            return Decimal(word)
        except ArithmeticError:
            raise forms.ValidationError(_("%(word)s is no number."), params={"word": word}) from None


class TargetForm(TellingForm):
    """A year's target and why it is changed; without a number the year has none."""

    value = forms.DecimalField(
        label=_("Target"),
        required=False,
        max_digits=24,
        decimal_places=6,
        help_text=_("Leave it empty where no target can be said"),
    )
    reason = forms.CharField(label=_("Why"), max_length=300)


class AllotForm(TellingForm):
    """How the city's target is given to the districts."""

    method = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Method.EQUAL.value, _("Equal shares (rates: the city's rate each)")),
            (Method.WEIGHTS.value, _("By weights: real values of the districts")),
            (Method.ENTERED.value, _("Entered one by one")),
        ],
    )
    weights = forms.ChoiceField(label=_("Weights"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["weights"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = indicators


class AdoptForm(TellingForm):
    """The decision by which a draft is adopted."""

    note = forms.CharField(
        label=_("Decision"), max_length=300, help_text=_("Who adopted it, when, under which number")
    )
