"""Forms of rounds, of what somebody states about a subject, of appeals and their decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beichen.problem import ProblemError
from beichen.supports.evaluation.models import Scheme
from beichen.web.wording import placed

KEY = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class AnsweringForm(forms.Form):
    """A form that shows what a service refused, beside the field that it concerns."""

    NAMES: ClassVar[Mapping[str, str]] = {}

    def take(self, error: ProblemError) -> None:
        """Show every problem; a refused right is no mistake of the form and goes on."""
        if error.status == 403:
            raise error
        for problem in error.problems:
            name = self.NAMES.get(problem.where.field or "", problem.where.field or "")
            self.add_error(name if name in self.fields else None, placed(problem))


def key_field(label: Any) -> forms.RegexField:
    hint = _("Lower-case words with hyphens; it stands in the address.")
    return forms.RegexField(KEY, label=label, max_length=60, help_text=hint)


def lines_field(label: Any, help_text: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, widget=forms.Textarea({"rows": rows}), **options)


class RoundForm(AnsweringForm):
    """An evaluation: the scheme, the period, and how many working days each stage takes."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=_("Scheme"))
    key = key_field(_("Key"))
    title = forms.CharField(label=_("Title of the evaluation"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    period = forms.CharField(
        label=_("Years it is about"),
        max_length=9,
        help_text=_("A year, 2023, or a first and a last year, 2021/2023."),
    )
    report_days = forms.IntegerField(
        label=_("Working days for self-reports"), min_value=1, max_value=250, initial=15
    )
    input_days = forms.IntegerField(
        label=_("Working days for third parties and surveys"), min_value=1, max_value=250, initial=10
    )
    appeal_days = forms.IntegerField(
        label=_("Working days for appeals"), min_value=1, max_value=250, initial=10
    )


class ScoreForm(AnsweringForm):
    """A score with its reason."""

    NAMES: ClassVar = {"reason": "text"}

    score = forms.DecimalField(label=_("Score"), max_digits=5, decimal_places=2, min_value=0, max_value=100)
    text = lines_field(_("Reason"), "", 4)


class ReportForm(ScoreForm):
    """The subject's own score, with its words and a file that proves it."""

    text = lines_field(_("What was done"), "", 6)
    file = forms.FileField(
        label=_("File that proves it"),
        required=False,
        help_text=_("A document, table or picture; at most 100 MB."),
    )


class AppealForm(AnsweringForm):
    """Why a score is wrong, with a file that proves it."""

    NAMES: ClassVar = {"reason": "text"}

    text = lines_field(_("Why the score is wrong"), "", 6)
    file = forms.FileField(label=_("File that proves it"), required=False)


class DecisionForm(AnsweringForm):
    """What becomes of an appeal, and why; upheld, the score that is right."""

    verdict = forms.ChoiceField(
        label=_("Decision on the appeal"), choices=[("upheld", _("Upheld")), ("dismissed", _("Dismissed"))]
    )
    score = forms.DecimalField(
        label=_("Score that is right"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("Only when it is upheld."),
    )
    decision = lines_field(_("Reason"), "", 4)

    def clean(self) -> dict[str, Any]:
        """An appeal that is upheld has a score."""
        given = super().clean() or {}
        if given.get("verdict") == "upheld" and given.get("score") is None and "score" not in self.errors:
            self.add_error("score", gettext("An appeal that is upheld needs the score that is right."))
        return given


class SurveyForm(AnsweringForm):
    """Which criterion the survey feeds, and its file."""

    criterion = forms.ChoiceField(label=_("Criterion"))
    file = forms.FileField(
        label=_("Survey results"),
        help_text=_(
            "CSV or Excel, one row a subject: subject, question, n, mean, method, from, to, margin"
            " (评估对象、问题、样本量、均值、调查方式、开始日期、结束日期、误差)."
        ),
    )


class ExtendForm(AnsweringForm):
    """How many working days later, and why."""

    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=250)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CommentForm(AnsweringForm):
    """A remark on a draft."""

    text = lines_field(_("Remark"), "", 3)
