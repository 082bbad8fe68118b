"""The register: who may see and change it, what is refused, the secret that is shown once, the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as searching
from hypothesis import strategies as st

from beichen.hubs.apps.tests.conftest import BY, PASSWORD, Browser, System, facts, system_of
from beichen.kernel.access.models import Account, RelyingParty
from beichen.kernel.access.openid.commands import access
from beichen.kernel.access.openid.parties import (
    change_party,
    find_party,
    look,
    register_party,
    uri_mistake,
)
from beichen.kernel.access.service import create_account, save_role
from beichen.kernel.actor import PUBLIC, Actor, Scope
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import appoint, register_person
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = pytest.mark.django_db
FORM = {
    "key": "bills",
    "name": "账单",
    "purpose": "查询账单",
    "body": "water",
    "redirect_uris": "https://bills.example/back\nhttp://localhost:9000/back",
    "scope_profile": "on",
    "scope_phone": "on",
}


@pytest.fixture
def registrar(account: Account) -> Browser:
    """An administrator of the water bureau."""
    person = register_person("登", by=BY)
    city = Region.objects.get(code="220100")
    appoint(person, "administrator", Body.objects.get(key="water"), city, by=BY)
    create_account("deng", PASSWORD, person, by=BY)
    browser = Browser()
    browser.sign_in("deng")
    return browser


def test_a_system_is_registered_and_its_secret_shown_once(registrar: Browser) -> None:
    """The list shows it, its page never its secret."""
    page = registrar.post("/relying-parties/new", FORM)
    row = RelyingParty.objects.get()
    assert (row.redirect_uris, row.scopes) == (
        FORM["redirect_uris"].split("\n"),
        ["openid", "profile", "phone"],
    )
    secret = page.content.decode().partition("data-secret>")[2].partition("<")[0]
    assert len(secret) == 43
    assert System(row, secret).post("introspect", token="o.x").json() == {"active": False}
    for address in ("/relying-parties", "/relying-parties?format=csv", "/relying-parties/bills"):
        shown = registrar.get(address).getvalue().decode()
        assert ("账单" in shown, secret in shown) == (True, False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "Bills!"}, "key"),
        ({"redirect_uris": "https://*.example/"}, "redirect_uris"),
        ({"redirect_uris": "ftp://bills.example/"}, "redirect_uris"),
        ({"redirect_uris": "javascript:alert(1)"}, "redirect_uris"),
        ({"redirect_uris": "https://bills.example/#x"}, "redirect_uris"),
        ({"redirect_uris": "\n".join(f"https://bills.example/{n}" for n in range(21))}, "redirect_uris"),
        ({"redirect_uris": "cn.example.app:/back"}, "redirect_uris"),
        ({"logout_uris": "https://"}, "logout_uris"),
        ({"backchannel_uri": "file:///etc/passwd"}, "backchannel_uri"),
        ({"body": "nobody"}, "body"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    registrar: Browser, change: dict[str, str], field: str
) -> None:
    """All at once, and nothing is kept (ACC-511)."""
    page = registrar.post("/relying-parties/new", {**FORM, **change})
    assert page.status_code == 422
    assert page.context is not None
    assert field in page.context["form"].errors
    assert not RelyingParty.objects.exists()


def test_an_app_may_have_a_scheme_of_its_own(account: Account) -> None:
    """With a dot in it, and only where there is no secret."""
    row, secret = register_party(facts("app", is_public=True, redirect_uris=("cn.example.app:/back",)), by=BY)
    assert (row.redirect_uris, secret) == (["cn.example.app:/back"], "")


def test_production_wants_https(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """But on the machine itself; what was registered before is not led to either."""
    row = register_party(facts("plain", redirect_uris=("http://bills.example/back",)), by=BY)[0]
    chosen = replace(settings(), environment="production")
    monkeypatch.setattr("beichen.kernel.access.openid.parties.settings", lambda: chosen)
    with pytest.raises(ProblemError) as error:
        register_party(facts("plainer", redirect_uris=("http://bills.example/back",)), by=BY)
    assert error.value.problems[0].code == "ACC-511"
    assert uri_mistake("http://localhost:9000/x") == uri_mistake("http://[::1]/x") == ""
    answer = Browser().ask(System(row, ""), redirect_uri="http://bills.example/back")
    assert (answer.status_code, "Location" in answer) == (400, False)


def test_who_may_not_register_does_not(browser: Browser, portal: System) -> None:
    """Nor sees what is registered."""
    for address in ("/relying-parties", "/relying-parties/new", "/relying-parties/portal"):
        assert browser.get(address).status_code == 403
    for part in ("new", "portal/change", "portal/secret", "portal/state"):
        assert browser.post(f"/relying-parties/{part}", FORM).status_code == 403
    with pytest.raises(ProblemError):
        register_party(facts("mine"), by=PUBLIC)


def test_a_bureau_registers_its_own_systems_alone(account: Account, portal: System) -> None:
    """Rights end at the body's subtree: also by changing whose it is."""
    save_role("registrar", "登记", ["access.party.*"], Level.L2, by=BY)
    water = Body.objects.get(key="water")
    by = Actor("person:x", "x", (Scope("registrar", water.path, ""),))
    clinic = system_of("clinic", body="health")
    assert find_party("portal", by=by).key == "portal"
    refusals = (
        lambda: find_party(clinic.row.key, by=by),
        lambda: register_party(facts("new", body="health"), by=by),
        lambda: change_party("portal", facts("portal", body="health"), by=by),
    )
    for refused in refusals:
        with pytest.raises(ProblemError) as error:
            refused()
        assert error.value.problems[0].code in {"ACC-403", "ACC-512"}
    assert RelyingParty.objects.get(key="portal").body == water


