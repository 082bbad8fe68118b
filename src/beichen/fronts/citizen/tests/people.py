"""People for the tests of this room: a citizen, a clerk, an officer, each with an account."""

from __future__ import annotations

from django.test import Client

from beichen.hubs.events.tests import city
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_account, save_role
from beichen.kernel.actor import Actor, system
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import actor_of, appoint, city_region, region_by_code, register_person

BY = system("test")
PASSWORD = "long-enough-secret"
__all__ = ["BY", "PASSWORD", "actor", "citizen", "city", "clerk", "officer", "own_body", "signed_in"]


def citizen(username: str = "an", name: str = "安然") -> Account:
    """Somebody without a post."""
    return create_account(username, PASSWORD, register_person(name, by=BY), by=BY)


def _posted(username: str, role: str, permissions: list[str], level: Level) -> Account:
    account = citizen(username, username)
    save_role(role, role, permissions, level, by=BY)
    region = city_region() or region_by_code(city.EAST)
    body = own_body()
    assert account.person is not None
    appoint(account.person, role, body, region, by=BY, title="科员")
    return account


def own_body() -> Body:
    """The body that clerks and officers are of: not the root of any other."""
    return Body.objects.order_by("-path")[0]


def clerk() -> Account:
    """Who checks identities and records representation."""
    return _posted("clerk", "clerk", ["access.identity.check", "access.representation.record"], Level.L3)


def officer(*, may_publish: bool = True) -> Account:
    """Who writes news."""
    more = ["citizen.news.publish"] if may_publish else []
    return _posted("officer", "writer", ["citizen.news.write", *more], Level.L2)


def actor(account: Account) -> Actor:
    """The actor of an account."""
    assert account.person is not None
    return actor_of(account.person)


def signed_in(account: Account) -> Client:
    """A browser of this account."""
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(account)
    return client
