"""``like: OTHER``: a kind that is handled as another one of its file is, and says only what is different.

What is handed on is how a case is handled, not what it is about: names, words, questions, grades, steps and
what a kind listens to are its own. A kind that others are like says everything itself: nobody looks further
than one step to know the deadlines of a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beichen.kernel.scene.document import Document
from beichen.problem import Problem, code, nearest, shorten

NOT_LIKE = code("EVT-106", "A kind of event is like one that it cannot be like.", status=422)
HANDED_ON = ("public", "accept", "verify", "centre", "level", "same_as", "route", "deadlines", "needs")
Declared = Mapping[str, Mapping[str, Any]]


def whole(declared: Declared) -> dict[str, dict[str, Any]]:
    """Every kind with what it is handed on; ``like`` itself is gone."""
    return {key: _whole(declared, facts) for key, facts in declared.items()}


def _whole(declared: Declared, facts: Mapping[str, Any]) -> dict[str, Any]:
    above = declared.get(facts.get("like", ""), {})
    handed_on = {name: above[name] for name in HANDED_ON if name in above}
    return {**handed_on, **{name: value for name, value in facts.items() if name != "like"}}


def check_likeness(document: Document, declared: Declared, key: str) -> Iterator[Problem]:
    """That the other one stands in the same file and says everything itself."""
    other = declared[key].get("like")
    if other is None:
        return
    where = document.position([key, "like"])
    whole_ones = [one for one, facts in declared.items() if "like" not in facts]
    if other not in declared:
        yield Problem(NOT_LIKE, shorten(f"no kind here is called {other}"), where, nearest(other, whole_ones))
    elif other not in whole_ones:
        hint = declared[other]["like"]
        yield Problem(NOT_LIKE, shorten(f"{other} is itself like another"), where, hint)
