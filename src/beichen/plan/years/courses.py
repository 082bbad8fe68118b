"""The course of every line of the indicator table: its nature, and what each year must bring.

A line is named by its number in the table, and by its part where an indicator is stated in several:
``11``, ``7/城镇居民人均可支配收入增长率``. Reading all courses takes the plan's standings and one query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from beichen.plan.models import Plan
from beichen.plan.service import Standing, standings
from beichen.plan.years.decomposition import Nature, derive, divide, order_of
from beichen.plan.years.models import NatureChoice
from beichen.plan.years.natures import aim_of, propose
from beichen.problem import Problem, ProblemError


def part_of(standing: Standing) -> str:
    """The part's name where the indicator is stated in several lines, else empty."""
    return standing.name if standing.indicator.parts else ""


def line_of(number: int, part: str) -> str:
    """A line's name."""
    return f"{number}/{part}" if part else str(number)


@dataclass(frozen=True, slots=True)
class Course:
    """A line with its nature and its yearly targets; ``problem`` says why there are none."""

    standing: Standing
    nature: Nature
    proposed: Nature
    choice: NatureChoice | None
    values: dict[int, Decimal] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def number(self) -> int:
        """The indicator's number in the table."""
        return self.standing.number

    @property
    def part(self) -> str:
        """The part of the indicator, empty where it is one line."""
        return part_of(self.standing)

    @property
    def line(self) -> str:
        """The line's name."""
        return line_of(self.number, self.part)

    @property
    def key(self) -> str:
        """The indicator's stable key."""
        return self.standing.indicator.key

    @property
    def name(self) -> str:
        """The line's name as the table prints it."""
        return self.standing.name

    @property
    def name_en(self) -> str:
        """The line's name in English."""
        return self.standing.name_en

    @property
    def attribute(self) -> str:
        """Binding, expected, or empty."""
        return self.standing.attribute


def choices_of(plan: Plan) -> dict[tuple[str, str], NatureChoice]:
    """The choices in force by (key, part)."""
    rows = NatureChoice.objects.filter(plan=plan).order_by("id")
    return {(row.key, row.part): row for row in rows}


def courses(plan: Plan, *, trial: NatureChoice | None = None) -> list[Course]:
    """Every line's course. ``trial`` is laid over the choices in force and not kept.

    A line that cannot be divided carries its problem, and so does what is derived from it.
    """
    choices = choices_of(plan)
    if trial is not None:
        choices[trial.key, trial.part] = trial
    lines = [_line(standing, choices) for standing in standings(plan)]
    by_line = {course.line: course for course in lines}
    sources = {
        name: course.choice.source if course.choice and course.nature is Nature.DERIVED else ""
        for name, course in by_line.items()
    }
    try:
        order: Sequence[str] = order_of(sources)
    except ProblemError as error:
        if trial is not None:
            raise
        order, sources = list(by_line), dict.fromkeys(by_line, "")
        circle = error.problems[0]
        by_line = {
            name: replace(course, problem=circle) if course.nature is Nature.DERIVED else course
            for name, course in by_line.items()
        }
    for name in order:
        by_line[name] = _divided(by_line[name], by_line.get(sources[name]))
    return list(by_line.values())


def _line(standing: Standing, choices: dict[tuple[str, str], NatureChoice]) -> Course:
    proposed = propose(standing.goal)
    choice = choices.get((standing.indicator.key, part_of(standing)))
    return Course(standing, Nature(choice.nature) if choice else proposed, proposed, choice)


def _divided(course: Course, source: Course | None) -> Course:
    if course.problem is not None:
        return course
    if course.nature is Nature.DERIVED and source is not None and course.choice is not None:
        if source.problem is not None:
            return replace(course, problem=source.problem)
        return replace(course, values=derive(source.values, Decimal(course.choice.factor)))
    aim = aim_of(course.standing.goal, course.nature)
    if course.choice is not None:
        shares = tuple(Decimal(str(share)) for share in course.choice.shares)
        aim = replace(aim, shares=shares, steps=tuple(map(int, course.choice.steps)))
    try:
        return replace(course, values=divide(aim))
    except ProblemError as error:
        return replace(course, problem=error.problems[0])
