"""People hold posts; an actor is what the posts that are held now make of a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from beichen.kernel.actor import Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import ALPHABET, Body, Person, Region
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    actor_of,
    appoint,
    dismiss,
    load_bodies,
    load_regions,
    register_person,
)

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def place() -> tuple[Body, Region]:
    """A body and a region."""
    load_regions([RegionFacts("22", "省", "province")], by=BY)
    load_bodies([BodyFacts("water", "水务局")], by=BY)
    return Body.objects.get(), Region.objects.get()


def test_a_person_has_a_code_that_says_nothing() -> None:
    """Sixteen characters that nobody mistakes for another, never twice."""
    people = [register_person("安", by=BY) for _ in range(20)]
    codes = {person.code for person in people}
    assert len(codes) == 20
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    assert AuditRecord.objects.filter(action="org.person.register", subject=people[0].code).count() == 1


def test_a_post_is_held_once(place: tuple[Body, Region]) -> None:
    """Appointing again gives the same post and leaves no second record."""
    person = register_person("安", by=BY)
    assert appoint(person, "officer", *place, by=BY) == appoint(person, "officer", *place, by=BY)
    assert AuditRecord.objects.filter(action="org.post.appoint").count() == 1


def test_an_actor_has_a_scope_for_each_post_that_is_held_now(place: tuple[Body, Region]) -> None:
    """Not for those that ended, and not for those that have not begun."""
    person = register_person("安", by=BY)
    ended = appoint(person, "planner", *place, by=BY)
    dismiss(ended, by=BY)
    future = appoint(person, "auditor", *place, by=BY)
    future.since = timezone.now() + timedelta(days=1)
    future.save()
    appoint(person, "officer", *place, by=BY)
    assert actor_of(person).scopes == (
        Scope("officer", "/water/", "/22/"),
        Scope("citizen"),
        Scope("public"),
    )
    assert appoint(person, "planner", *place, by=BY) != ended, "a post that ended may be held again"


def test_someone_without_a_post_is_a_citizen() -> None:
    """An account alone allows nothing more."""
    person = Person.objects.create(name="安")
    assert actor_of(person).scopes == (Scope("citizen"), Scope("public"))
