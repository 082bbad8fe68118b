"""People open accounts of their own; nobody learns who has one; codes are few, short-lived, rarely tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.access import registering
from beichen.kernel.access.models import Account, AccountContact, ContactCode
from beichen.kernel.access.service import (
    Sending,
    ask_code,
    confirm_code,
    confirmed,
    contact_of,
    create_account,
    forget_codes,
    recover_account,
    register_account,
    send_codes_by,
)
from beichen.kernel.actor import PUBLIC, Actor, system
from beichen.kernel.audit.models import AuditRecord
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = pytest.mark.django_db
BY = system("test")
PHONE, PASSWORD = "13800138000", "a-long-password-2025"


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sending]:
    """What was sent, instead of sending it."""
    found: list[Sending] = []

    def take(sending: Sending, _by: Actor) -> bool:
        found.append(sending)
        return True

    monkeypatch.setattr(registering, "_senders", [take])
    return found


def refused(call: Callable[..., object], *args: object, **named: object) -> list[str]:
    """The codes with which ``call`` refuses."""
    with pytest.raises(ProblemError) as caught:
        call(*args, **named)
    return [problem.code for problem in caught.value.problems]


def opened(contact: str = PHONE, name: str = "安然") -> Account:
    """An account of somebody who registered."""
    sending = ask_code(contact, by=PUBLIC)
    confirm_code(sending.handle, sending.code, by=PUBLIC)
    return register_account(sending.handle, name, PASSWORD, by=PUBLIC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0013 8000", ("phone", "+8613800138000")),
        ("+86 13800138000", ("phone", "+8613800138000")),
        ("An.Ran@Example.CN ", ("mail", "an.ran@example.cn")),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: tuple[str, str]) -> None:
    """However it was typed, so that nobody registers twice by writing differently."""
    assert contact_of(typed) == kept


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_address_or_refused(typed: str) -> None:
    """Never an error, and what is taken is taken again in the form in which it is kept."""
    try:
        kind, address = contact_of(typed)
    except ProblemError as error:
        found = {problem.code for problem in error.problems}
    else:
        found = {"ACC-307"} if contact_of(address) == (kind, address) else {address}
    assert found == {"ACC-307"}


def test_who_confirms_an_address_opens_an_account_and_signs_in_with_it(client: Browser) -> None:
    """The name says nothing; the number, however it is written, stands for it."""
    account = opened()
    assert account.person is not None
    assert (account.person.name, account.person.phone) == ("安然", "+8613800138000")
    assert "138" not in account.username
    form = {"login": "138-0013-8000", "password": PASSWORD}
    assert client.post("/account/login/", form).status_code == 302
    assert client.session["_auth_user_id"] == str(account.pk)


def test_asking_is_the_same_whoever_has_the_address(sent: list[Sending]) -> None:
    """What is answered, sent, kept and asked of the database."""
    opened()
    with CaptureQueriesContext(
        connection,
    ) as known:
        ask_code(PHONE, by=PUBLIC)
    with CaptureQueriesContext(connection) as unknown:
        ask_code("13900139000", by=PUBLIC)
    shapes = [[query["sql"].split(" ")[0] for query in queries] for queries in (known, unknown)]
    assert shapes[0] == shapes[1]
    assert len(sent) == 3
    detail = list(AuditRecord.objects.filter(action="access.contact.ask").values_list("resource", "detail"))
    assert len(set(detail)) == 1, "the record does not say whose"


def test_only_the_code_tells_that_an_address_has_an_account() -> None:
    """It may then have a new password, and no second account."""
    account = opened()
    sending = ask_code(PHONE, by=PUBLIC)
    assert refused(confirmed, sending.handle) == ["ACC-308"]
    assert confirm_code(sending.handle, sending.code, by=PUBLIC).account == account
    assert refused(register_account, sending.handle, "安然", PASSWORD, by=PUBLIC) == ["ACC-308"]
    assert Account.objects.count() == 1


def test_a_confirmed_address_gives_its_account_a_new_password() -> None:
    """Once; and an account that was closed stays closed."""
    account = opened()
    sending = ask_code(PHONE, by=PUBLIC)
    confirm_code(sending.handle, sending.code, by=PUBLIC)
    recover_account(sending.handle, "another-password-2025", by=PUBLIC)
    account.refresh_from_db()
    assert check_password("another-password-2025", account.password)
    assert refused(recover_account, sending.handle, PASSWORD, by=PUBLIC) == ["ACC-308"]
    Account.objects.update(is_active=False)
    again = ask_code(PHONE, by=PUBLIC)
    confirm_code(again.handle, again.code, by=PUBLIC)
    assert refused(recover_account, again.handle, PASSWORD, by=PUBLIC) == ["ACC-308"]


def test_a_handle_of_a_stranger_gives_no_new_password() -> None:
    """Neither an address without an account nor one that is not confirmed."""
    opened()
    sending = ask_code("13900139000", by=PUBLIC)
    assert refused(recover_account, sending.handle, PASSWORD, by=PUBLIC) == ["ACC-308"]
    confirm_code(sending.handle, sending.code, by=PUBLIC)
    assert refused(recover_account, sending.handle, PASSWORD, by=PUBLIC) == ["ACC-308"]


def test_accounts_that_were_given_are_not_recovered_so() -> None:
    """The mail of a member of staff in the register of people opens nothing."""
    create_account("officer", PASSWORD, None, by=BY)
    sending = ask_code("officer@example.cn", by=PUBLIC)
    assert confirm_code(sending.handle, sending.code, by=PUBLIC).account is None


def test_a_code_is_tried_five_times_and_then_never_again() -> None:
    """The right one too."""
    sending = ask_code(PHONE, by=PUBLIC)
    wrong = "000000" if sending.code != "000000" else "111111"
    for _ in range(5):
        assert refused(confirm_code, sending.handle, wrong, by=PUBLIC) == ["ACC-308"]
    assert refused(confirm_code, sending.handle, sending.code, by=PUBLIC) == ["ACC-308"]


def test_a_code_is_good_for_ten_minutes_for_its_own_session() -> None:
    """What another session was sent does not open this one."""
    first, second = ask_code(PHONE, by=PUBLIC), ask_code(PHONE, by=PUBLIC)
    if first.code != second.code:
        assert refused(confirm_code, first.handle, second.code, by=PUBLIC) == ["ACC-308"]
    ContactCode.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert refused(confirm_code, first.handle, first.code, by=PUBLIC) == ["ACC-308"]
    assert refused(confirm_code, "nothing", "123456", by=PUBLIC) == ["ACC-308"]


def test_an_address_is_asked_for_five_times_an_hour_and_ten_a_day() -> None:
    """Nobody is flooded, from however many machines."""
    for _ in range(5):
        ask_code(PHONE, by=PUBLIC)
    assert refused(ask_code, PHONE, by=PUBLIC) == ["ACC-429"]
    assert ask_code("13900139000", by=PUBLIC).kind == "phone"
    ContactCode.objects.update(created_at=timezone.now() - timedelta(hours=2))
    for _ in range(5):
        ask_code(PHONE, by=PUBLIC)
    ContactCode.objects.update(created_at=timezone.now() - timedelta(hours=3))
    assert refused(ask_code, PHONE, by=PUBLIC) == ["ACC-429"]


def test_what_is_kept_of_a_code_is_no_code() -> None:
    """And yesterday's are deleted."""
    sending = ask_code(PHONE, by=PUBLIC)
    row = ContactCode.objects.get()
    assert sending.code not in (row.digest, row.handle)
    assert forget_codes(by=BY) == 0
    ContactCode.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert forget_codes(by=BY) == 1


