"""The invented city of the event hub, with people who sign in and look at its console."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from beichen.hubs.events.tests import city
from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Person, Region

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def built(db: None) -> Iterator[None]:
    """The city, and nothing counted yet."""
    cache.clear()
    city.build()
    yield
    cache.clear()


def signed_in(role: str, body: str, region: str = city.CITY) -> tuple[Client, Actor]:
    """Somebody who holds ``role`` at ``body``, in a browser."""
    person: Person = org.register_person(f"{role} {body}", by=city.SETUP)
    org.appoint(person, role, Body.objects.get(key=body), Region.objects.get(code=region), by=city.SETUP)
    account = Account.objects.create_user(
        f"{role}-{body}-{person.pk}", password="long-enough-secret", person=person
    )
    client = Client()
    client.force_login(account)
    return client, org.actor_of(person)


@pytest.fixture
def attendant() -> Client:
    """Who accepts at the centre."""
    return signed_in("attendant", "centre")[0]


@pytest.fixture
def officer() -> Client:
    """Who handles in the east."""
    return signed_in("officer", "east", city.EAST)[0]


@pytest.fixture
def supervisor() -> Client:
    """Who supervises everything below the government."""
    return signed_in("supervisor", "government")[0]
