"""On duty (值班): who holds a roster now and this week, where nobody does, and editing shifts."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Person, Post
from beichen.platforms.comms.codes import BAD_SHIFT, GAP
from beichen.platforms.comms.models import Roster, Shift
from beichen.platforms.comms.receivers import people_on_duty, rosters_by_key
from beichen.platforms.comms.rights import EDIT_ROSTERS, READ_ROSTERS
from beichen.platforms.comms.rota import Period, gaps, read_hours, wanted
from beichen.problem import Level, Problem, ProblemError, Where, said

LONGEST = timedelta(days=7)
MOST_WEEKS = 26
WEEK = timedelta(days=7)


def _gap(roster: Roster, start: datetime, end: datetime | None = None, level: Level = Level.ERROR) -> Problem:
    at = f"{timezone.localtime(start):%Y-%m-%d %H:%M}"
    if end is None:
        message = said("nobody is on duty for {roster} at {at}", roster=roster.key, at=at)
    else:
        until = f"{timezone.localtime(end):%Y-%m-%d %H:%M}"
        message = said("{roster}: nobody from {at} to {until}", roster=roster.key, at=at, until=until)
    return Problem(GAP, message, Where(field=roster.key), said("enter a shift at /messages/rosters"), level)


def on_duty(key: str, *, now: datetime | None = None) -> list[Person]:
    """Who is on duty for a roster. Raises ProblemError COM-105, COM-106 when nobody is."""
    moment = now or timezone.now()
    roster = rosters_by_key({key})[key]
    people = people_on_duty([roster], moment).get(roster.pk, [])
    if not people:
        raise ProblemError(_gap(roster, moment))
    return people


@dataclass(frozen=True, slots=True)
class RosterWeek:
    """A roster as the page shows it: who is on duty now, the shifts of the days asked for, and their gaps."""

    roster: Roster
    now: list[Person]
    shifts: list[Shift]
    gaps: list[Problem]


def roster_weeks(
    *, by: Actor, since: datetime, until: datetime, now: datetime | None = None
) -> list[RosterWeek]:
    """Every roster between ``since`` and ``until``: three queries. Raises ProblemError ACC-403.

    Gaps are looked for from now on: what is past cannot be mended.
    """
    require(by, READ_ROSTERS)
    moment = now or timezone.now()
    rosters = list(Roster.objects.filter(is_current=True).select_related("body__region", "fallback"))
    present = people_on_duty(rosters, moment)
    shifts: dict[int, list[Shift]] = {}
    rows = Shift.objects.filter(roster__in=rosters, ends__gt=since, starts__lt=until)
    for shift in rows.select_related("person").order_by("starts", "id"):
        shifts.setdefault(shift.roster_id, []).append(shift)
    start = max(since, moment)
    return [
        RosterWeek(
            row,
            present.get(row.pk, []),
            shifts.get(row.pk, []),
            [_gap(row, *gap, Level.WARNING) for gap in gaps_of(row, shifts.get(row.pk, []), start, until)],
        )
        for row in rosters
    ]


def gaps_of(roster: Roster, shifts: Iterable[Shift], since: datetime, until: datetime) -> list[Period]:
    """The hours between ``since`` and ``until`` that the roster must cover and no shift does."""
    zone = ZoneInfo(django_settings.TIME_ZONE)
    asked = wanted([read_hours(one) for one in roster.cover], since, until, zone)
    return gaps(asked, [(shift.starts, shift.ends) for shift in shifts])


def candidates(rosters: Sequence[Roster]) -> dict[int, list[Person]]:
    """Who may be put on duty, by the roster's id: those with a post at its body or below; one query."""
    if not rosters:
        return {}
    below = reduce(operator.or_, [Q(body__path__under=row.body.path) for row in rosters])
    posts = list(Post.objects.filter(below, until=None).select_related("person", "body"))
    posts.sort(key=lambda post: post.person.name)
    found: dict[int, list[Person]] = {}
    for row in rosters:
        people = {post.person_id: post.person for post in posts if post.body.path.startswith(row.body.path)}
        found[row.pk] = list(people.values())
    return found


def _check(starts: datetime, ends: datetime, weeks: int) -> None:
    problems = []
    if ends <= starts:
        problems.append(Problem(BAD_SHIFT, said("the shift ends before it starts"), Where(field="ends")))
    elif ends - starts > LONGEST:
        problems.append(Problem(BAD_SHIFT, said("a shift is a week at most"), Where(field="ends")))
    if not 1 <= weeks <= MOST_WEEKS:
        words = said("from 1 to {most} weeks", most=MOST_WEEKS)
        problems.append(Problem(BAD_SHIFT, words, Where(field="weeks")))
    if problems:
        raise ProblemError(*problems)


def _tell(roster: Roster, action: str, shifts: Sequence[Shift], by: Actor) -> None:
    facts = {"shifts": len(shifts), "from": shifts[0].starts.isoformat()}
    subject = shifts[0].person.code
    audit.record(by, action, f"platforms_comms.roster:{roster.key}", detail=facts, subject=subject)
    bus.publish("comms.roster.changed", roster.key, facts, by=by, level=2)


@transaction.atomic
def add_shift(
    roster: Roster,
    person: Person,
    starts: datetime,
    ends: datetime,
    *,
    by: Actor,
    weeks: int = 1,
    note: str = "",
) -> list[Shift]:
    """Put a person on duty, in as many weeks as are asked.

    Two people may hold the same hours, one person not twice. Raises ProblemError ACC-403, COM-110.
    """
    require(by, EDIT_ROSTERS, roster)
    _check(starts, ends, weeks)
    Roster.objects.select_for_update(of=("self",)).get(pk=roster.pk)
    shifts = [
        Shift(
            roster=roster,
            person=person,
            starts=starts + week * WEEK,
            ends=ends + week * WEEK,
            note=note[:200],
        )
        for week in range(weeks)
    ]
    own = list(
        Shift.objects.filter(roster=roster, person=person, ends__gt=starts, starts__lt=shifts[-1].ends)
    )
    for one in shifts:
        if any(other.starts < one.ends and one.starts < other.ends for other in own):
            day = f"{timezone.localtime(one.starts):%Y-%m-%d}"
            message = said("this person already holds a shift on {day}", day=day)
            raise ProblemError(Problem(BAD_SHIFT, message, Where(field="starts")))
    Shift.objects.bulk_create(shifts)
    _tell(roster, "comms.shift.add", shifts, by)
    return shifts


@transaction.atomic
def remove_shift(shift: Shift, *, by: Actor, now: datetime | None = None) -> None:
    """Take a shift out that has not begun, or end one that runs now; who was on duty stays on record.

    Raises ProblemError ACC-403, COM-110 for one that is over.
    """
    require(by, EDIT_ROSTERS, shift.roster)
    moment = now or timezone.now()
    if shift.ends <= moment:
        raise ProblemError(
            Problem(BAD_SHIFT, said("the shift is over"), hint=said("what was stays on record"))
        )
    if shift.starts < moment:
        Shift.objects.filter(pk=shift.pk).update(ends=moment)
    else:
        Shift.objects.filter(pk=shift.pk).delete()
    _tell(shift.roster, "comms.shift.remove", [shift], by)
