"""Trees by their parents' keys: what is wrong with one, and each key's path from the root."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

NO_PARENT = code("ORG-101", "The parent does not exist.", status=422)
CYCLE = code("ORG-102", "The tree goes in a circle.", status=422)
TWICE = code("ORG-103", "The key stands twice.", status=422)
HINTS = 20  # looking for the nearest of thousands of keys is slow: the first mistakes get it


def tree_problems(parents: Mapping[str, str | None], noun: str) -> list[Problem]:
    """Every parent that does not exist and every circle; ``where.field`` is the key it was found at."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for key in parents:
        trail: dict[str, None] = {}
        current: str | None = key
        while current is not None and current in parents and current not in seen and current not in trail:
            trail[current] = None
            current = parents[current]
        last = next(reversed(trail), key)
        if current is not None and current not in parents:
            message = shorten(
                said("{noun} {last}: parent {current} does not exist", noun=noun, last=last, current=current)
            )
            hint = nearest(current, parents) if len(problems) < HINTS else ""
            problems.append(Problem(NO_PARENT, message, Where(field=last), hint))
        elif current in trail:
            problems.append(
                Problem(
                    CYCLE,
                    shorten(said("{noun} {current} is its own ancestor", noun=noun, current=current)),
                    Where(field=current),
                )
            )
        seen.update(trail)  # each mistake is reported once
    return problems


def paths_of(parents: dict[str, str | None], noun: str) -> dict[str, str]:
    """Each key's path. Raises ProblemError with every missing parent and every circle."""
    if problems := tree_problems(parents, noun):
        raise ProblemError(*problems)
    paths: dict[str, str] = {}
    for key in parents:
        trail: list[str] = []
        current: str | None = key
        while current is not None and current not in paths:
            trail.append(current)
            current = parents[current]
        prefix = paths[current] if current is not None else "/"
        for step in reversed(trail):
            prefix = paths[step] = f"{prefix}{step}/"
    return paths


def refuse_twice(keys: Sequence[str], noun: str) -> None:
    """Raises ProblemError ORG-103 for every key that stands twice."""
    twice = sorted(key for key, times in Counter(keys).items() if times > 1)
    if twice:
        raise ProblemError(
            *(
                Problem(TWICE, said("{noun} {key} stands twice", noun=noun, key=key), Where(field=key))
                for key in twice
            )
        )
