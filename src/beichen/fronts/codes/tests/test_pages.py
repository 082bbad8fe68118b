"""The pages: the residents' card, the code that changes, the scanner, gates, grants, withdrawn stickers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.codes import service, showing
from beichen.fronts.codes.models import Entitlement, Gate, Grant, Scan, Sticker
from beichen.fronts.codes.owning import HOLDING, card
from beichen.fronts.codes.problems import BAD_GRANT, NO_CARD, NO_ENTITLEMENT, NO_PERSON
from beichen.fronts.codes.tests import town
from beichen.fronts.codes.tests.town import LIBRARY
from beichen.fronts.codes.views.scan import page_of
from beichen.fronts.codes.wording import hours
from beichen.kernel.access.models import Representation
from beichen.kernel.access.service import create_account, subjects_of
from beichen.kernel.access.subjects import CHOSEN
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.service import actor_of
from beichen.problem import ProblemError
from beichen.registry.models import ObjectType
from beichen_proof import code as proof

pytestmark = pytest.mark.django_db
FRESH = f"/my/codes/library-loan/{LIBRARY}/fresh"


def test_the_card_shows_what_one_holds_and_why_not() -> None:
    row = town.person()
    client = town.signed_in(row)
    service.grant(town.entitlement("bus-rides"), row, by=town.BY)
    page = client.get("/my/codes").content.decode()
    assert "借阅" in page
    assert "次数：剩 2" in page
    service.change_grant(Grant.objects.get().pk, "suspend", "年度核查", by=town.BY)
    page = client.get("/my/codes").content.decode()
    assert "年度核查" in page
    assert "/my/codes/bus-rides/" not in page


def test_without_a_session_it_leads_to_the_door() -> None:
    for path in ("/my/codes", "/my/codes/scans", FRESH):
        assert Client().get(path).url == f"/account/login/?next={path}"  # type: ignore[attr-defined]
    assert Client().post("/my/codes/withdraw").status_code == 302


def test_the_code_is_shown_and_the_next_ones_come(monkeypatch: pytest.MonkeyPatch) -> None:
    row = town.person()
    client = town.signed_in(row)
    page = client.get(f"/my/codes/library-loan/{LIBRARY}")
    assert page.content.decode().count("<svg") >= 1
    assert "市图书馆" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    found = client.get(FRESH).json()
    assert len(found["codes"]) == showing.AHEAD
    assert all(one["svg"].startswith("<svg") for one in found["codes"])
    assert client.get("/my/codes/library-loan/nobody/fresh").status_code == 404
    assert client.get(f"/my/codes/nothing/{LIBRARY}/fresh").status_code == 404
    assert client.get(f"/my/codes/bus-rides/{LIBRARY}/fresh").status_code == 409
    monkeypatch.setattr("beichen.fronts.codes.views.mine.FRESH_RATE", "2/hour")
    assert [client.get(FRESH).status_code for _more in range(3)] == [200, 200, 429]


def test_the_list_of_scans_is_ones_own_with_filters_and_exports() -> None:
    row, other = town.person(), town.person("wang")
    gate = town.gate()[0]
    for one in (row, other):
        (made,) = service.make_codes(one, town.entitlement("library-loan"), town.reader(LIBRARY), count=1)
        assert service.read_codes([service.Brought(made.text)], service.point_of(gate), by=town.BY)[
            0
        ].accepted
    client = town.signed_in(row)
    page = client.get("/my/codes/scans").content.decode()
    assert page.count("door-1 处") == 1
    assert "30 天" in page
    assert (
        "door-1 处"
        in client.get("/my/codes/scans?q=door&answer=granted&sort=-at&format=csv").getvalue().decode()
    )
    assert "door-1" not in client.get("/my/codes/scans?q=nowhere").content.decode()


def test_withdrawing_is_said() -> None:
    row = town.person()
    client = town.signed_in(row)
    assert "不再有效" in client.post("/my/codes/withdraw", follow=True).content.decode()


def test_what_beichen_refuses_nobody_is_followed() -> None:
    """No page or program lists scans but the person's own; a scan has no coordinate; the API tells no
    person."""
    fields = {field.name for field in Scan._meta.get_fields()}
    assert not fields & {"longitude", "latitude", "location", "cell", "region", "device", "address"}
    routes = [
        str(inner.pattern)
        for one in get_resolver().url_patterns
        for inner in getattr(one, "url_patterns", ())
        if getattr(one, "app_name", "") == "codes"
    ]
    assert [route for route in routes if "scans" in route] == ["my/codes/scans"]
    administrator = town.officer("administrator")[0]
    row, gate = town.person("zhao"), town.gate()[0]
    (made,) = service.make_codes(row, town.entitlement("library-loan"), town.reader(LIBRARY), count=1)
    service.read_codes([service.Brought(made.text)], service.point_of(gate), by=town.BY)
    for path in ("/codes/grants", "/codes/gates", "/codes/stickers", "/my/codes/scans", "/codes/print"):
        assert row.code not in administrator.get(path).content.decode()


def test_a_scanned_text_leads_to_its_page() -> None:
    assert page_of("https://elsewhere.example/c/abc?s=AAAABBBBCCCCDDDD&x=1") == "/c/abc?s=AAAABBBBCCCCDDDD"
    assert page_of("https://elsewhere.example/old/MH-1") == "/c/MH-1"
    assert page_of("mh-1") == "/c/mh-1"
    assert page_of("https://evil.example//") == "/c/-"
    assert page_of("//evil.example/x") == "/c/evil.example/x"
    answer = Client().post("/codes/scan", {"text": "0000002s7"})
    assert answer["Location"] == "/c/0000002s7"
    assert Client().get("/codes/scan").status_code == 200
    assert Client().post("/codes/scan", {"text": ""}).status_code == 422


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("BEGIN:VCARD\nFN:王", "/c/BEGIN:VCARD"),
        ("default\nenv;", "/c/default"),
        ("/\nx", "/c/-"),
        ("http://[", "/c/http://%5B"),
        ("https://house.example/c/%0Aabc%0Ad?s=AAAABBBB", "/c/abc?s=AAAABBBB"),
    ],
)
def test_a_scanned_text_that_is_no_code_leads_to_where_that_is_said(text: str, place: str) -> None:
    answer = Client().post("/codes/scan", {"text": text})
    assert (answer.status_code, answer["Location"]) == (302, place)
    assert Client().get(place).status_code == 404


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_whatever_is_scanned_leads_to_a_page_of_this_house(text: str) -> None:
    for scanned in (text, f"https://{text}", f"https://house.example/c/{text}"):
        assert page_of(scanned).startswith("/c/")


def test_a_clerk_reads_a_persons_code_for_the_own_body_alone() -> None:
    row = town.person()
    clerk = town.officer("officer", "gardens")[0]
    (made,) = service.make_codes(row, town.entitlement("library-loan"), town.reader(LIBRARY), count=1)
    stranger = town.officer("officer", "roads")[0]
    told = {"text": made.text, "point": f"{LIBRARY}/library-loan"}
    assert stranger.post("/codes/scan", told).status_code == 422
    assert Client().post("/codes/scan", told).status_code == 422
    page = clerk.post("/codes/scan", told).content.decode()
    assert "通过" in page
    assert "本次核验已为其本人记录" in page
    assert row.code not in page
    assert "此码已经出示过" in clerk.post("/codes/scan", told).content.decode()
    assert (
        "本次核验已为其本人记录"
        not in clerk.post("/codes/scan", {**told, "text": proof.PREFIX + "X"}).content.decode()
    )
    assert "不是居民码" in clerk.post("/codes/scan", {**told, "text": proof.PREFIX + "X"}).content.decode()


def test_gates_are_entered_and_closed() -> None:
    client = town.officer("administrator")[0]
    told = {
        "key": "door-9",
        "name": "东门",
        "place": "一楼",
        "reader": LIBRARY,
        "entitlements": ["library-loan"],
    }
    page = client.post("/codes/gates", told)
    secret = page.context["secret"]
    assert secret
    assert secret in page.content.decode()
    assert secret not in client.get("/codes/gates").content.decode()
    key = {"Authorization": f"Bearer {secret}"}
    assert Client(headers=key).get("/api/codes/gate").json()["key"] == "door-9"
    again = client.post("/codes/gates", told)
    assert (again.status_code, again.context["asked"].key, again.context["secret"]) == (422, "door-9", "")
    assert 'name="rotate" value="yes"' in again.content.decode()
    assert Client(headers=key).get("/api/codes/gate").status_code == 200
    renewed = client.post("/codes/gates", {**told, "rotate": "yes"}).context["secret"]
    assert Client(headers=key).get("/api/codes/gate").status_code == 401
    assert (
        AuditRecord.objects.filter(action="codes.gate.edit", detail__contains='"rotated":true').count() == 1
    )
    key = {"Authorization": f"Bearer {renewed}"}
    wrong = client.post("/codes/gates", {**told, "key": "Door 9", "entitlements": ["off-peak"]})
    assert wrong.status_code == 422
    assert client.post("/codes/gates/door-9/close").status_code == 302
    assert not Gate.objects.get().is_open
    assert Client(headers=key).get("/api/codes/gate").status_code == 401
    assert client.post("/codes/gates", told).context["secret"]  # a closed one has no key that could stop
    assert town.officer("officer")[0].get("/codes/gates").status_code == 403


def test_grants_are_given_and_taken() -> None:
    client, row = town.officer("certifier")[0], town.person()
    told = {"person": row.code, "entitlement": "bus-rides"}
    assert client.post("/codes/grants", told).status_code == 302
    held = Grant.objects.get()
    state = {"number": held.pk, "step": "suspend", "reason": "核查"}
    assert client.post("/codes/grants/0/state", state).status_code == 302
    assert client.post("/codes/grants/0/state", state).status_code == 422
    assert client.post("/codes/grants", {**told, "person": "NOBODY"}).status_code == 422
    assert "核查" in client.get("/codes/grants?format=csv").getvalue().decode()
    assert town.officer("officer")[0].get("/codes/grants").status_code == 403
    for act, code in (
        (lambda: service.grant(town.entitlement("library-loan"), row, by=town.BY), BAD_GRANT),
        (lambda: service.find_entitlement("nothing"), NO_ENTITLEMENT),
        (lambda: service.change_grant(10**9, "suspend", "x", by=town.BY), NO_ENTITLEMENT),
    ):
        with pytest.raises(ProblemError) as error:
            act()
        assert error.value.problems[0].code == code
    service.suspend_open(town.entitlement("library-loan"), row, "逾期未还", by=town.BY)
    assert service.held_by(row, town.entitlement("library-loan"), town.NOW).standing == "suspended"
    assert client.post("/codes/grants", {**told, "person": "x"}).context["form"].errors
    assert NO_PERSON == "COD-303"


def test_a_print_says_what_was_chosen_in_the_readers_language() -> None:
    town.thing()
    ObjectType.objects.filter(key="Lamp").update(name="路灯", name_en="Street lamp", is_declared=True)
    client = town.officer("steward")[0]
    made = client.post("/codes/print", {"type": "Lamp", "layout": "a4-3x8"})
    assert made.status_code == 302
    for path in ("/codes/print", made["Location"]):
        assert "路灯" in client.get(path).content.decode()
        assert "Street lamp" in client.get(path, headers={"Accept-Language": "en"}).content.decode()


def test_stickers_are_withdrawn_on_their_page() -> None:
    row, client = town.thing(), town.officer("steward")[0]
    told = {"code": row.code, "step": "reissue", "reason": "被覆盖"}
    assert client.post("/codes/stickers", told).status_code == 302
    assert Sticker.objects.get().edition == 2
    assert "被覆盖" in client.get("/codes/stickers?state=False&q=覆盖").content.decode()
    assert client.post("/codes/stickers", {**told, "code": "NOTHING"}).status_code == 422
    officer = town.officer("officer")[0]
    assert officer.get("/codes/stickers").context["form"] is None
    assert officer.post("/codes/stickers", told).status_code == 403


def test_a_person_of_no_account_has_no_card() -> None:
    assert [one.entitlement.key for one in service.card_of(town.person(), town.NOW)] == [
        "library-loan",
        "off-peak",
    ]
    assert actor_of(town.person("wang")).key.startswith("person:")


def test_the_door_shows_the_card_and_what_is_kept() -> None:
    row, gate = town.person(), town.gate()[0]
    (made,) = service.make_codes(row, town.entitlement("library-loan"), town.reader(LIBRARY), count=1)
    service.read_codes([service.Brought(made.text)], service.point_of(gate), by=town.BY)
    subject = subjects_of(actor_of(row))[0]
    shown = card(RequestFactory().get("/my"), subject)
    assert shown is not None
    assert "借阅" in shown.lines
    assert card(RequestFactory().get("/my"), replace(subject, kind="firm")) is None
    assert HOLDING.count(row.code) == 1
    assert HOLDING.export(row.code)["scans"][0]["reader"] == LIBRARY
    assert HOLDING.erase is not None
    assert HOLDING.erase(row.code, actor_of(row)) == 0  # what refuses a replay stays for an hour
    Scan.objects.update(at=town.NOW)
    assert HOLDING.erase(row.code, actor_of(row)) == 1


def test_whoever_acts_for_a_child_shows_the_childs_card() -> None:
    parent, child = town.person("parent"), town.person("child")
    today = timezone.now()
    Representation.objects.create(
        representative=parent,
        subject_code=child.code,
        subject_name="小李",
        subject_kind="person",
        since=today,
    )
    client = town.signed_in(parent)
    session = client.session
    session[CHOSEN] = child.code
    session.save()
    assert "小李" in client.get("/my/codes").content.decode()
    text = client.get(FRESH).json()["codes"][0]["text"]
    answer = service.read_codes([service.Brought(text)], service.point_of(town.gate()[0]), by=town.BY)[0]
    assert answer.accepted
    assert Scan.objects.get().person == child
    assert NO_CARD == "COD-304"


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        ([1, 2, 3, 4, 5], "周一–周五 09:00–16:30", "Mon–Fri 09:00–16:30"),
        ([6, 7], "周六、周日 09:00–16:30", "Sat, Sun 09:00–16:30"),
        ([1, 2, 3, 5], "周一–周三、周五 09:00–16:30", "Mon–Wed, Fri 09:00–16:30"),
        ([1, 2, 3, 4, 5, 6, 7], "09:00–16:30", "09:00–16:30"),
    ],
)
def test_hours_say_days_that_follow_each_other_in_a_word(days: list[int], chinese: str, english: str) -> None:
    row = Entitlement(times=[{"days": days, "from": "09:00", "until": "16:30"}])
    for language, words in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            assert hours(row) == words


def test_who_is_signed_in_is_not_sent_to_sign_in() -> None:
    browser = Client()
    sentence = "Who reads codes of people for a body signs in."
    assert sentence in browser.get("/codes/scan", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    browser.force_login(create_account("who-scans", "x" * 20, None, by=town.BY))
    assert sentence not in browser.get("/codes/scan", HTTP_ACCEPT_LANGUAGE="en").content.decode()
