"""Who is behind a request: a person, a client with its key, or the public."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from beichen.kernel.access.models import Account, Client
from beichen.kernel.access.request import acting, address_of
from beichen.kernel.access.service import create_account, create_client
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import BodyFacts, load_bodies, register_person
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = pytest.mark.django_db
BY = system("test")


def request_as(account: Account | None = None, authorization: str = "") -> Actor:
    """The actor of a request."""
    headers = {"Authorization": authorization} if authorization else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.9")
    request.user = account or AnonymousUser()
    return acting(request)


def test_nobody_is_the_public() -> None:
    assert request_as() == PUBLIC


def test_a_person_acts_with_their_address() -> None:
    """The address goes into the audit record; it is no part of who acts."""
    person = register_person("安", by=BY)
    actor = request_as(create_account("an", "correct horse battery", person, by=BY))
    assert (actor.key, actor.address) == (f"person:{person.code}", "10.0.0.9")


def test_an_account_without_a_person_and_a_closed_one_are_the_public() -> None:
    """What a person may do comes from posts, never from the account: a superuser has none."""
    account = create_account("root", "correct horse battery", None, by=BY)
    account.is_superuser = account.is_staff = True
    assert request_as(account) == PUBLIC
    closed = create_account("an", "correct horse battery", register_person("安", by=BY), by=BY)
    closed.is_active = False
    assert request_as(closed) == PUBLIC


def test_a_client_acts_in_its_role_and_place() -> None:
    """Its key is shown once; only a fingerprint is kept."""
    load_bodies([BodyFacts("water", "水务局")], by=BY)
    secret = create_client("pumps", "Pumps", "officer", by=BY, body=Body.objects.get())
    actor = request_as(authorization=f"Bearer {secret}")
    assert (actor.key, actor.scopes) == ("client:pumps", (Scope("officer", "/water/", ""),))
    assert secret not in str(list(Client.objects.values()))
    assert secret not in str(list(AuditRecord.objects.values()))


def test_a_new_key_ends_the_old_one() -> None:
    """And a client that is not active has none."""
    old = create_client("pumps", "Pumps", "officer", by=BY)
    new = create_client("pumps", "Pumps", "officer", by=BY)
    assert request_as(authorization=f"bearer {new}").key == "client:pumps"
    for wrong in (f"Bearer {old}", "Bearer ", "Bearer x"):
        with pytest.raises(ProblemError) as error:
            request_as(authorization=wrong)
        assert (error.value.problems[0].code, error.value.status) == ("ACC-401", 401)
    Client.objects.update(is_active=False)
    with pytest.raises(ProblemError):
        request_as(authorization=f"Bearer {new}")


def test_other_schemes_are_not_ours() -> None:
    """A proxy's own credentials do not make anybody somebody."""
    assert request_as(authorization="Basic YTpi") == PUBLIC


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (2, "9.9.9.9, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),
    ],
)
def test_the_address_is_what_trusted_proxies_saw(
    monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: str, address: str
) -> None:
    """Whoever writes the header itself is not believed."""
    chosen = replace(settings(), proxies=proxies)
    monkeypatch.setattr("beichen.kernel.access.request.settings", lambda: chosen)
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9")
    assert address_of(request) == address
