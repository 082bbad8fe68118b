"""`/my`: what is one's own, and nothing of anybody else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone, translation

from beichen.fronts.citizen.codes import load_messages
from beichen.fronts.citizen.my.acts import acts_of
from beichen.fronts.citizen.tests.people import BY, actor, citizen, city, own_body, signed_in
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case, Report, Reporter
from beichen.kernel.access.models import Account, Representation
from beichen.kernel.access.openid.callers import party_actor
from beichen.kernel.access.openid.parties import PartyFacts, register_party
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import (
    Subject,
    grant_representation,
    record_representation,
    revoke_representation,
)
from beichen.kernel.audit import service as audit
from beichen.kernel.audit.models import AuditRecord
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Delivery
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger.models import Certificate

pytestmark = pytest.mark.django_db
FIRM = Subject("91220101MA0000001X", "示例科技有限公司", "firm")
PAGES = ("/my", "/my/cases", "/my/certificates", "/my/messages", "/my/data", "/my/representation")


@pytest.fixture(autouse=True)
def built() -> Iterator[None]:
    """The city, and nobody counted yet."""
    city.build()
    forget_rates()
    yield
    forget_rates()


@pytest.fixture
def pair() -> tuple[Account, Account]:
    """Two people."""
    return citizen(), citizen("b", "白露")


def person_of(account: Account) -> Any:
    """The person of an account."""
    assert account.person is not None
    return account.person


def reported(account: Account, text: str = "路灯不亮", **more: str) -> Report:
    """A report that somebody keeps among their things."""
    form = {"text": text, "region": city.EAST, "key": text, "mine": "on", **more}
    assert signed_in(account).post("/report?kind=works.road-damaged", form).status_code == 302
    return Report.objects.latest("id")


def told(account: Account, words: str) -> Delivery:
    """A message in somebody's inbox."""
    load_messages(by=BY)
    notice = comms.Notice("account-code", {"code": words})
    comms.send(notice, [comms.ToPerson(person_of(account))], by=BY)
    return Delivery.objects.filter(person=account.person, channel="inbox").latest("id")


def test_it_is_for_who_is_signed_in(client: Client) -> None:
    """Everybody else is led to the door; nothing of it is kept by a cache."""
    for page in PAGES:
        assert client.get(page)["Location"].startswith("/account/login/")
    browser = signed_in(citizen())
    for page in PAGES:
        answer = browser.get(page)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    programs = Account.objects.create_user("nobody", password="x")
    assert signed_in(programs).get("/my").status_code == 404


def test_cards_count_what_is_ones_own(pair: tuple[Account, Account]) -> None:
    """Not what is another's; and nothing of a person while one acts for a firm."""
    an, bai = pair
    reported(an)
    told(an, "112233")
    page = signed_in(an).get("/my")
    counts = {key: card.count for key, card in page.context["cards"]}
    assert (counts["card-cases"], counts["card-messages"]) == (1, 1)
    counts = {key: card.count for key, card in signed_in(bai).get("/my").context["cards"]}
    assert (counts["card-cases"], counts["card-messages"]) == (0, 0)
    record_representation(person_of(bai), FIRM, "legal", by=BY, evidence="x")
    browser = signed_in(bai)
    browser.post("/account/acting-for", {"subject": FIRM.code})
    assert {"card-cases", "card-messages"}.isdisjoint(dict(browser.get("/my").context["cards"]))


def test_reports_of_others_do_not_open(pair: tuple[Account, Account]) -> None:
    """By no address of them; one's own open without the code, in another session too."""
    an, bai = pair
    row = reported(an)
    mine, others = signed_in(an), signed_in(bai)
    assert mine.get(f"/follow/{row.code}").status_code == 200
    assert row.code in mine.get("/my/cases").content.decode()
    assert row.code not in others.get("/my/cases").content.decode()
    for step in ("", "/rating", "/appeal", "/export", "/erasure", "/browser"):
        address = f"/follow/{row.code}{step}"
        answer = others.post(address, {}) if step else others.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/follow")
    assert row.code.encode() not in others.get("/my/cases?format=csv").getvalue()
    assert mine.post(f"/follow/{row.code}/export").json()["text"] == "路灯不亮"


