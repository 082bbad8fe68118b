"""The form in which an indicator is declared at a desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.hubs.data.computing.composing import Composed
from beichen.hubs.data.computing.periods import WORDS
from beichen.hubs.data.models import Direction
from beichen.problem import ProblemError, said
from beichen.web.forms import ProblemForm
from beichen.web.wording import in_words, worded

EVERY = {
    "day": _("By day"),
    "week": _("By week"),
    "month": _("By month"),
    "quarter": _("By quarter"),
    "half": _("By half-year"),
    "year": _("By year"),
}


class IndicatorForm(ProblemForm):
    """The head of an indicator's file field by field, and its SELECT."""

    fallback = "sql"
    sql = forms.CharField(
        label=_("Question in SQL"),
        help_text=_("One SELECT of a table that yields period, value and each dimension, such as region."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "warehouse-sql"}),
        max_length=20_000,
    )
    key = forms.CharField(label=_("Key"), help_text=_("Lower-case words with hyphens."), max_length=80)
    zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    en = forms.CharField(label=_("Name in English"), max_length=300)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=30)
    better = forms.ChoiceField(
        label=_("What is better"), choices=Direction.choices, initial=Direction.NEUTRAL
    )
    every = forms.MultipleChoiceField(
        label=_("Periods"),
        choices=[(word, EVERY[word]) for word in WORDS if word in EVERY],
        widget=forms.CheckboxSelectMultiple,
        initial=["month"],
    )
    by = forms.CharField(
        label=_("Counted by"),
        help_text=_("Dimensions that the SELECT yields, such as: region, region+event"),
        required=False,
        max_length=200,
        initial="region",
    )
    target = forms.CharField(label=_("Target"), help_text=_("Such as: >= 95"), required=False, max_length=40)

    def facts(self) -> Composed:
        """What was entered."""
        return Composed(**self.cleaned_data)

    def take(self, error: ProblemError) -> None:
        """Every problem at its field; of the SELECT with its line, of the head by its word."""
        head = self.facts().head.splitlines()  # a field with a mistake is no longer among what was entered
        for problem in error.problems:
            where, text = problem.where, in_words(problem)
            if where.field or not where.line:
                self.add_error(self.field_of(where.field or ""), text)
            elif where.line <= len(head):
                self.add_error(self.field_of(head[where.line - 1][3:].partition(":")[0]), text)
            else:
                line, column = max(1, where.line - len(head) - 1), where.column or 1
                place = said("line {line}, column {column}", line=line, column=column)
                self.add_error("sql", f"{worded(place)}: {text}")
