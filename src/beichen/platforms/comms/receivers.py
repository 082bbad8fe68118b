"""From receivers to people: who a body, a group or a roster is at the moment.

Resolving takes a fixed number of queries, however many receivers and people there are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from beichen.kernel.org.models import Person, Post, Region
from beichen.platforms.comms.codes import NO_GROUP, NO_ROSTER
from beichen.platforms.comms.models import Group, GroupMember, Roster, Shift
from beichen.platforms.comms.notice import (
    Receiver,
    ToAddress,
    ToBody,
    ToFollowers,
    ToGroup,
    ToPerson,
    ToRoster,
)
from beichen.problem import Problem, ProblemError, Where, said, shorten

RowT = TypeVar("RowT", Group, Roster)


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is to be told; whoever is on duty is awake, and quiet hours do not hold them."""

    person: Person
    is_on_duty: bool = False


@dataclass(frozen=True, slots=True)
class Nobody:
    """A receiver with nobody behind it now: ``body:KEY``, ``group:KEY``, ``roster:KEY``, and its name."""

    receiver: str
    name: str
    is_roster: bool = False


@dataclass(slots=True)
class Audience:
    """All who are to be told: people once each, chats, addresses, followed things; and who was not there."""

    people: dict[int, Told] = field(default_factory=dict)
    chats: list[Group] = field(default_factory=list)
    addresses: list[ToAddress] = field(default_factory=list)
    followers: list[str] = field(default_factory=list)
    nobody: list[Nobody] = field(default_factory=list)

    def add(self, people: Iterable[Person], *, is_on_duty: bool = False) -> None:
        """Add people; being on duty is not forgotten when they are named twice."""
        for person in people:
            known = self.people.get(person.pk, Told(person))
            self.people[person.pk] = replace(known, is_on_duty=known.is_on_duty or is_on_duty)


@dataclass(frozen=True, slots=True)
class Holders:
    """Whom a post names: at a body (by key), in a role (empty: any), for a region (its path; empty: any)."""

    body: str
    role: str = ""
    region: str = ""

    def condition(self) -> Q:
        """The posts that the database is asked for."""
        return Q(body__key=self.body, role=self.role) if self.role else Q(body__key=self.body)

    def holds(self, post: Post) -> bool:
        """Whether ``post`` is one of them; a post for a city covers the city's districts."""
        fits = post.body.key == self.body and self.role in ("", post.role)
        return fits and (not self.region or self.region.startswith(post.region.path))


def holders_of(wanted: Sequence[Holders], now: datetime) -> list[list[Person]]:
    """Those who hold each of the wanted posts now, in the order asked: one query."""
    if not wanted:
        return []
    held = Q(since__lte=now) & (Q(until=None) | Q(until__gt=now))
    asked = reduce(operator.or_, [one.condition() for one in wanted])
    posts = list(Post.objects.filter(held & asked).select_related("person", "body", "region").order_by("id"))
    return [[post.person for post in posts if one.holds(post)] for one in wanted]


def _found(
    rows: QuerySet[RowT], keys: set[str], code: str, sentence: Callable[[str], str]
) -> dict[str, RowT]:
    found = {row.key: row for row in rows.filter(key__in=keys, is_current=True)} if keys else {}
    if missing := sorted(keys - set(found)):
        raise ProblemError(*(Problem(code, shorten(sentence(key)), Where(field=key)) for key in missing))
    return found


def groups_by_key(keys: set[str]) -> dict[str, Group]:
    """Groups by key. Raises ProblemError COM-104 for each key that names none."""
    return _found(Group.objects.all(), keys, NO_GROUP, lambda key: said("no group is called {key}", key=key))


def rosters_by_key(keys: set[str]) -> dict[str, Roster]:
    """Rosters by key. Raises ProblemError COM-105 for each key that names none."""
    rows = Roster.objects.select_related("fallback", "body__region")
    return _found(rows, keys, NO_ROSTER, lambda key: said("no roster is called {key}", key=key))


def people_of_groups(groups: Sequence[Group], now: datetime) -> dict[str, list[Person]]:
    """Everybody in each group, by post or by name: three queries."""
    if not groups:
        return {}
    posts = [(group.key, post) for group in groups for post in group.posts]
    codes = {post["region"] for _key, post in posts if post.get("region")}
    paths = dict(Region.objects.filter(code__in=codes).values_list("code", "path"))
    wanted = [
        # A region that is gone leaves a path that no post covers.
        Holders(post["body"], post.get("role", ""), paths.get(region, "gone") if region else "")
        for _key, post in posts
        for region in [post.get("region", "")]
    ]
    found: dict[str, list[Person]] = {group.key: [] for group in groups}
    for (key, _post), people in zip(posts, holders_of(wanted, now), strict=True):
        found[key] += people
    named = GroupMember.objects.filter(group__in=groups).select_related("person", "group").order_by("id")
    for member in named:
        found[member.group.key].append(member.person)
    return found


def people_on_duty(rosters: Iterable[Roster], now: datetime) -> dict[int, list[Person]]:
    """Who is on duty, by the roster's id: one query."""
    found: dict[int, list[Person]] = {}
    shifts = Shift.objects.filter(roster__in=list(rosters), starts__lte=now, ends__gt=now)
    for shift in shifts.select_related("person").order_by("id"):
        found.setdefault(shift.roster_id, []).append(shift.person)
    return found


def _of(kind: type[Any], to: Iterable[Receiver]) -> list[Any]:
    return [one for one in to if isinstance(one, kind)]


def audience_of(to: Sequence[Receiver], now: datetime) -> Audience:
    """All who are to be told. Raises ProblemError COM-104, COM-105 for groups and rosters that are not there.

    That nobody is behind a receiver is no error of the sender's: it is said in the record, and a roster's
    fallback group is told instead.
    """
    found = Audience(addresses=_of(ToAddress, to), followers=[one.subject for one in _of(ToFollowers, to)])
    found.add(one.person for one in _of(ToPerson, to))
    _add_bodies(_of(ToBody, to), now, found)
    keys = {one.key for one in _of(ToGroup, to)}
    rosters = rosters_by_key({one.key for one in _of(ToRoster, to)})
    present = people_on_duty(rosters.values(), now) if rosters else {}
    for row in rosters.values():
        found.add(present.get(row.pk, []), is_on_duty=True)
        if row.pk not in present:
            found.nobody.append(Nobody(f"roster:{row.key}", row.name, is_roster=True))
            keys |= {row.fallback.key} if row.fallback else set()
    _add_groups(list(groups_by_key(keys).values()), now, found)
    return found


def _add_bodies(asked: Sequence[ToBody], now: datetime, found: Audience) -> None:
    wanted = [Holders(one.body.key, one.role, one.region.path if one.region else "") for one in asked]
    for one, people in zip(asked, holders_of(wanted, now), strict=True):
        found.add(people)
        if not people:
            found.nobody.append(Nobody(f"body:{one.body.key}"[:80], one.body.name[:100]))


def _add_groups(groups: list[Group], now: datetime, found: Audience) -> None:
    people = people_of_groups(groups, now)
    for group in groups:
        found.add(people[group.key])
        if group.chat:
            found.chats.append(group)
        elif not people[group.key]:
            found.nobody.append(Nobody(f"group:{group.key}", group.name))
