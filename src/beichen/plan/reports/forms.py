"""The forms of reports and oversight; what a service refuses is shown beside the field it concerns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.plan.models import Plan
from beichen.plan.reports.making import Order
from beichen.plan.reports.models import Kind, Report
from beichen.problem import ProblemError
from beichen.web.wording import in_words


class ProblemForm(forms.Form):
    """A form that takes a service's refusal."""

    def take(self, error: ProblemError) -> None:
        """Show each problem at its field, or above the form."""
        for problem in error.problems:
            name = problem.where.field
            self.add_error(name if name in self.fields else None, in_words(problem))


class OrderForm(ProblemForm):
    """What report is wanted."""

    kind = forms.ChoiceField(label=_("Kind of report"), choices=Kind.choices)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    language = forms.ChoiceField(label=_("Language"), choices=[("zh", "中文"), ("en", "English")])
    audience = forms.TypedChoiceField(
        label=_("For whom"),
        coerce=int,
        choices=[(1, _("Open to everybody (L1)")), (2, _("For use within (L2)"))],
    )
    body = forms.ChoiceField(label=_("Edition of a body"), required=False)
    region = forms.ChoiceField(label=_("Edition of a district"), required=False)

    def __init__(self, plan: Plan, year: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        years = range(plan.start_year, plan.end_year + 1)
        self._choose("year", [(one, str(one)) for one in years])
        self.fields["year"].initial = min(max(year, plan.start_year), plan.end_year)
        bodies = Body.objects.filter(is_current=True).values_list("key", "name")
        self._choose("body", [("", _("The whole plan")), *bodies])
        districts = Region.objects.filter(parent=plan.region, is_current=True).order_by("code")
        regions = districts.values_list("code", "name") if plan.region else []
        self._choose("region", [("", _("The whole city")), *regions])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """One edition at a time."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("body") and said.get("region"):
            self.add_error("region", _("Choose a body or a district, not both."))
        return said

    def order(self) -> Order:
        """What was asked for."""
        said = self.cleaned_data
        return Order(
            said["year"],
            said["kind"],
            said["language"],
            Level(said["audience"]),
            said["body"],
            said["region"],
        )


class WordsForm(ProblemForm):
    """The words with which a report is handed on."""

    words = forms.CharField(
        label=_("Remark or reason"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )


class TemplateForm(ProblemForm):
    """A Word template for one use."""

    use = forms.ChoiceField(
        label=_("Used for"), choices=[("report", _("Reports")), ("brief", _("One-page briefs"))]
    )
    file = forms.FileField(label=_("Word template (.docx)"))


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class SubmissionForm(ProblemForm):
    """Which report is submitted, and when."""

    report = forms.ModelChoiceField(
        label=_("Published report to the congress"), queryset=Report.objects.none()
    )
    submitted_on = _day(_("Submitted on"))
    session = forms.CharField(label=_("Session"), max_length=120, required=False)
    is_open = forms.BooleanField(label=_("Open to everybody (L1)"), required=False)

    def __init__(self, reports: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["report"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = reports


class DaysForm(ProblemForm):
    """When it was delivered and deliberated."""

    delivered_on = _day(_("Delivered on"), required=False)
    deliberated_on = _day(_("Deliberated on"), required=False)
    session = forms.CharField(label=_("Session"), max_length=120, required=False)


class OpinionForm(ProblemForm):
    """A deliberation opinion, and who answers it by when."""

    text = forms.CharField(label=_("Opinion"), widget=forms.Textarea({"rows": 3}), max_length=4000)
    body = forms.ModelChoiceField(
        label=_("To be answered by"), queryset=Body.objects.filter(is_current=True), required=False
    )
    due = _day(_("Until"), required=False)


class AnswerForm(ProblemForm):
    """An answer to an opinion."""

    text = forms.CharField(
        label=_("Answer to the opinion"), widget=forms.Textarea({"rows": 3}), max_length=4000
    )


class VerdictForm(ProblemForm):
    """What the committee makes of an answer."""

    words = forms.CharField(label=_("Remark"), max_length=500, required=False)
