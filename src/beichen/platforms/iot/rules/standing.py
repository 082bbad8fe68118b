"""Where a rule stands with a thing, and what a reading makes of that. Nothing here knows a database.

A condition begins to hold (``since``), has held for its time (the rule is raised), and is over. Time is the
readings' own and only goes forward: who calls this leaves out readings older than those it was called with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np


class Turn(StrEnum):
    """What happened to a rule at a thing."""

    RAISED = "raised"
    CLEARED = "cleared"


@dataclass(slots=True)
class Standing:
    """The condition holds since ``since`` (None: it does not); ``raised`` is when it was raised, or None.

    Times in microseconds; ``at`` is the reading's that was looked at when this last changed.
    """

    since: int | None
    at: int
    raised: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


class Step(NamedTuple):
    """A rule turned at a time; ``since`` is when its condition began to hold."""

    turn: Turn
    at: int
    since: int


def advance(
    standing: Standing, at: int, *, holds: bool, clears: bool, lasts: int, by_clock: bool
) -> list[Step]:
    """Take a reading into account. ``by_clock``: what held until its time was out is raised at that time,
    although no reading came then; of a measure that is only said when it changes there would be none."""
    steps: list[Step] = []
    due = None if standing.since is None else standing.since + lasts
    if by_clock and standing.raised is None and standing.since is not None and due is not None and at >= due:
        steps.append(_raise(standing, due))
    if standing.raised is not None:
        if clears and not holds and standing.since is not None:
            steps.append(Step(Turn.CLEARED, at, standing.since))
            standing.since, standing.raised, standing.at = None, None, at
    elif not holds:
        if standing.since is not None:
            standing.since, standing.at = None, at
    else:
        if standing.since is None:
            standing.since, standing.at = at, at
        if at - standing.since >= lasts:
            steps.append(_raise(standing, at))
    return steps


def _raise(standing: Standing, at: int) -> Step:
    since = standing.since if standing.since is not None else at
    standing.raised, standing.at = at, at
    return Step(Turn.RAISED, at, since)


def turning(place: Any, at: Any, held: Any, clear: Any, *, lasts: int, pending: Mapping[int, int]) -> Any:
    """The rows that :func:`advance` must see: the others change nothing.

    Arrays with a row for each reading, those of one place (a thing) together, in the order of their times:
    where it is, when it was, whether the condition holds, whether it is over. ``pending`` says of places
    since when the condition held before the first row. Those are the rows at which what holds or clears is
    another than in the row before of the same thing, and of each stretch over which it holds the first that
    is late enough to raise.
    """
    is_new = np.empty(len(place), np.bool_)
    is_new[:1] = True
    is_new[1:] = place[1:] != place[:-1]
    begins = is_new.copy()
    begins[1:] |= (held[1:] != held[:-1]) | (clear[1:] != clear[:-1])
    since = at[begins]
    stretch = np.cumsum(begins) - 1
    for row in np.flatnonzero(is_new).tolist() if pending else ():
        begun = pending.get(int(place[row]))
        if begun is not None:
            since[stretch[row]] = begun
    # Where only what clears changes, what holds goes on: it holds since the first of such stretches.
    goes_on = np.zeros(len(since), np.bool_)
    starts = np.flatnonzero(begins)
    goes_on[1:] = held[starts[1:]] & held[starts[1:] - 1] & ~is_new[starts[1:]]
    for number in np.flatnonzero(goes_on).tolist():
        since[number] = since[number - 1]
    is_late = held & (at - since[stretch] >= lasts)
    is_late[1:] &= ~(is_late[:-1] & ~begins[1:])
    return np.flatnonzero(begins | is_late)
