"""`demo-evaluation.yaml` of a city: rounds with invented inputs, to show how an evaluation runs.

Installed only where the setting `demo` is on; every row is flagged and shown as a demonstration. A round is
led through the same services as a real one, at times that it would have had: nothing is shown that could not
happen. A round that exists is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import KEY, TEXT, mapping_of, record
from beichen.settings import settings
from beichen.supports.evaluation.appeals import file_appeal
from beichen.supports.evaluation.inputs import assess, give_points, report_on
from beichen.supports.evaluation.models import Round, Scheme, Subject
from beichen.supports.evaluation.rounds import advance_round, open_round
from beichen.supports.evaluation.schemes import adopt_scheme
from beichen.supports.evaluation.surveys import import_survey
from beichen.supports.evaluation.words import STAGES, SchemeStatus, Stage

FILE = "demo-evaluation.yaml"
ACTS: dict[str, Callable[..., Any]] = {"reports": report_on, "assessments": assess, "points": give_points}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 1000}
_SCORE = {"type": "number", "minimum": 0, "maximum": 100}
_MARK = {"anyOf": [_SCORE, {"type": "array", "prefixItems": [_SCORE, _WORDS], "minItems": 2, "maxItems": 2}]}
_SUBJECT = {"type": "string", "minLength": 1, "maxLength": 80}


class DemoEvaluationSection(Section):
    """Rounds that were made up: each names a scheme, a period, the stage it has reached, and its inputs."""

    key = "demo-evaluation"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 95

    def schema(self) -> dict[str, Any]:
        """A mapping of keys to rounds; inputs are scores by criterion, then subject."""
        marks = mapping_of(mapping_of(_MARK, keys=_SUBJECT))
        survey = record({"question": _WORDS, "method": _WORDS, "from": _WORDS, "to": _WORDS}, {"results": {}})
        survey["properties"]["results"] = mapping_of(
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}, keys=_SUBJECT
        )
        objection = record({"subject": _SUBJECT, "criterion": KEY, "reason": _WORDS})
        optional = {
            "reports": marks,
            "assessments": marks,
            "points": marks,
            "surveys": mapping_of(survey),
            "appeals": {"type": "array", "items": objection},
        }
        required = {
            "scheme": KEY,
            "title": TEXT,
            "period": _WORDS,
            "stage": {"enum": [stage.value for stage in Stage]},
            "text": _WORDS,
        }
        return mapping_of(record(required, optional))

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Run each round that is not there yet."""
        changes = Changes()
        rounds = package.value(FILE)
        if not rounds or not settings().demo:
            return changes
        present = set(Round.objects.filter(key__in=rounds).values_list("key", flat=True))
        for key, said in rounds.items():
            if key in present:
                changes.unchanged += 1
            else:
                _run(key, said, by)
                changes.added.append(key)
        return changes


def _adopted(key: str, by: Actor) -> Scheme:
    """The scheme in force, or its last draft put in force."""
    rows = Scheme.objects.filter(key=key).select_related("region").order_by("-version")
    scheme = rows.filter(status=SchemeStatus.ADOPTED).first() or rows.first()
    if scheme is None:
        raise Scheme.DoesNotExist(key)
    if scheme.status == SchemeStatus.ADOPTED:
        return scheme
    return adopt_scheme(scheme, by=by)


def _run(key: str, said: dict[str, Any], by: Actor) -> None:
    scheme = _adopted(said["scheme"], by)
    stage = STAGES.index(Stage(said["stage"]))
    now = timezone.now()
    opened = now - timedelta(days=60 if stage else 3)
    round_ = open_round(
        scheme,
        key,
        said["title"]["zh"],
        said["period"],
        title_en=said["title"]["en"],
        by=by,
        at=opened,
        is_demo=True,
    )
    subjects = {row.key: row for row in round_.subjects.select_related("body", "region")}
    for row in subjects.values():
        row.round = round_
    _feed(round_, said, subjects, by)
    for step in range(stage):
        is_last = step == stage - 1
        round_ = advance_round(round_, by=by, at=now if is_last else round_.reports_due)
    for item in said.get("appeals", ()):
        subject = subjects[item["subject"]]
        file_appeal(subject, item["criterion"], item["reason"], by=by, is_demo=True)


def _feed(round_: Round, said: dict[str, Any], subjects: dict[str, Subject], by: Actor) -> None:
    at = round_.opened_at + timedelta(days=1)
    told: Any = {"by": by, "at": at, "is_demo": True}
    for name, act in ACTS.items():
        for criterion, marks in said.get(name, {}).items():
            for subject, mark in marks.items():
                score, text = mark if isinstance(mark, list) else (mark, said["text"])
                act(subjects[subject], criterion, Decimal(str(score)), text, **told)
    for criterion, survey in said.get("surveys", {}).items():
        import_survey(round_, criterion, _sheet(survey), f"{criterion}.csv", **told)


def _sheet(survey: dict[str, Any]) -> bytes:
    """The survey's results as the file that an office would send."""
    lines = ["subject,question,n,mean,method,from,to,margin"]
    words = [survey[name] for name in ("question", "method", "from", "to")]
    for subject, (n, mean, *margin) in survey.get("results", {}).items():
        cells = [subject, words[0], n, mean, *words[1:], *(margin or [""])]
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(lines).encode()
