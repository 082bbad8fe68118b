"""The form in which people ask in SQL."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.platforms.warehouse.drawing import BAR, LINE, Drawing
from beichen.problem import ProblemError, said
from beichen.web.forms import ProblemForm
from beichen.web.wording import in_words, worded


class QuestionForm(ProblemForm):
    """A question; whatever is wrong with it stands beside its text, with the line."""

    fallback = "sql"
    sql = forms.CharField(
        label=_("Question in SQL"),
        help_text=_("One SELECT in DuckDB's dialect over the tables of the city."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "warehouse-sql"}),
        max_length=100_000,
    )
    purpose = forms.CharField(
        label=_("What personal data is needed for"),
        help_text=_("Without it such columns are empty; with it the question is recorded."),
        required=False,
        max_length=200,
    )

    across = forms.CharField(
        label=_("Column across the chart"),
        help_text=_("Empty: the first column, where it holds words or days."),
        required=False,
        max_length=120,
    )
    drawn = forms.CharField(
        label=_("Columns that the chart draws"),
        help_text=_("Up to four names of columns with numbers, separated by commas; empty: the first ones."),
        required=False,
        max_length=500,
    )
    drawing = forms.ChoiceField(
        label=_("Drawn as"),
        choices=[("", _("As it fits")), (LINE, _("As lines")), (BAR, _("As bars"))],
        required=False,
    )

    title = forms.CharField(
        label=_("Title to keep it under"), required=False, max_length=120, help_text=_("Only for keeping it.")
    )
    is_shared = forms.BooleanField(label=_("Share it within my body"), required=False)

    def take(self, error: ProblemError) -> None:
        """Every problem, after its line where it has one."""
        for problem in error.problems:
            text = in_words(problem)
            if problem.where.field in ("title", "is_shared", "across", "drawn"):
                self.add_error(problem.where.field, text)
                continue
            if problem.where.line and problem.where.column:
                where = problem.where
                place = said("line {line}, column {column}", line=where.line, column=where.column)
                text = f"{worded(place)}: {text}"
            self.add_error("sql", text)

    def values(self) -> dict[str, Any]:
        """What was entered."""
        return {"text": self.cleaned_data["sql"], "purpose": self.cleaned_data["purpose"]}

    def chosen(self) -> Drawing:
        """The columns that the chart is to draw."""
        given = self.cleaned_data
        drawn = tuple(name.strip() for name in given["drawn"].split(",") if name.strip())
        return Drawing(given["across"].strip(), drawn, given["drawing"])

    def to_keep(self) -> dict[str, Any]:
        """The same to keep it."""
        names = ("title", "sql", "is_shared")
        chosen = self.chosen()
        chart = {"across": chosen.across, "drawn": list(chosen.drawn), "form": chosen.form}
        return {
            **{name: self.cleaned_data[name] for name in names},
            "chart": {key: value for key, value in chart.items() if value},
        }
