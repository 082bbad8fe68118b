"""Opening an account, renewing a password, for whom one acts; nobody is led elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from beichen.fronts.citizen.tests.people import BY, citizen, city, clerk, signed_in
from beichen.kernel.access.models import Account, ContactCode, Representation
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import Subject, record_representation, revoke_representation
from beichen.platforms.comms.models import Delivery, Message
from beichen.settings import settings
from beichen.web import accounts

pytestmark = pytest.mark.django_db
PHONE, PASSWORD = "13800138000", "a-long-password-2025"
FIRM = Subject("91220101MA0000001X", "示例科技有限公司", "firm")


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The city, a gateway for text messages, and nobody counted yet."""
    monkeypatch.setenv("BEICHEN_SMS_URL", "http://127.0.0.1:9/sms")
    settings.cache_clear()
    city.build()
    forget_rates()
    yield
    forget_rates()
    monkeypatch.undo()
    settings.cache_clear()


def sent_code() -> str:
    """The code of the newest message."""
    found = re.search(r"\d{6}", Message.objects.latest("id").text_zh)
    assert found is not None
    return found[0]


def confirmed(client: Client, contact: str = PHONE) -> None:
    """A visitor whose address is confirmed."""
    assert client.post("/account/register", {"contact": contact}).status_code == 302
    assert client.post("/account/register/code", {"code": sent_code()}).status_code == 302


