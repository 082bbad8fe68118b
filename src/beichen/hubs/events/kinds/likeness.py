"""``like: OTHER``: a kind that is handled as another one of its file is, and says only what is different.

What is handed on is how a case is handled, not what it is about: names, words, questions, grades, steps and
what a kind listens to are its own. The other one may itself be like another, over at most :data:`MOST_STEPS`
steps: what stands nearest counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beichen.kernel.scene.document import Document
from beichen.problem import Problem, code, nearest, shorten

NOT_LIKE = code("EVT-106", "A kind of event is like one that it cannot be like.", status=422)
HANDED_ON = ("public", "accept", "verify", "centre", "level", "same_as", "route", "deadlines", "needs")
MOST_STEPS = 3  # nobody looks further to know the deadlines of a kind
Declared = Mapping[str, Mapping[str, Any]]


def whole(declared: Declared) -> dict[str, dict[str, Any]]:
    """Every kind with what it is handed on; ``like`` itself is gone."""
    return {key: _whole(declared, key) for key in declared}


def _whole(declared: Declared, key: str) -> dict[str, Any]:
    handed_on: dict[str, Any] = {}
    for above in reversed(_above(declared, key)[:MOST_STEPS]):
        facts = declared.get(above, {})
        handed_on |= {name: facts[name] for name in HANDED_ON if name in facts}
    return {**handed_on, **{name: value for name, value in declared[key].items() if name != "like"}}


def _above(declared: Declared, key: str) -> list[str]:
    """The kinds that one is like, the nearest first; a circle ends where it closes."""
    found: list[str] = []
    other = declared[key].get("like")
    while other is not None and other not in found and other != key:
        found.append(other)
        other = declared.get(other, {}).get("like")
    return found


def check_likeness(document: Document, declared: Declared, key: str) -> Iterator[Problem]:
    """That the other one stands in the same file, and that it does not go in a circle, nor too far."""
    other = declared[key].get("like")
    if other is None:
        return
    where = document.position([key, "like"])
    above = _above(declared, key)
    last = declared.get(above[-1], {}).get("like") if above else key
    if other not in declared:
        known = [one for one in declared if one != key]
        yield Problem(NOT_LIKE, shorten(f"no kind here is called {other}"), where, nearest(other, known))
    elif last is not None and (last in above or last == key):
        yield Problem(NOT_LIKE, shorten(f"{key} is like itself, over {other}"), where)
    elif len(above) > MOST_STEPS:
        message = f"over more than {MOST_STEPS} steps: {', '.join(above)}"
        yield Problem(NOT_LIKE, shorten(message), where, above[MOST_STEPS - 1])
