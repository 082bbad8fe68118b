"""The shell, the account pages and the error pages."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from beichen.kernel.access.models import Account
from beichen.web.links import navigation

pytestmark = pytest.mark.django_db


def test_chinese_first_english_beside_it(client: Client) -> None:
    assert '<html lang="zh-Hans"' in client.get("/account/login/").content.decode()
    client.cookies["beichen_language"] = "en"
    assert "Skip to the content" in client.get("/account/login/").content.decode()


def test_the_appearance_is_decided_before_the_page_is_drawn(client: Client) -> None:
    assert "data-theme=" not in client.get("/account/login/").content.decode()
    response = client.post("/theme", {"theme": "dark", "next": "/account/login/"})
    assert (response.status_code, response["Location"]) == (302, "/account/login/")
    assert 'data-theme="dark"' in client.get("/account/login/").content.decode()
    client.post("/theme", {"theme": "system"})
    assert "data-theme=" not in client.get("/account/login/").content.decode()


def test_the_choice_of_appearance_leads_to_no_other_site(client: Client) -> None:
    response = client.post("/theme", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_an_unknown_address_says_so_in_both_languages(client: Client) -> None:
    response = client.get("/no-such-page")
    assert (response.status_code, "WEB-404" in response.content.decode()) == (404, True)
    assert "此地址没有内容" in response.content.decode()
    document = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert document.json()["code"] == "WEB-404"


def test_no_page_holds_inline_script_or_style(client: Client) -> None:
    page = client.get("/account/login/")
    assert "style=" not in page.content.decode()
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_the_account_page_needs_a_session(client: Client) -> None:
    assert client.get("/me")["Location"].startswith("/account/login/")
    client.force_login(Account.objects.create_user("wang", password="long-enough-secret"))
    assert "wang" in client.get("/me").content.decode()


@pytest.mark.parametrize("path", ["password/change/", "2fa/", "2fa/recovery-codes/generate/", "logout/"])
def test_account_pages_stand_in_the_shell(client: Client, path: str) -> None:
    client.force_login(Account.objects.create_user("wang", password="long-enough-secret"))
    page = client.get(f"/account/{path}", follow=True)
    assert page.status_code == 200
    assert 'class="shell-head"' in page.content.decode()


def test_a_form_from_elsewhere_is_told_so_in_the_shell(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/theme", {"theme": "dark"})
    assert (answer.status_code, "表单已过期" in answer.content.decode()) == (403, True)
    assert 'class="shell-head"' in answer.content.decode()


def test_pages_below_an_entry_stand_in_its_second_row(rf: RequestFactory) -> None:
    """The entry leads the row; what needs a right is hidden from those who have it nowhere."""
    request = rf.get("/plan/indicators/3")
    request.user = AnonymousUser()
    shown = navigation(request)
    assert [link.href for link in shown.main if link.is_current] == ["/plan"]
    assert [link.href for link in shown.second][:2] == ["/plan", "/plan/indicators"]
    assert [link.href for link in shown.second if link.is_current] == ["/plan/indicators"]
    for path in ("/screen", "/me"):
        request = rf.get(path)
        request.user = AnonymousUser()
        assert navigation(request).second == []