def test_a_system_is_changed_closed_and_opened(registrar: Browser, portal: System) -> None:
    """Its key and whether it has a secret stay; the old secret is worth nothing after a new one."""
    page = registrar.get("/relying-parties/portal/change").content.decode()
    assert "查询本人水费账单" in page
    changed = {**FORM, "name": "新名", "needs_identity": "substantial"}
    assert registrar.post("/relying-parties/portal/change", changed).status_code == 302
    assert "窗口已核验" in registrar.get("/relying-parties/portal").content.decode()
    assert RelyingParty.objects.get().name == "新名"
    fresh = registrar.post("/relying-parties/portal/secret").content.decode()
    assert "data-secret>" in fresh
    assert portal.post("introspect", token="o.x").status_code == 401
    registrar.post("/relying-parties/portal/state", {"state": "close"})
    assert Browser().ask(portal).status_code == 400
    registrar.post("/relying-parties/portal/state", {"state": "open"})
    assert Browser().ask(portal, redirect_uri="https://bills.example/back").status_code == 302


def test_keys_are_taken_once(account: Account, portal: System) -> None:
    with pytest.raises(ProblemError) as error:
        register_party(facts("portal"), by=BY)
    assert error.value.problems[0].code == "ACC-511"


def run(*arguments: str) -> Any:
    """A command's result."""
    return CliRunner().invoke(access, arguments)


def test_commands_register_and_rotate(account: Account) -> None:
    """As the pages do."""
    done = run(
        "party", "new", "bills", "--name", "账单", "--purpose", "查询", "--body", "water",
        "--redirect", "https://bills.example/back", "--scope", "profile", "--json", "--identity", "high",
    )  # fmt: skip
    told = json.loads(done.output)
    row = RelyingParty.objects.get()
    assert row.needs_identity == "high"
    assert System(row, told["client_secret"]).post("introspect", token="o.x").status_code == 200
    fresh = run("party", "secret", "bills").output.strip()
    assert System(row, fresh).post("introspect", token="o.x").status_code == 200
    run("party", "close", "bills")
    assert not RelyingParty.objects.get().is_active
    run("party", "open", "bills")
    assert RelyingParty.objects.get().is_active
    kid = run("keys", "rotate").output.strip()
    assert json.loads(run("keys", "list", "--json").output)[0]["kid"] == kid
    refused = run("party", "new", "bills", "--name", "x", "--purpose", "x", "--body", "nobody", "--public")
    assert isinstance(refused.exception, ProblemError)
    assert {problem.where.field for problem in refused.exception.problems} == {"body", "key"}


SAFE = {"https", "http"}


@searching(suppress_health_check=[HealthCheck.too_slow])  # a machine that is busy is slow
@given(st.text(max_size=60) | st.from_regex(r"[a-z.+-]{1,8}:/{0,3}[a-z@:*#/.\[\]\\]{0,30}", fullmatch=True))
def test_an_address_without_a_mistake_is_a_safe_one(uri: str) -> None:
    """Whatever it is made of: a scheme of the web with a host, or an app's own; nothing hidden in it."""
    if uri_mistake(uri, is_public=True) == "":
        scheme = uri.partition(":")[0]
        assert scheme.lower() in SAFE or "." in scheme
        assert not set(uri) & set(' #*\\<>"')
        assert uri.isascii()
        assert uri.isprintable()


def test_the_demonstrations_system_is_none_in_production(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the doctor tells of what production refuses."""
    row = register_party(facts("shown", redirect_uris=("http://bills.example/back",)), by=BY, is_demo=True)[0]
    assert list(look()) == []
    chosen = replace(settings(), environment="production")
    for place in ("parties", "callers"):
        monkeypatch.setattr(f"beichen.kernel.access.openid.{place}.settings", lambda: chosen)
    assert [problem.code for problem in look()] == ["ACC-511"]
    answer = Browser().ask(System(row, ""), redirect_uri="http://bills.example/back")
    assert (answer.status_code, "ACC-513" in answer.content.decode()) == (400, True)