@pytest.mark.parametrize("name", ["", "安", " 安 ", "a" * 51, "a\x00b"])
def test_a_name_that_is_none_is_refused_and_the_code_stays_good(name: str) -> None:
    """The form can be corrected."""
    sending = ask_code(PHONE, by=PUBLIC)
    confirm_code(sending.handle, sending.code, by=PUBLIC)
    assert refused(register_account, sending.handle, name, PASSWORD, by=PUBLIC) == ["ACC-311"]
    assert refused(register_account, sending.handle, "安然", "12345", by=PUBLIC)[0] == "ACC-309"
    assert register_account(sending.handle, "安然", PASSWORD, by=PUBLIC).pk


def test_registration_can_be_closed_and_passwords_still_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a setting."""
    account = opened()
    monkeypatch.setenv("BEICHEN_REGISTRATION", "false")
    settings.cache_clear()
    try:
        sending = ask_code("13900139000", by=PUBLIC)
        confirm_code(sending.handle, sending.code, by=PUBLIC)
        assert refused(register_account, sending.handle, "安然", PASSWORD, by=PUBLIC) == ["ACC-306"]
        again = ask_code(PHONE, by=PUBLIC)
        confirm_code(again.handle, again.code, by=PUBLIC)
        assert recover_account(again.handle, "another-password-2025", by=PUBLIC) == account
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_without_a_way_to_send_it_says_so_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a code that never left."""
    monkeypatch.setattr(registering, "_senders", [])
    assert refused(ask_code, PHONE, by=PUBLIC) == ["ACC-310"]
    send_codes_by(lambda sending, _by: sending.kind == "mail")
    assert refused(ask_code, PHONE, by=PUBLIC) == ["ACC-310"]
    assert ask_code("a@example.cn", by=PUBLIC).kind == "mail"
    assert ContactCode.objects.count() == 1


def test_signing_in_asks_for_an_account_by_an_index(client: Browser) -> None:
    """In any case of its letters, without reading every account."""
    create_account("An.Ran", PASSWORD, None, by=BY)
    AccountContact.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        assert client.post("/account/login/", {"login": "AN.RAN", "password": PASSWORD}).status_code == 302
    asked = next(query["sql"] for query in queries if "LOWER" in query["sql"])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("EXPLAIN QUERY PLAN " + asked)
            assert "account_username_low" in str(cursor.fetchall())
