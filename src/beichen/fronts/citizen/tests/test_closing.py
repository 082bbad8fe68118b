"""Closing an account oneself: what is open first, a second confirmation, nothing readable after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client

from beichen.hubs.events.tests import city
from beichen.kernel.access import closing
from beichen.kernel.access import service as access
from beichen.kernel.access.identity import AccountContact, ContactCode
from beichen.kernel.access.models import Account, Representation
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import Matter, Subject
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Person
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
NAME, PHONE, MAIL = "欧阳不重名", "+8613912345678", "ouyang.unique@example.cn"
PASSWORD = "a-long-enough-secret"
PAGE = "/my/data/close"


@pytest.fixture(autouse=True)
def town() -> None:
    city.build()
    forget_rates()


@pytest.fixture
def nothing_open() -> Iterator[None]:
    """Rooms that name open matters for a test are forgotten again."""
    known = dict(closing._finders)
    yield
    closing._finders.clear()
    closing._finders.update(known)


def person() -> tuple[Person, Account, Client]:
    """Somebody who registered, was checked at a window and lets an agent act."""
    row = org.register_person(NAME, by=BY, phone=PHONE, email=MAIL)
    account = access.create_account("c1234567890", PASSWORD, row, by=BY)
    AccountContact.objects.create(account=account, kind="phone", address=PHONE)
    ContactCode.objects.create(handle="h", kind="phone", address=PHONE, digest="x")
    access.record_identity(row, "window", "身份证尾号 1234", by=BY)
    agent = org.register_person("代理人", by=BY)
    access.grant_representation(agent, row.code, "agent", by=org.actor_of(row))
    browser = Client()
    browser.force_login(account)
    return row, account, browser


def close(browser: Client, **told: str) -> int:
    """Send the form."""
    return browser.post(PAGE, {"password": PASSWORD, "sure": "on", **told}).status_code


def everything() -> str:
    """All that the database holds, but for the audit record and the outbox of events."""
    found = []
    for model in apps.get_models():
        if model._meta.managed and model is not AuditRecord:
            found += [str(row) for row in model._base_manager.values_list()]
    return "\n".join(found)


def test_nothing_of_the_person_is_readable_after() -> None:
    row, account, browser = person()
    other = Client()
    other.force_login(account)
    assert NAME in everything()
    page = browser.get(PAGE).content.decode()
    assert page.count("<form") >= 2, "the page's own beside the one of signing out"
    assert close(browser) == 302
    left = everything()
    for trace in (NAME, PHONE, MAIL, "c1234567890", "1234", "身份证尾号"):
        assert trace not in left, trace
    for one in (browser, other):
        assert one.get("/my").status_code == 302, "every session has ended"
        assert one.get("/my/closed").status_code == 200
    account.refresh_from_db()
    row.refresh_from_db()
    assert (account.is_active, account.has_usable_password(), row.name) == (False, False, closing.GONE)
    assert not Client().login(username="c1234567890", password=PASSWORD)
    assert not Client().login(username=account.username, password=PASSWORD)
    record = AuditRecord.objects.filter(action="access.account.close").get()
    assert (record.subject, NAME in str(record.detail)) == (row.code, False)
    assert Representation.objects.filter(revoked_at=None).count() == 0


def test_the_same_address_opens_another_account_that_knows_nothing_of_the_first() -> None:
    _row, _account, browser = person()
    close(browser)
    again = org.register_person("新名字", by=BY)
    fresh = access.create_account("c999", PASSWORD, again, by=BY)
    AccountContact.objects.create(account=fresh, kind="phone", address=PHONE)
    new = Client()
    new.force_login(fresh)
    assert NAME not in new.get("/my/data").content.decode()


@pytest.mark.parametrize(
    "told", [{"password": "another"}, {"password": ""}, {"sure": ""}, {"password": "another", "sure": ""}]
)
def test_what_is_not_confirmed_changes_nothing(told: dict[str, str]) -> None:
    row, account, browser = person()
    assert close(browser, **told) == 422
    account.refresh_from_db()
    row.refresh_from_db()
    assert (account.is_active, row.name, row.phone) == (True, NAME, PHONE)
    assert AccountContact.objects.filter(account=account).exists()
    assert browser.get("/my").status_code == 200


def test_what_is_open_is_named_first_and_keeps_it_open(nothing_open: None) -> None:
    row, account, browser = person()
    access.register_open_matters(
        "test", lambda code: [Matter("在办的事", "/my/affairs/X", "先撤回")] if code == row.code else []
    )
    page = browser.get(PAGE).content.decode()
    assert "在办的事" in page
    assert "/my/affairs/X" in page
    assert 'name="sure"' not in page
    with pytest.raises(ProblemError) as caught:
        access.close_account(account, PASSWORD, "", is_sure=True, by=org.actor_of(row))
    assert [one.code for one in caught.value.problems] == ["ACC-312"]
    assert close(browser) == 422
    assert Account.objects.get(pk=account.pk).is_active


def test_officers_and_heads_of_firms_hand_over_first() -> None:
    row, account, browser = person()
    place = org.city_region()
    assert place is not None
    post = org.appoint(row, "officer", Body.objects.get(key="roads"), place, by=BY)
    firm = Subject("91220101MA0000001X", "示例公司", "firm")
    access.record_representation(row, firm, "legal", by=BY, evidence="执照")
    page = browser.get(PAGE).content.decode()
    assert "示例公司" in page
    assert close(browser) == 422
    org.dismiss(post, by=BY)
    assert close(browser) == 422, "the firm is left"
    assert Account.objects.get(pk=account.pk).is_active


def test_nobody_closes_another_s_and_an_account_without_a_password_types_the_name() -> None:
    row, account, browser = person()
    other = org.register_person("别人", by=BY)
    with pytest.raises(ProblemError) as caught:
        access.close_account(account, PASSWORD, "", is_sure=True, by=org.actor_of(other))
    assert caught.value.problems[0].code == "ACC-313"
    account.set_unusable_password()
    account.save()
    browser.force_login(account)
    assert 'name="password"' not in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"name": "别人", "sure": "on"}).status_code == 422
    assert browser.post(PAGE, {"name": NAME, "sure": "on"}).status_code == 302
    assert not Account.objects.get(pk=account.pk).is_active
    assert row.code


def test_guessing_the_password_is_slowed_down() -> None:
    _row, _account, browser = person()
    answers = [close(browser, password=f"guess-{number}") for number in range(11)]
    assert answers == [422] * 10 + [429]


def test_it_is_offered_where_one_s_data_are_and_asks_for_signing_in() -> None:
    _row, _account, browser = person()
    assert PAGE in browser.get("/my/data").content.decode()
    assert Client().get(PAGE).status_code == 302
