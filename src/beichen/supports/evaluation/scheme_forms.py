"""The forms of schemes: the frame of a new one, and a criterion of a draft."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.hubs.data.service import Direction, SubjectKind, evidence
from beichen.supports.evaluation.facts import CriterionFacts, SchemeFacts
from beichen.supports.evaluation.forms import AnsweringForm, key_field, lines_field
from beichen.supports.evaluation.models import Criterion, Scheme
from beichen.supports.evaluation.words import Missing, RoundKind, RuleName, Source

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


class SchemeForm(AnsweringForm):
    """The frame of a new scheme; criteria come on its own page."""

    key = key_field(_("Key"))
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind of evaluation"), choices=RoundKind.choices)
    subject_kind = forms.ChoiceField(label=_("Who is scored"), choices=KIND_CHOICES)
    about = lines_field(_("What it is for"), "", required=False)
    groups = lines_field(
        _("Groups of peers"),
        _("One a line: key, name / English name, a colon, then the keys of bodies or codes of regions."),
    )
    grades = lines_field(
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

    key = key_field(_("Key"))
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    about = lines_field(_("What is looked at"), "", 2, required=False)
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
    steps = lines_field(_("Steps of the score"), _("One a line: value = score."), 3, required=False)
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