def test_somebody_opens_an_account_and_is_signed_in(client: Client) -> None:
    """An address, a code, a name and a password."""
    confirmed(client)
    answer = client.post("/account/register/finish", {"name": "安然", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/my")
    page = client.get("/my").content.decode()
    assert "安然" in page
    assert Account.objects.get().username not in page, "made up by the house: it says nothing to anybody"
    assert "自报" in page
    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.address) == ("sms", "+8613800138000")
    assert Message.objects.get().level == 3


def test_the_pages_are_the_same_whoever_has_the_address(client: Client) -> None:
    """Until the code is entered."""
    confirmed(client)
    client.post("/account/register/finish", {"name": "安然", "password": PASSWORD})
    pages = []
    for contact in (PHONE, "13800138001"):
        other = Client()
        answer = other.post("/account/register", {"contact": contact})
        page = other.get("/account/register/code").content.decode()
        pages.append((answer.status_code, answer["Location"], re.sub(r'value="[^"]*"|\d{4}', "", page)))
    assert pages[0] == pages[1]


def test_who_forgot_the_password_sets_a_new_one(client: Client) -> None:
    """By the same code; the old one opens nothing any more."""
    confirmed(client)
    client.post("/account/register/finish", {"name": "安然", "password": PASSWORD})
    other = Client()
    other.post("/account/recover", {"contact": "+86 138 0013 8000"})
    other.post("/account/register/code", {"code": sent_code()})
    assert "已有账号" in other.get("/account/register/finish").content.decode()
    assert other.post("/account/register/finish", {"password": "another-long-one"}).status_code == 302
    fresh = Client()
    assert fresh.post("/account/login/", {"login": PHONE, "password": PASSWORD}).status_code == 200
    assert fresh.post("/account/login/", {"login": PHONE, "password": "another-long-one"}).status_code == 302


def test_mistakes_stand_beside_their_fields(client: Client) -> None:
    """And the way goes on."""
    assert client.post("/account/register", {"contact": "x"}).status_code == 422
    assert client.get("/account/register/code").status_code == 302
    assert client.get("/account/register/finish").status_code == 302
    client.post("/account/register", {"contact": PHONE})
    assert client.get("/account/register/finish")["Location"] == "/account/register/code"
    wrong = "000000" if sent_code() != "000000" else "111111"
    assert client.post("/account/register/code", {"code": wrong}).status_code == 422
    client.post("/account/register/code", {"code": sent_code()})
    answer = client.post("/account/register/finish", {"name": "安", "password": "short"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name"}
    assert not Account.objects.exists()


def test_another_session_cannot_use_the_code(client: Client) -> None:
    """The code belongs to who asked for it."""
    client.post("/account/register", {"contact": PHONE})
    other = Client()
    other.post("/account/register", {"contact": "13900139000"})
    if len({row.digest for row in ContactCode.objects.all()}) == 2:
        first = Message.objects.order_by("id")[0].text_zh
        code = re.search(r"\d{6}", first)
        assert code is not None
        if code[0] != sent_code():
            assert other.post("/account/register/code", {"code": code[0]}).status_code == 422


def test_a_flood_is_refused_by_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only that address; codes too."""
    monkeypatch.setattr(accounts, "ASK_RATE", "2/hour")
    monkeypatch.setattr(accounts, "CODE_RATE", "2/hour")
    tries = [client.post("/account/register", {"contact": f"1380013800{n}"}).status_code for n in range(3)]
    assert tries == [302, 302, 422]
    other = Client(REMOTE_ADDR="10.9.9.9")
    assert other.post("/account/register", {"contact": PHONE}).status_code == 302
    codes = [client.post("/account/register/code", {"code": "x"}).content.decode() for _ in range(3)]
    assert "2/hour" in codes[2]


def test_without_a_gateway_it_says_so(client: Client) -> None:
    """And nothing is kept."""
    answer = client.post("/account/register", {"contact": "an@example.cn"})
    assert answer.status_code == 422
    assert not ContactCode.objects.exists()
    assert not Message.objects.exists()


def test_a_closed_registration_says_where_to_go(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page refuses; passwords can still be renewed."""
    monkeypatch.setenv("BEICHEN_REGISTRATION", "false")
    settings.cache_clear()
    assert client.get("/account/register").status_code == 403
    assert client.get("/account/recover").status_code == 200


@pytest.mark.parametrize("other", ["https://evil.example/", "//evil.example", "/\\evil.example", "data:x"])
def test_nobody_is_led_elsewhere(other: str, client: Client) -> None:
    """After an account was opened, after a choice for whom one acts."""
    client.post("/account/register", {"contact": PHONE, "next": other})
    client.post("/account/register/code", {"code": sent_code()})
    answer = client.post("/account/register/finish", {"name": "安然", "password": PASSWORD})
    assert answer["Location"] == "/my"
    code = Account.objects.get().person.code  # type: ignore[union-attr]
    chosen = client.post("/account/acting-for", {"subject": code, "next": other})
    assert chosen["Location"] == "/my"


def test_forms_of_others_are_refused() -> None:
    """Without the token of our own page nothing happens."""
    strict = Client(enforce_csrf_checks=True)
    for address in ("/account/register", "/account/recover", "/reading"):
        assert strict.post(address, {"contact": PHONE}).status_code == 403
    someone = Client(enforce_csrf_checks=True)
    someone.force_login(citizen())
    for address in ("/account/acting-for", "/my/data/export", "/my/data/erase", "/my/representation"):
        assert someone.post(address, {}).status_code == 403
    assert not ContactCode.objects.exists()


def test_for_whom_one_acts_stands_on_every_page_until_it_ends() -> None:
    """Chosen, shown, ended: gone with the next page."""
    account = citizen()
    assert account.person is not None
    row = record_representation(account.person, FIRM, "legal", by=BY, evidence="营业执照")
    browser = signed_in(account)
    assert "代 示例科技有限公司 办理" not in browser.get("/").content.decode()
    assert browser.post("/account/acting-for", {"subject": FIRM.code}).status_code == 302
    for address in ("/", "/my", "/report", "/news", "/screen"):
        assert "代 示例科技有限公司 办理" in browser.get(address).content.decode()
    assert browser.post("/account/acting-for", {"subject": "SOMEBODY"}).status_code == 403
    revoke_representation(row.pk, by=BY)
    assert "代 示例科技有限公司 办理" not in browser.get("/my").content.decode()
    assert Representation.objects.get().revoked_at is not None


def test_a_window_needs_its_right(client: Client) -> None:
    """Neither the public nor a citizen."""
    person = citizen("b", "白露").person
    assert person is not None
    browser = signed_in(citizen())
    page = f"/account/window/{person.code}"
    for one in (client, browser):
        assert one.get("/account/window").status_code == 403
        assert one.get(page).status_code == 403
        for act in ("check", "head", "parent", "acts/1/end"):
            assert one.post(f"{page}/{act}", {}).status_code == 403
    assert signed_in(clerk()).get(page).status_code == 200
