"""How well it is known who somebody is: told as `verified_claims`, demanded, raised, refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from beichen.hubs.apps.tests.conftest import BY, Browser, System, address_in, said_at, system_of
from beichen.hubs.apps.tests.test_code import totp
from beichen.kernel.access.assuring import record_identity
from beichen.kernel.access.identity import IdentityCheck
from beichen.kernel.access.models import Account, SignOn
from beichen.kernel.access.openid.parties import change_party
from beichen.kernel.audit.models import AuditRecord
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
UNMET = "unmet_authentication_requirements"
SCOPES = ("openid", "profile", "identity", "phone")
PAPER = "居民身份证 尾号 0000"


def asked(place: str = "id_token", **verification: Any) -> str:
    """The claims parameter for the name that is verified, with restrictions on how."""
    about = {"trust_framework": None, **verification}
    return json.dumps({place: {"verified_claims": {"verification": about, "claims": {"name": None}}}})


def essential(*levels: str) -> str:
    """One of these levels, and nothing less."""
    return asked(assurance_level={"essential": True, "values": list(levels)})


@pytest.fixture
def bank(account: Account) -> System:
    """A system that may ask how well people are known."""
    return system_of("bank", scopes=SCOPES)


@pytest.fixture
def known(account: Account) -> Account:
    """A clerk saw their paper."""
    assert account.person is not None
    record_identity(account.person, "window", PAPER, by=BY, name="安")
    return account


def test_who_states_themselves_is_verified_by_nobody(browser: Browser, bank: System) -> None:
    tokens = browser.tokens(bank, scope="openid identity")
    assert "verified_claims" not in bank.read(tokens["id_token"])
    assert set(bank.userinfo(tokens["access_token"]).json()) == {"sub"}


def test_a_window_is_told_as_the_standard_has_it(browser: Browser, bank: System, known: Account) -> None:
    """The framework, the level, the time, the name of the paper; never which paper."""
    tokens = browser.tokens(bank, scope="openid identity")
    found = bank.read(tokens["id_token"])["verified_claims"]
    row = IdentityCheck.objects.get()
    assert found["claims"] == {"name": "安"}
    about = found["verification"]
    assert (about["trust_framework"], about["assurance_level"]) == ("urn:beichen:identity", "substantial")
    assert datetime.fromisoformat(about["time"]) == row.checked_at.replace(microsecond=0)
    assert bank.userinfo(tokens["access_token"]).json()["verified_claims"] == found
    assert "0000" not in str(found)


def test_the_sign_in_and_the_identity_are_two_things(browser: Browser, bank: System, known: Account) -> None:
    """A password alone, of somebody whom a window knows."""
    claims = bank.read(browser.tokens(bank, scope="openid identity")["id_token"])
    assert (claims["acr"], claims["amr"]) == ("urn:beichen:acr:1", ["pwd"])
    assert claims["verified_claims"]["verification"]["assurance_level"] == "substantial"


def test_each_time_it_is_told_the_person_sees_it(browser: Browser, bank: System, known: Account) -> None:
    browser.tokens(bank, scope="openid identity")
    row = AuditRecord.objects.get(action="access.claims.disclose")
    assert known.person is not None
    assert (row.subject, json.loads(row.detail)["claims"]) == (known.person.code, ["verified_claims"])


def test_without_the_scope_nothing_is_told(browser: Browser, portal: System, known: Account) -> None:
    """The system is not registered for it: neither by scope nor by name."""
    tokens = browser.tokens(portal, scope="openid identity", claims=asked())
    assert (tokens["scope"], "verified_claims" in portal.read(tokens["id_token"])) == ("openid", False)


def test_a_claim_is_told_where_it_was_asked_for(browser: Browser, bank: System, known: Account) -> None:
    """And only what was asked of it (data are told sparingly)."""
    tokens = browser.tokens(bank, scope="openid", claims=asked("userinfo", assurance_level=None))
    assert "verified_claims" not in bank.read(tokens["id_token"])
    assert bank.userinfo(tokens["access_token"]).json()["verified_claims"] == {
        "verification": {"trust_framework": "urn:beichen:identity", "assurance_level": "substantial"},
        "claims": {"name": "安"},
    }


def test_a_name_may_be_asked_into_the_id_token(browser: Browser, bank: System) -> None:
    """By the scope that tells it, with its consent: a telephone number is told only when it is ticked."""
    wanted = json.dumps({"id_token": {"name": {"essential": True}, "phone_number": None}})
    tokens = browser.tokens(bank, scope="openid", claims=wanted)
    claims = bank.read(tokens["id_token"])
    assert (claims["name"], "phone_number" in claims, tokens["scope"]) == ("安", False, "openid profile")


@pytest.mark.parametrize(
    ("restriction", "is_told"),
    [
        ({"trust_framework": {"value": "urn:beichen:identity"}}, True),
        ({"trust_framework": {"value": "eidas"}}, False),
        ({"assurance_level": {"values": ["substantial", "high"]}}, True),
        ({"assurance_level": {"value": "high"}}, False),
        ({"assurance_level": {"value": {"odd": 1}}}, False),
        ({"time": {"max_age": 86400}}, True),
        ({"time": {"max_age": 0}}, False),
    ],
)
def test_what_does_not_fit_is_left_out(
    browser: Browser, bank: System, known: Account, restriction: dict[str, Any], is_told: bool
) -> None:
    IdentityCheck.objects.update(checked_at=timezone.now() - timedelta(hours=1))
    tokens = browser.tokens(bank, scope="openid", claims=asked(**restriction))
    assert ("verified_claims" in bank.read(tokens["id_token"])) is is_told


def test_a_higher_level_includes_the_lower(browser: Browser, bank: System, account: Account) -> None:
    """Whoever the city's provider knows is `substantial` to who asks for that, and `high` to who does not."""
    assert account.person is not None
    record_identity(account.person, "upstream", "https://id.example", by=BY, name="安")
    for level, told in (({"value": "substantial"}, "substantial"), (None, "high")):
        tokens = browser.tokens(bank, scope="openid", claims=asked(assurance_level=level))
        found = bank.read(tokens["id_token"])["verified_claims"]["verification"]
        assert found["assurance_level"] == told