def test_a_report_is_kept_only_when_its_sender_says_so() -> None:
    """An account alone adds nobody."""
    account = citizen()
    form = {"text": "x", "region": city.EAST, "key": "k"}
    signed_in(account).post("/report?kind=works.road-damaged", form)
    assert not Reporter.objects.exists()
    Client().post("/report?kind=works.road-damaged", {**form, "key": "l", "mine": "on"})
    assert not Reporter.objects.exclude(person=None).exists()


def test_messages_of_others_do_not_open(pair: tuple[Account, Account]) -> None:
    """Neither in the list nor by their number."""
    an, bai = pair
    row = told(an, "112233")
    assert "验证码" in signed_in(an).get("/my/messages").content.decode()
    others = signed_in(bai)
    assert f"/messages/{row.pk}" not in others.get("/my/messages").content.decode()
    assert others.get(f"/messages/{row.pk}").status_code == 404


def test_who_looked_and_why_is_shown_by_body(pair: tuple[Account, Account]) -> None:
    """Others by body and post, never by name; the list filters and exports."""
    an, bai = pair
    code = person_of(an).code
    look = {"fields": ["phone"], "purpose": "回访"}
    audit.record(actor(bai), events.IDENTIFY, "hubs_events.reporter:1", detail=look, subject=code)
    page = signed_in(an).get("/my/data").content.decode()
    assert "回访" in page
    assert "白露" not in page
    assert "回访" not in signed_in(an).get("/my/data?side=own").content.decode()
    assert "回访" in signed_in(an).get("/my/data?format=csv").getvalue().decode()
    assert "回访" not in signed_in(bai).get("/my/data?format=csv").getvalue().decode()
    assert acts_of("") == []


def test_what_was_done_is_told_in_words(pair: tuple[Account, Account]) -> None:
    """An act and a purpose that programs write stand as words, never as the record's keys."""
    an, bai = pair
    taken = {"field": "name", "purpose": "services.apply household"}
    for action in ("access.signon.begin", "services.appointment.booked", "services.prefill"):
        audit.record(actor(bai), action, "x:1", detail=taken, subject=person_of(an).code)
    for language, words in [
        ("zh-Hans", ["登录接入系统", "预约办事", "带入政府已掌握的信息", "事项申请"]),
        ("en", ["Signed in to a connected system", "Booked an appointment", "Application for a service"]),
    ]:
        page = signed_in(an).get("/my/data", headers={"Accept-Language": language}).content.decode()
        assert [one for one in words if one not in page] == []
        assert "services." not in page.partition("<table")[2].partition("</table>")[0]


def test_a_look_at_a_certificate_and_a_connected_system_are_told_in_words(
    pair: tuple[Account, Account],
) -> None:
    """An address is no purpose, and what was told to a system was told to that system."""
    an, bai = pair
    facts = PartyFacts(
        "bills", "水费查询", "查询账单", own_body().key, ("https://x.example/b",), name_en="Bills"
    )
    party, _secret = register_party(facts, by=BY)
    code = person_of(an).code
    audit.record(
        actor(bai), "ledger.certificate.read", "x:1", detail={"purpose": "certificate"}, subject=code
    )
    audit.record(actor(bai), "x.y", "x:1", detail={"purpose": "/certificates/ABC"}, subject=code)
    audit.record(party_actor(party), "access.claims.disclose", "x:1", detail={}, subject=code)
    with translation.override("zh-hans"):
        told, newest, oldest = acts_of(code)[:3]
        assert (told.who, newest.why, oldest.why) == ("水费查询", "核对或变更证照", "核对或变更证照")
    with translation.override("en"):
        assert acts_of(code)[0].who == "Bills"


