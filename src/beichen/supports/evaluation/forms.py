"""Forms: schemes and criteria, rounds, what somebody states about a subject, appeals and their decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.hubs.data.service import Direction, SubjectKind, evidence
from beichen.problem import Problem, ProblemError
from beichen.supports.evaluation.facts import CriterionFacts, SchemeFacts
from beichen.supports.evaluation.models import Criterion, Scheme
from beichen.supports.evaluation.words import Missing, RoundKind, RuleName, Source

KEY = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_GROUP = re.compile(r"([a-z][a-z0-9-]*) ([^/:：]+?)(?: / ([^:：]+?))? ?[:：] ?(.+)")
_GRADE = re.compile(r"([^/=]+?)(?: / ([^=]+?))? ?= ?(\d+(?:\.\d+)?)")
_STEP = re.compile(r"(-?\d+(?:\.\d+)?) ?= ?(\d+(?:\.\d+)?)")
KIND_CHOICES = [
    (SubjectKind.BODY.value, _("Bodies and departments")),
    (SubjectKind.REGION.value, _("Regions")),
]
DIRECTIONS = [
    ("", _("As the evidence says")),
    (Direction.HIGHER.value, _("Higher is better")),
    (Direction.LOWER.value, _("Lower is better")),
]


def said(problem: Problem) -> str:
    """A problem as a form shows it: its place, its sentence, and in English what exactly was found."""
    place = f"{problem.where}: " if problem.where.file else ""
    if get_language() == "en":
        return f"{place}{problem.message}" + (f" ({problem.hint})" if problem.hint else "")
    return f"{place}{gettext(problem.title)}" + (f"（{problem.message}）" if place else "")


class AnsweringForm(forms.Form):
    """A form that shows what a service refused, beside the field that it concerns."""

    NAMES: ClassVar[Mapping[str, str]] = {}

    def take(self, error: ProblemError) -> None:
        """Show every problem; a refused right is no mistake of the form and goes on."""
        if error.status == 403:
            raise error
        for problem in error.problems:
            name = self.NAMES.get(problem.where.field or "", problem.where.field or "")
            self.add_error(name if name in self.fields else None, said(problem))


def _key(label: Any) -> forms.RegexField:
    hint = _("Lower-case words with hyphens; it stands in the address.")
    return forms.RegexField(KEY, label=label, max_length=60, help_text=hint)


def _lines(label: Any, help_text: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, widget=forms.Textarea({"rows": rows}), **options)


class SchemeForm(AnsweringForm):
    """The frame of a new scheme; criteria come on its own page."""

    key = _key(_("Key"))
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind of evaluation"), choices=RoundKind.choices)
    subject_kind = forms.ChoiceField(label=_("Who is scored"), choices=KIND_CHOICES)
    about = _lines(_("What it is for"), "", required=False)
    groups = _lines(
        _("Groups of peers"),
        _("One a line: key, name / English name, a colon, then the keys of bodies or codes of regions."),
    )
    grades = _lines(
        _("Grades"), _("From best to worst, one a line: name / English name = from this score."), 4
    )

    def clean_groups(self) -> list[dict[str, Any]]:
        """The lines as groups."""
        return [
            {
                "key": found[1],
                "zh": found[2],
                "en": found[3] or found[2],
                "members": re.split(r"[,，、\s]+", found[4].strip()),
            }
            for found in _matched(_GROUP, self.cleaned_data["groups"])
        ]

    def clean_grades(self) -> list[dict[str, Any]]:
        """The lines as grades."""
        return [
            {"zh": found[1], "en": found[2] or found[1], "from": float(found[3])}
            for found in _matched(_GRADE, self.cleaned_data["grades"])
        ]

    def facts(self) -> SchemeFacts:
        """What was filled in."""
        values = dict(self.cleaned_data)
        values["groups"], values["grades"] = tuple(values["groups"]), tuple(values["grades"])
        return SchemeFacts(**values)


def _matched(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    found = [(line, pattern.fullmatch(line.strip())) for line in text.splitlines() if line.strip()]
    wrong = [line for line, match in found if match is None]
    if wrong:
        raise forms.ValidationError(gettext("This line cannot be read: %(line)s") % {"line": wrong[0][:60]})
    return [match for _line, match in found if match is not None]


class CriterionForm(AnsweringForm):
    """A criterion: where its value comes from, how much it weighs, how the value becomes a score."""

    key = _key(_("Key"))
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    about = _lines(_("What is looked at"), "", 2, required=False)
    parent = forms.ChoiceField(label=_("Stands in"), required=False)
    source = forms.ChoiceField(label=_("Where the value comes from"), choices=Source.choices)
    weight = forms.DecimalField(
        label=_("Weight"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Percent among the criteria beside it; together they make 100."),
    )
    evidence = forms.ChoiceField(label=_("Evidence it is computed from"), required=False)
    rule = forms.ChoiceField(label=_("How it becomes a score"), required=False)
    floor = forms.DecimalField(label=_("Floor (score 0)"), required=False)
    ceiling = forms.DecimalField(label=_("Ceiling (score 100)"), required=False)
    bound = forms.DecimalField(label=_("Bound that must be met"), required=False)
    steps = _lines(_("Steps of the score"), _("One a line: value = score."), 3, required=False)
    direction = forms.ChoiceField(label=_("Which way is better"), choices=DIRECTIONS, required=False)
    least_n = forms.IntegerField(label=_("Least sample of a survey"), required=False, min_value=1)
    missing = forms.ChoiceField(label=_("Without data"), choices=Missing.choices)
    limit = forms.DecimalField(label=_("Limit of bonus or deduction"), required=False, min_value=0)

    def __init__(self, *args: Any, scheme: Scheme, **options: Any) -> None:
        super().__init__(*args, **options)
        groups = scheme.criteria.filter(source=Source.GROUP).values_list("key", "name")
        self._choose("parent", [("", _("The top of the tree")), *groups])
        offered = evidence(SubjectKind(scheme.subject_kind))
        english = get_language() == "en"
        named = [(item.key, f"{item.name_en if english else item.name} ({item.key})") for item in offered]
        self._choose("evidence", [("", "–"), *named])
        self._choose("rule", [("", "–"), *RuleName.choices])

    def _choose(self, name: str, choices: list[Any]) -> None:
        chosen = self.fields[name]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = choices

    def clean_steps(self) -> list[list[float]]:
        """The lines as pairs of bound and score."""
        pairs = _matched(_STEP, self.cleaned_data["steps"])
        return [[float(found[1]), float(found[2])] for found in pairs]

    @staticmethod
    def initial_of(row: Criterion) -> dict[str, Any]:
        """A criterion as the form shows it."""
        names = (
            "key",
            "name",
            "name_en",
            "about",
            "source",
            "evidence",
            "rule",
            "missing",
            "weight",
            "limit",
        )
        steps = "\n".join(f"{bound} = {score}" for bound, score in row.parameters.get("steps", ()))
        parent = row.parent.key if row.parent else ""
        shown = {name: getattr(row, name) for name in names}
        return {**shown, **row.parameters, "steps": steps, "parent": parent}

    def facts(self) -> CriterionFacts:
        """What was filled in."""
        given = self.cleaned_data
        numbers = {
            name: float(given[name]) for name in ("floor", "ceiling", "bound") if given[name] is not None
        }
        more = {name: given[name] for name in ("steps", "direction", "least_n") if given[name]}
        texts = ("key", "name", "name_en", "about", "parent", "source", "evidence", "rule", "missing")
        return CriterionFacts(
            **{name: given[name] for name in texts},
            weight=_plain(given["weight"]),
            limit=_plain(given["limit"]),
            parameters={**numbers, **more},
        )


def _plain(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


class RoundForm(AnsweringForm):
    """An evaluation: the scheme, the period, and how many working days each stage takes."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=_("Scheme"))
    key = _key(_("Key"))
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
    text = _lines(_("Reason"), "", 4)


class ReportForm(ScoreForm):
    """The subject's own score, with its words and a file that proves it."""

    text = _lines(_("What was done"), "", 6)
    file = forms.FileField(
        label=_("File that proves it"),
        required=False,
        help_text=_("A document, table or picture; at most 100 MB."),
    )


class AppealForm(AnsweringForm):
    """Why a score is wrong, with a file that proves it."""

    NAMES: ClassVar = {"reason": "text"}

    text = _lines(_("Why the score is wrong"), "", 6)
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
    decision = _lines(_("Reason"), "", 4)

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

    text = _lines(_("Remark"), "", 3)