def test_an_identity_that_confirmed_no_name_verifies_none(
    browser: Browser, bank: System, account: Account
) -> None:
    """As identity providers were linked before: the level counts here, and nothing is said of a name."""
    assert account.person is not None
    record_identity(account.person, "upstream", "https://id.example", by=BY)
    assert "verified_claims" not in bank.read(browser.tokens(bank, scope="openid identity")["id_token"])


@pytest.mark.parametrize("level", ["substantial", "high"])
def test_an_essential_level_leads_to_who_can_raise_it(browser: Browser, bank: System, level: str) -> None:
    """A page for the person; for the system, when they go back to it, a refusal with the reason."""
    page = browser.ask(bank, scope="openid", claims=essential(level))
    shown = page.content.decode()
    assert (page.status_code, "窗口" in shown.partition("<main")[2]) == (403, level == "substantial")
    back = said_at(shown.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&"))
    assert (back["error"], back["state"]) == (UNMET, "xyz")
    assert "window" in back["error_description"]
    assert not SignOn.objects.exists()


def test_once_raised_the_same_request_goes_on(browser: Browser, bank: System, account: Account) -> None:
    assert browser.ask(bank, claims=essential("substantial")).status_code == 403
    assert account.person is not None
    record_identity(account.person, "window", PAPER, by=BY, name="安")
    tokens = browser.tokens(bank, claims=essential("substantial"))
    assert bank.read(tokens["id_token"])["verified_claims"]["claims"] == {"name": "安"}


def test_nobody_learns_silently_how_well_somebody_is_known(browser: Browser, bank: System) -> None:
    """Before the person allowed it the system hears of consent alone, whatever it demands."""
    silent = {"scope": "openid identity", "prompt": "none", "claims": essential("high")}
    assert said_at(address_in(browser.ask(bank, **silent)))["error"] == "consent_required"
    browser.tokens(bank, scope="openid identity")
    assert said_at(address_in(browser.ask(bank, **silent)))["error"] == UNMET


def test_a_system_may_be_registered_to_need_a_level(browser: Browser, account: Account) -> None:
    """Whatever it asks: the person sees what is missing, and with it is let in."""
    tax = system_of("tax", needs_identity="substantial")
    assert browser.ask(tax, scope="openid").status_code == 403
    assert account.person is not None
    record_identity(account.person, "window", PAPER, by=BY, name="安")
    assert "id_token" in browser.tokens(tax, scope="openid")


def test_a_device_needs_the_level_too(browser: Browser, account: Account) -> None:
    screen = system_of("screen", is_public=True, needs_identity="substantial")
    begun = screen.post("device_authorization", scope="openid").json()
    for answer in ({}, {"answer": "allow"}):
        page = browser.post("/o/device", {"user_code": begun["user_code"], **answer})
        assert page.status_code == 403
    assert not SignOn.objects.exists()


def test_a_level_that_does_not_exist_cannot_be_demanded(bank: System) -> None:
    """ACC-511, with the nearest that does."""
    from beichen.hubs.apps.tests.conftest import facts

    with pytest.raises(ProblemError, match="no level is called highest") as error:
        change_party("bank", facts("bank", needs_identity="highest"), by=BY)
    assert (error.value.problems[0].code, "high" in error.value.problems[0].hint) == ("ACC-511", True)


def acr(*values: str, is_essential: bool = True) -> str:
    """The claims parameter for a level of the sign-in."""
    return json.dumps({"id_token": {"acr": {"essential": is_essential, "values": list(values)}}})


def test_an_essential_acr_leads_to_the_second_step(browser: Browser, account: Account, bank: System) -> None:
    """Who has one shows it; who has none is told how to set it up, unlike with a mere wish."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    page = browser.ask(bank, claims=acr("urn:beichen:acr:2"))
    assert (page.status_code, "/account/2fa/totp/activate/" in page.content.decode()) == (403, True)
    assert browser.ask(bank, claims=acr("urn:beichen:acr:2", is_essential=False)).status_code == 200
    assert browser.ask(bank, claims=acr("urn:beichen:acr:1", "urn:beichen:acr:2")).status_code == 200
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    way = browser.ask(bank, claims=acr("urn:beichen:acr:2"))
    back = browser.post(way["Location"], {"code": totp(secret)})
    answer = browser.answer(browser.get(back["Location"]))
    tokens = bank.exchange(said_at(address_in(answer))["code"]).json()
    assert bank.read(tokens["id_token"])["acr"] == "urn:beichen:acr:2"


def test_an_essential_acr_that_nobody_reaches_is_refused(browser: Browser, bank: System) -> None:
    said = said_at(address_in(browser.ask(bank, claims=acr("urn:elsewhere:gold"))))
    assert (said["error"], said["state"]) == (UNMET, "xyz")


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", '{"userinfo": 7}', '{"id_token": {"name": {"value": "\\u0000"}}}', "[" * 900]
)
def test_claims_that_cannot_be_read_are_refused(browser: Browser, bank: System, text: str) -> None:
    said = said_at(address_in(browser.ask(bank, claims=text)))
    assert (said["error"], said["state"]) == ("invalid_request", "xyz")


@pytest.mark.parametrize("member", [None, 7, [], {}, "x", [7], [{}], {"verification": 7}, {"claims": []}])
def test_odd_forms_of_the_request_tell_at_most_what_it_may(
    browser: Browser, bank: System, known: Account, member: Any
) -> None:
    wanted = json.dumps({"id_token": {"verified_claims": member}})
    tokens = browser.tokens(bank, scope="openid", claims=wanted)
    assert ("verified_claims" in bank.read(tokens["id_token"])) is (member is None)


def test_discovery_says_so(bank: System) -> None:
    told = bank.client.get("/o/.well-known/openid-configuration").json()
    assert told["claims_parameter_supported"] is told["verified_claims_supported"] is True
    assert told["trust_frameworks_supported"] == ["urn:beichen:identity"]
    assert told["claims_in_verified_claims_supported"] == ["name"]
    assert "identity" in told["scopes_supported"]
    assert {"acr", "amr", "verified_claims"} <= set(told["claims_supported"])