def test_a_copy_holds_everything_of_oneself_alone(pair: tuple[Account, Account]) -> None:
    """A JSON file a room; taking it is recorded."""
    an, bai = pair
    reported(an, "路灯不亮")
    reported(bai, "秘密")
    told(bai, "998877")
    answer = signed_in(an).post("/my/data/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: orjson.loads(archive.read(name)) for name in archive.namelist()}
    assert files["account.json"]["name"] == "安然"
    assert [one["text"] for one in files["reports.json"]] == ["路灯不亮"]
    assert "秘密" not in str(files)
    assert "998877" not in str(files)
    assert {"acts.json", "messages.json", "certificates.json", "representation.json"} <= set(files)
    code = person_of(an).code
    assert AuditRecord.objects.filter(action="access.data.export", subject=code).count() == 1
    assert signed_in(an).get("/my/data/export").status_code == 405


def test_erasing_asks_first_and_says_what_stays(pair: tuple[Account, Account]) -> None:
    """Only what was chosen, only one's own; words of open cases stay."""
    an, bai = pair
    first, other = reported(an), reported(bai, "另一件")
    browser = signed_in(an)
    refused = browser.post("/my/data/erase", {"room": ["reports"]})
    assert refused.status_code == 422
    assert "CIT-103" in refused.content.decode()
    assert Reporter.objects.filter(person=an.person).exists()
    assert browser.post("/my/data/erase", {"room": ["account", "x"], "sure": "yes"}).status_code == 302
    assert Reporter.objects.filter(person=an.person).exists()
    assert browser.post("/my/data/erase", {"room": ["reports"], "sure": "yes"}).status_code == 302
    assert not Reporter.objects.filter(person=an.person).exists()
    assert Reporter.objects.filter(person=bai.person).exists()
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.text, other.text) == ("路灯不亮", "另一件")
    closed = reported(an, "第二件")
    Case.objects.filter(pk=closed.case_id).update(is_open=False, stage="closed", closed_at=timezone.now())
    browser.post("/my/data/erase", {"room": ["reports"], "sure": "yes"})
    closed.refresh_from_db()
    assert "删除" in closed.text


def test_a_head_lets_staff_act_and_ends_it(pair: tuple[Account, Account]) -> None:
    """By the code that the other tells; a code of nobody is said alike."""
    an, bai = pair
    record_representation(person_of(an), FIRM, "legal", by=BY, evidence="营业执照")
    head, staff = signed_in(an), signed_in(bai)
    code = person_of(bai).code
    form = {"subject": FIRM.code, "code": code.lower(), "kind": "staff", "until": "2099-01-01"}
    unknown = head.post("/my/representation", {**form, "code": "A" * 16})
    assert unknown.status_code == 422
    assert "没有此编码的人员" in unknown.content.decode()  # CIT-104
    assert head.post("/my/representation", {**form, "until": "2001-01-01"}).status_code == 422
    assert head.post("/my/representation", {**form, "kind": "legal"}).status_code == 422
    assert head.post("/my/representation", form).status_code == 302
    row = Representation.objects.get(kind="staff")
    assert "示例科技有限公司" in staff.get("/my/representation").content.decode()
    assert "白露" in head.get("/my/representation?direction=for-me").content.decode()
    assert staff.post("/account/acting-for", {"subject": FIRM.code}).status_code == 302
    assert head.get(f"/my/representation/{row.pk}/end").status_code == 200
    assert head.post(f"/my/representation/{row.pk}/end").status_code == 302
    assert "原代理关系已终止，现为本人办理" in staff.get("/").content.decode().split("<main")[0]
    assert staff.post("/account/acting-for", {"subject": FIRM.code}).status_code == 403
    assert bai.person is not None
    assert staff.post("/account/acting-for", {"subject": bai.person.code}).status_code == 302
    assert "办理" not in staff.get("/").content.decode().split("<main")[0]


def test_the_last_head_of_a_firm_cannot_leave_it_headless(pair: tuple[Account, Account]) -> None:
    """The page says what ends and who goes on; ACC-314 until another heads it; a clerk may end it all."""
    an, bai = pair
    row = record_representation(person_of(an), FIRM, "legal", by=BY, evidence="营业执照")
    grant_representation(person_of(bai), FIRM.code, "staff", by=actor(an))
    browser, path = signed_in(an), f"/my/representation/{row.pk}/end"
    page = browser.get(path).content.decode()
    assert ("没有其他法定代表人" in page, "立即终止" in page) == (True, False)
    assert "1 名" in page
    refused = browser.post(path)
    assert (refused.status_code, "ACC-314" in refused.content.decode()) == (409, True)
    row.refresh_from_db()
    assert row.revoked_at is None
    other = record_representation(person_of(bai), FIRM, "legal", by=BY, evidence="营业执照")
    page = browser.get(path).content.decode()
    assert ("没有其他法定代表人" in page, "立即终止" in page) == (False, True)
    assert browser.post(path).status_code == 302
    assert Representation.objects.get(pk=row.pk).revoked_at is not None
    assert Representation.objects.get(kind="staff").revoked_at is None
    revoke_representation(other.pk, by=BY)  # a window, where the firm is no more
    assert not Representation.objects.filter(kind="legal", revoked_at=None).exists()


