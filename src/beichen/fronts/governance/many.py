"""A command for many cases: each is a transaction of its own, checked against the version that was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from beichen.fronts.governance.bodies import key_of
from beichen.hubs.events import service as events
from beichen.hubs.events.pages import Stage
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.problem import Problem, ProblemError, code, said
from beichen.web.wording import in_words

TOO_MANY = code("GOV-105", "Too many cases were chosen at once.", status=422)
MOST = 200
COMMANDS = ("accept", "dispatch", "refuse", "merge")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case and the version that the person saw."""

    code: str
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one of the cases, or why not."""

    code: str
    is_done: bool
    words: str


def act_on_many(
    command: str, chosen: Sequence[Chosen], values: Mapping[str, Any], *, by: Actor, now: datetime
) -> list[Outcome]:
    """The outcome of ``command`` for each, in their order. Raises ProblemError GOV-105."""
    _few(chosen)
    wanted = _values(command, values)

    def do(one: Chosen) -> str:
        row = events.act(one.code, events.command_of(command, wanted), by=by, expected=one.version, now=now)
        return _("now “%(stage)s”") % {"stage": Stage(row.stage).label}

    return [_outcome(one, do) for one in chosen]


def join_to_first(chosen: Sequence[Chosen], *, by: Actor, now: datetime) -> list[Outcome]:
    """Join every other case to the first. Raises ProblemError GOV-105."""
    _few(chosen)
    if not chosen:
        return []
    first, *others = chosen

    def do(one: Chosen) -> str:
        events.merge(one.code, first.code, by=by, expected=one.version, now=now)
        return _("joined to %(code)s") % {"code": first.code}

    outcomes = [_outcome(one, do) for one in others]
    taken = sum(one.is_done for one in outcomes)
    words = _("goes on; took over %(count)d") % {"count": taken} if taken else _("nothing was joined to it")
    return [Outcome(first.code, taken > 0, words), *outcomes]


def _few(chosen: Sequence[Chosen]) -> None:
    if len(chosen) > MOST:
        raise ProblemError(Problem(TOO_MANY, said("at most {limit} cases at once", limit=MOST)))


def _values(command: str, values: Mapping[str, Any]) -> dict[str, object]:
    if command == "refuse":
        return {"reason": str(values.get("reason", ""))}
    if command == "dispatch":
        bodies = list(Body.objects.filter(is_current=True))
        return {"lead": key_of(str(values.get("lead", "")), bodies)}
    return {}


def _outcome(one: Chosen, do: Callable[[Chosen], str]) -> Outcome:
    try:
        return Outcome(one.code, True, do(one))
    except ProblemError as error:
        return Outcome(one.code, False, "；".join(in_words(problem) for problem in error.problems))
