"""Questions that people keep: under a title, for themselves or for their body; and what else becomes of one.

A kept question is its text, never an answer: whoever opens it asks within their own rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body
from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.models import Question
from beichen.platforms.warehouse.rights import READ
from beichen.platforms.warehouse.statements import parsed
from beichen.problem import Problem, ProblemError, Where, said, shorten

MOST_KEPT = 200  # of one keeper


@dataclass(frozen=True, slots=True)
class Use:
    """What a room above makes of a question: words, the name of an address that takes ``sql``, the right."""

    key: str
    label: Any
    address: str
    permission: str


_uses: dict[str, Use] = {}


def add_use_of_questions(key: str, label: Any, address: str, permission: str) -> None:
    """Offer beside a question what a room makes of it, in its ``apps.ready()``; it is posted as ``sql``."""
    _uses[key] = Use(key, label, address, permission)


def uses_of_questions(by: Actor) -> list[Use]:
    """What the actor may make of a question."""
    return [use for use in _uses.values() if access.decide(by, use.permission, None)]


def body_of(by: Actor) -> Body | None:
    """The body for which the actor acts first; None for whoever acts for no single one."""
    paths = [scope.body_path for scope in by.scopes if scope.body_path]
    return Body.objects.filter(path=paths[0]).first() if paths else None


def questions(by: Actor) -> QuerySet[Question]:
    """The actor's own questions, and those that bodies share which the actor's posts reach."""
    access.require(by, READ)
    shared = access.visible(by, READ, Question.objects.filter(is_shared=True)).values("pk")
    return Question.objects.filter(Q(keeper=by.key) | Q(pk__in=shared))


def find_question(code: str, *, by: Actor) -> Question:
    """One of them. Raises ProblemError ACC-403, WHS-208."""
    row = questions(by).filter(code=code).first()
    if row is None:
        raise ProblemError(Problem(codes.NO_QUESTION, shorten(said("no question {code} is kept", code=code))))
    return row


@transaction.atomic
def keep_question(
    title: str, sql: str, *, is_shared: bool, by: Actor, chart: Mapping[str, Any] | None = None
) -> Question:
    """Keep a question, and what its chart draws; one of the same title and keeper is written anew.

    Raises ProblemError: ACC-403; WHS-201 for what is no question; WHS-209 without a title, without a body to
    share it with, or with too many.
    """
    access.require(by, READ)
    parsed(sql)
    title = " ".join(title.split())
    body = body_of(by) if is_shared else None
    if not title or len(title) > 120:
        raise _refused(said("a title of up to {limit} characters", limit=120), "title")
    if is_shared and body is None:
        raise _refused(said("there is no body to share it with"), "is_shared")
    if Question.objects.filter(keeper=by.key).exclude(title=title).count() >= MOST_KEPT:
        raise _refused(said("{limit} questions are kept already", limit=MOST_KEPT), "title")
    row, _is_new = Question.objects.update_or_create(
        keeper=by.key,
        title=title,
        defaults={
            "sql": sql,
            "chart": dict(chart or {}),
            "keeper_name": by.name[:120],
            "is_shared": is_shared,
            "body": body,
            "changed_at": timezone.now(),
        },
    )
    detail = {"title": title, "shared": is_shared}
    audit.record(by, "tables.question.keep", f"platforms_warehouse.question:{row.code}", detail=detail)
    return row


@transaction.atomic
def forget_question(code: str, *, by: Actor) -> None:
    """Keep one's own question no more. Raises ProblemError ACC-403, WHS-208."""
    row = find_question(code, by=by)
    if row.keeper != by.key:
        raise ProblemError(Problem(codes.NO_QUESTION, said("the question is somebody else's")))
    audit.record(
        by, "tables.question.forget", f"platforms_warehouse.question:{code}", detail={"title": row.title}
    )
    row.delete()


def _refused(message: str, field: str) -> ProblemError:
    return ProblemError(Problem(codes.BAD_QUESTION, message, Where(field=field)))