def test_representation_of_others_is_neither_seen_nor_ended(pair: tuple[Account, Account]) -> None:
    """Nor granted for them."""
    an, bai = pair
    stranger = signed_in(citizen("c", "陈"))
    row = grant_representation(person_of(bai), person_of(an).code, "agent", by=actor(an))
    assert stranger.post(f"/my/representation/{row.pk}/end").status_code == 403
    assert stranger.get(f"/my/representation/{row.pk}/end")["Location"] == "/my/representation"
    assert "白露" not in stranger.get("/my/representation?format=csv").getvalue().decode()
    form = {"subject": person_of(an).code, "code": person_of(bai).code, "kind": "agent"}
    assert stranger.post("/my/representation", form).status_code == 422
    row.refresh_from_db()
    assert row.revoked_at is None


def test_pages_cost_the_same_however_much_there_is(django_assert_max_num_queries: Any) -> None:
    """No query for each row."""
    account = citizen()
    for number in range(6):
        reported(account, f"第{number}件")
        told(account, f"{number:06}")
    browser = signed_in(account)
    browser.get("/my")
    for page in PAGES:
        with django_assert_max_num_queries(40):
            browser.get(page)


def certificate_of(account: Account | None, firm: str = "", matter: str = "") -> Certificate:
    """A certificate of a person or of a firm."""
    declared = {
        "trade-licence": {
            "name": "营业许可",
            "name_en": "Trade licence",
            "issuer": own_body().key,
            "days": 0,
            "look": "red",
            "fields": [
                {"key": "shop", "zh": "字号", "en": "Shop", "type": "text"}
                | {"required": True, "optional": False, "choices": []}
            ],
        }
    }
    ledger.load_certificate_kinds(declared, owner="scene:test", by=BY)
    kind = ledger.find_kind("trade-licence", by=BY)
    holder = person_of(account) if account is not None else None
    return ledger.issue(kind, {"shop": "星河书店"}, by=BY, holder=holder, firm=firm, matter=matter)


def test_whoever_acts_for_a_firm_sees_its_certificates_and_not_their_own() -> None:
    account, firm = citizen(), FIRM
    own, trade = certificate_of(account), certificate_of(None, firm.code, "trade")
    tax = certificate_of(None, firm.code, "tax")
    browser = signed_in(account)
    page = browser.get("/my/certificates").content.decode()
    assert [one.code in page for one in (own, trade, tax)] == [True, False, False]
    record_representation(person_of(account), firm, "staff", by=BY, evidence="委托书", affairs=["trade"])
    assert browser.post("/account/acting-for", {"subject": firm.code}).status_code == 302
    page = browser.get("/my/certificates").content.decode()
    assert [one.code in page for one in (own, trade, tax)] == [False, True, False]
    assert f"{firm.name}的电子证照" in page
    assert "营业许可" in browser.get("/my").content.decode()
    assert browser.get(f"/certificates/{trade.code}/pdf").content.startswith(b"%PDF-")
    assert browser.get(f"/certificates/{tax.code}").status_code == 403


def test_what_the_door_does_with_somebody_s_data_is_said_in_words() -> None:
    """Not by the key of the record."""
    account = citizen()
    acts = ("services.upload.read", "services.bundle.withdraw", "ledger.certificate.represent")
    for action in acts:
        audit.record(BY, action, "test.thing", subject=person_of(account).code)
    told = [act.what for act in acts_of(person_of(account).code)]
    assert len(set(told[: len(acts)])) == len(acts)
    assert not set(told) & set(acts)
