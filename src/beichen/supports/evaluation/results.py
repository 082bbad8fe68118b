"""Reading results: what is published, one result's scores, a subject's history over rounds."""

from __future__ import annotations

from django.db.models import QuerySet

from beichen.problem import Problem, ProblemError, code, said
from beichen.supports.evaluation.models import Result, Round, Score
from beichen.supports.evaluation.words import Stage

NO_RESULT = code("EVA-124", "The evaluation has no such result.", status=404)


def published_rounds() -> QuerySet[Round]:
    """The rounds whose results everybody may read, the latest period first, with their schemes."""
    return Round.objects.filter(stage=Stage.PUBLISHED).select_related("scheme", "region").order_by("-ends")


def current_result(round_: Round) -> Result:
    """The last version: what is published, or the draft under review. Raises ProblemError EVA-124."""
    return result_of(round_, None)


def result_of(round_: Round, version: int | None) -> Result:
    """A version of the results, the last when None is named. Raises ProblemError EVA-124."""
    rows = round_.results.order_by("-version")
    found = (rows if version is None else rows.filter(version=version)).first()
    if found is None:
        raise ProblemError(Problem(NO_RESULT, said("{key} has no such result", key=round_.key[:40])))
    return found


def results_of(round_: Round, version: int | None = None) -> list[Score]:
    """The scores of a result with their subjects, by group and rank, in two queries; empty before a draft.

    Each score's ``lines`` hold criterion, figures, sources, weight and points.
    """
    rows = round_.results.order_by("-version")
    found = (rows if version is None else rows.filter(version=version)).first()
    if found is None:
        return []
    scores = found.scores.select_related("subject__body", "subject__region")
    order = {group["key"]: number for number, group in enumerate(round_.scheme.groups)}
    last = len(order)
    return sorted(
        scores,
        key=lambda score: (order.get(score.subject.group, last), score.rank or 10_000, score.subject.key),
    )


def history_of(key: str, subject_kind: str) -> list[Score]:
    """The published scores of a subject over all rounds, oldest first, the last of each; one query."""
    rows = Score.objects.filter(
        subject__key=key,
        subject__round__scheme__subject_kind=subject_kind,
        subject__round__stage=Stage.PUBLISHED,
        result__is_published=True,
    ).select_related("result", "subject__round__scheme")
    last: dict[int, Score] = {}
    for score in rows.order_by("subject__round__ends", "result__version"):
        last[score.subject.round_id] = score
    return list(last.values())
