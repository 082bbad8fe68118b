"""Applying: drafts, what the city knows, sending once, own pages; nobody sees what is another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.services.applicant import sealed, service, signing
from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.forms.service import declare_forms, find_form
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.models import Affair, AffairEvent
from beichen.fronts.services.tests import applicants, town
from beichen.fronts.services.tests.applicants import ANSWERS, applied, citizen, draft, picture, signed
from beichen.fronts.services.tests.town import SETUP
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.files.models import StoredFile
from beichen.kernel.org.models import Person, Region
from beichen.platforms.ledger.models import Entry
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
STEP = "/services/apply/permit-item"


@pytest.fixture(autouse=True)
def city() -> None:
    applicants.build()
    forget_rates()


def codes(caught: Any) -> list[str]:
    """The codes of what was refused."""
    return [problem.code for problem in caught.value.problems]


def test_an_application_goes_through_the_pages() -> None:
    person, _by, browser = citizen()
    assert "王小明" in browser.get(STEP).content.decode()
    begun = browser.post(STEP, {"region": town.CITY})
    assert begun.status_code == 302
    address = begun["Location"]
    assert Draft.objects.get().subject == person.code
    page = browser.get(address).content.decode()
    assert "项目" in page or "Project" in page
    bad = browser.post(address, {"project": "文", "area_m2": "0", "action": "next"})
    assert bad.status_code == 422
    assert bad.content.decode().count("field-error") >= 2
    sent = browser.post(address, {**ANSWERS, "partners.count": "0", "action": "next"})
    assert sent["Location"].endswith("/materials")
    materials = sent["Location"]
    assert (
        browser.post(materials, {"upload:material.drawing": picture(), "action": "next"}).status_code == 302
    )
    check = materials.replace("materials", "check")
    assert "文化馆" in browser.get(check).content.decode()
    assert browser.post(check, {"name": "somebody else"}).status_code == 422
    receipt = browser.post(check, {"agreed": "true", "name": "王小明"})["Location"]
    sent_row = Submission.objects.get()
    page = browser.get(receipt).content.decode()
    assert sent_row.affair.code in page
    assert sent_row.secret in page
    assert browser.get(f"{receipt}.pdf").content.startswith(b"%PDF-")
    assert Draft.objects.count() == 0
    assert sent_row.affair.data == {"project": "文化馆", "area_m2": 200}


def test_what_the_check_asked_stands_once_where_the_form_asks_it_too() -> None:
    _person, by, browser = citizen()
    asked = {
        "area_m2": {"name": {"zh": "面积一", "en": "Area"}, "type": "number"},
        "has_land": {"name": {"zh": "已有土地", "en": "Land"}, "type": "boolean"},
    }
    declare_items({"permit-item": {**applicants.ITEM, "ask": asked}}, {}, {}, scene="permits", by=SETUP)
    found = draft(by)
    Draft.objects.update(asked={"area_m2": ["200"], "has_land": ["true"]})
    page = browser.get(f"{STEP}/{found.code}/check").content.decode()
    assert "已有土地" in page
    assert "面积一" not in page


def test_a_draft_that_is_sent_again_gives_the_same_receipt() -> None:
    _person, by, browser = citizen()
    found = draft(by)
    first, is_new = service.send(found.code, signed(by), by=by)
    again, is_newer = service.send(found.code, {}, by=by)
    assert (is_new, is_newer, again.pk) == (True, False, first.pk)
    assert Affair.objects.count() == Submission.objects.count() == 1
    back = browser.post(f"{STEP}/{found.code}/check", {"agreed": "true", "name": by.name})
    assert back["Location"] == f"/my/affairs/{first.affair.code}/receipt"
    assert browser.get(f"{STEP}/{found.code}/form")["Location"] == back["Location"]


def test_what_is_wrong_or_missing_keeps_everything_as_it_is() -> None:
    _person, by, _browser = citizen()
    wrong = draft(by, {"project": "文", "area_m2": "x"})
    with pytest.raises(ProblemError) as caught:
        service.send(wrong.code, signed(by), by=by)
    assert [problem.where.field for problem in caught.value.problems] == ["project", "area_m2"]
    paperless = draft(by, with_drawing=False)
    with pytest.raises(ProblemError) as caught:
        service.send(paperless.code, signed(by), by=by)
    assert codes(caught) == ["SRV-403"]
    with pytest.raises(ProblemError) as caught:
        service.send(draft(by).code, {"name": "x"}, by=by)
    assert codes(caught) == ["SRV-504", "SRV-504"]
    assert Affair.objects.count() == Submission.objects.count() == 0
    assert Draft.objects.count() == 3


def test_a_draft_is_judged_by_the_version_it_was_begun_with() -> None:
    _person, by, _browser = citizen()
    found = draft(by)
    stricter = {**applicants.FORM, "required": ["project", "area_m2", "contact"]}
    declare_forms({"permit-form": stricter}, scene="permits", by=SETUP)
    sent, _is_new = service.send(found.code, signed(by), by=by)
    assert sent.form is not None
    assert sent.form.number == 1
    with pytest.raises(ProblemError) as caught:
        service.send(draft(by).code, signed(by), by=by)
    assert [problem.where.field for problem in caught.value.problems] == ["contact"]


def test_rules_hold_on_the_server_whatever_a_browser_sends() -> None:
    _person, by, _browser = citizen()
    with pytest.raises(ProblemError) as caught:
        service.send(draft(by, {**ANSWERS, "area_m2": "5000"}).code, signed(by), by=by)
    assert [problem.where.field for problem in caught.value.problems] == ["large"]
    sent, _is_new = service.send(draft(by, {**ANSWERS, "large": "x"}).code, signed(by), by=by)
    assert "large" not in sent.answers


def test_rows_are_added_and_taken_away_without_a_script() -> None:
    _person, by, browser = citizen()
    found = draft(by)
    address = f"{STEP}/{found.code}/form"
    browser.post(address, {**ANSWERS, "partners.count": "0", "action": "add:partners"})
    page = browser.get(address).content.decode()
    assert 'name="partners.0.name"' in page
    names = {"partners.0.name": "甲", "partners.1.name": "乙", "partners.2.name": "丙", "partners.count": "3"}
    browser.post(address, {**ANSWERS, **names, "action": "remove:partners.1"})
    found.refresh_from_db()
    assert found.given["partners.count"] == ["2"]
    assert [found.given[f"partners.{number}.name"] for number in (0, 1)] == [["甲"], ["丙"]]
    for odd in ("remove:partners.9", "remove:project.0", "add:nowhere", "add:", "drop:nothing", "explode"):
        assert browser.post(address, {**ANSWERS, "action": odd}).status_code == 302


def test_a_list_that_must_have_rows_begins_with_them_and_says_how_many() -> None:
    partners = {**applicants.FORM["properties"]["partners"], "minItems": 2, "maxItems": 3}
    form = {**applicants.FORM, "properties": {**applicants.FORM["properties"], "partners": partners}}
    declare_forms({"permit-form": form}, scene="permits", by=SETUP)
    _person, by, browser = citizen()
    found = service.begin(
        "permit-item", access.subjects_of(by)[0], Region.objects.get(code=town.CITY), {}, by=by
    )
    address = f"{STEP}/{found.code}/form"
    page = browser.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert [f'name="partners.{number}.name"' in page for number in range(3)] == [True, True, False]
    assert 'name="partners.count" value="2"' in page
    assert "At least 2, at most 3." in page
    assert "remove:partners" not in page, "what must be there is not taken away"
    browser.post(address, {**ANSWERS, "action": "add:partners"})
    page = browser.get(address).content.decode()
    assert 'name="partners.2.name"' in page
    assert "remove:partners.2" in page
    assert "add:partners" not in page
    sent = {**ANSWERS, "partners.count": "2", "partners.0.name": "甲", "action": "next"}
    bad = browser.post(address, sent)
    assert (bad.status_code, 'id="part-partners-1-name"' in bad.content.decode()) == (422, True)
    assert browser.post(address, {**sent, "partners.1.name": "乙"}).status_code == 302


def test_two_windows_do_not_overwrite_each_other() -> None:
    _person, by, browser = citizen()
    found = draft(by)
    address = f"{STEP}/{found.code}/form"
    fetched = {"X-Requested-With": "fetch"}
    seen = str(found.version)
    kept = browser.post(address, {**ANSWERS, "version": seen}, headers=fetched)
    assert kept.json() == {"version": found.version + 1}
    late = browser.post(address, {**ANSWERS, "project": "别的", "version": seen}, headers=fetched)
    assert (late.status_code, late.json()["code"]) == (409, "SRV-502")
    assert late.json()["said"].isascii() is False, "the page says it in the reader's language"
    found.refresh_from_db()
    assert found.given["project"] == ["文化馆"]


def test_what_the_city_knows_is_read_only_when_it_is_ticked() -> None:
    person, by, browser = citizen()
    applied(by)
    found = draft(by, {"area_m2": "50"})
    writing = service.write_on(found.code, by=by)
    assert {one.name for one in service.proposals(writing)} == {"project", "contact"}
    page = browser.get(f"{STEP}/{found.code}/form").content.decode()
    assert 'value="文化馆"' not in page, "a proposal says where, not what"
    read = AuditRecord.objects.filter(action="services.prefill", subject=person.code)
    assert read.count() == 0
    browser.post(f"{STEP}/{found.code}/form", {"action": "take", "take": ["project"]})
    found.refresh_from_db()
    assert found.given["project"] == ["文化馆"]
    assert "contact" not in found.given
    assert found.given["area_m2"] == ["50"], "what was written stays"
    assert [record.reason for record in read] == ["consent"]
    assert set(found.sources) == {"project"}
    found = service.keep(found.code, {**found.given, "project": ["别的"]}, by=by)
    assert found.sources == {}, "what was changed by hand is the writer's own"


def test_files_are_the_drafts_and_end_with_it() -> None:
    _person, by, browser = citizen()
    found = draft(by, with_drawing=False)
    address = f"{STEP}/{found.code}/form"
    browser.post(address, {**ANSWERS, "upload:licence": picture(), "action": "save"})
    upload = Upload.objects.get()
    shown = browser.get(f"/my/drafts/files/{upload.code}")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert b"".join(shown).startswith(b"\xff\xd8\xff")
    evil = picture()
    evil.write(b"<svg onload=alert(1)>")
    evil.seek(2)
    bad = browser.post(address, {**ANSWERS, "upload:licence": evil, "action": "next"})
    assert bad.status_code == 422
    assert Upload.objects.get().pk == upload.pk, "a file that is refused replaces nothing"
    browser.post(address, {**ANSWERS, "upload:licence": picture("red"), "action": "save"})
    assert StoredFile.objects.count() == Upload.objects.count() == 1
    browser.post(address, {**ANSWERS, "upload:elsewhere": picture(), "action": "save"})
    assert Upload.objects.count() == 1
    browser.post(f"/my/drafts/{found.code}/throw")
    assert StoredFile.objects.count() == Upload.objects.count() == Draft.objects.count() == 0


def test_expired_drafts_are_deleted_with_their_files() -> None:
    _person, by, browser = citizen()
    found = draft(by)
    Draft.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert browser.get(f"{STEP}/{found.code}/form").status_code == 404
    assert service.sweep(by=SETUP) == 1
    assert StoredFile.objects.count() == Draft.objects.count() == 0


def test_the_signature_is_sealed_and_a_change_is_found() -> None:
    _person, by, _browser = citizen()
    sent = applied(by)
    assert sent.signature["name"] == by.name
    assert sent.signature["sha256"] == sent.sha256
    entry = Entry.objects.get(kind=sealed.KIND, reference=sent.affair.code)
    assert sealed.current([sent.affair.code]) == {sent.affair.code: entry.sha256}
    Submission.objects.update(answers={**sent.answers, "project": "别的"})
    assert sealed.current([sent.affair.code])[sent.affair.code] != entry.sha256


def test_a_city_chooses_a_signer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    class Double:
        key, label, hint = "double", "x", "y"

        def sign(self, statement: signing.Statement, said_so: Any, *, by: Actor) -> dict[str, Any]:
            return {"signer": self.key, "sha256": statement.sha256}

    monkeypatch.setattr(signing, "_signers", {"double": Double()})
    _person, by, _browser = citizen()
    with pytest.raises(ProblemError) as caught:
        signing.signer()
    assert codes(caught) == ["SRV-505"]
    monkeypatch.setattr(signing, "settings", lambda: type("S", (), {"signer": "double"})())
    assert service.send(draft(by).code, {}, by=by)[0].signature["signer"] == "double"


ADDRESSES = (
    "{apply}/form",
    "{apply}/materials",
    "{apply}/check",
    "/my/drafts/{draft}/throw",
    "/my/drafts/files/{file}",
    "/my/affairs/{affair}",
    "/my/affairs/{affair}/diagram.bpmn",
    "/my/affairs/{affair}/receipt",
    "/my/affairs/{affair}/receipt.pdf",
    "/my/affairs/{affair}/files/{sent_file}",
    "/services/affairs/{affair}/files/{sent_file}",
)
ACTS = (
    "{apply}/form",
    "{apply}/materials",
    "{apply}/check",
    "/my/drafts/{draft}/throw",
    "/my/drafts/files/{file}/read",
    "/my/affairs/{affair}/answer/1",
    "/my/affairs/{affair}/withdraw",
    "/my/affairs/{affair}/rate",
)


def test_what_is_another_persons_is_not_there() -> None:
    _person, by, owner = citizen()
    found = draft(by)
    sent = applied(by)
    named = {
        "apply": f"{STEP}/{found.code}",
        "draft": found.code,
        "file": Upload.objects.get(draft=found).code,
        "affair": sent.affair.code,
        "sent_file": Upload.objects.get(submission=sent).code,
    }
    _other, _actor, thief = citizen("李四")
    stranger = Client()
    before = (AffairEvent.objects.count(), Draft.objects.get(pk=found.pk).version)
    for address in ADDRESSES:
        place = address.format(**named)
        if not place.startswith("/services/affairs"):
            assert owner.get(place).status_code == 200, place
        assert thief.get(place).status_code == 404, place
        assert stranger.get(place).status_code in (302, 403, 404), place
    for address in ACTS:
        place = address.format(**named)
        values = {"reason": "x", "grade": "1", "contact": "online", "action": "next"}
        assert thief.post(place, values).status_code == 404, place
        assert stranger.post(place, values).status_code in (302, 403, 404), place
    assert (AffairEvent.objects.count(), Draft.objects.get(pk=found.pk).version) == before
    for page in ("/my/affairs", "/my/drafts"):
        assert sent.affair.code not in thief.get(page).content.decode()
        assert found.code not in thief.get(page).content.decode()


def test_an_officer_who_takes_no_part_sees_no_file() -> None:
    _person, by, _browser = citizen()
    sent = applied(by)
    upload = Upload.objects.get(submission=sent)
    window, fire = town.person("attendant", "window"), town.person("officer", "fire")
    assert service.open_paper(sent.affair.code, upload.code, by=window).pk == upload.pk
    record = AuditRecord.objects.get(action="services.upload.read")
    assert (record.subject, record.actor) == (sent.subject, window.key)
    with pytest.raises(ProblemError) as caught:
        service.open_paper(sent.affair.code, upload.code, by=fire)
    assert codes(caught) == ["SRV-301"]


def test_pages_take_nothing_without_their_token() -> None:
    _person, by, _browser = citizen()
    found, sent = draft(by), applied(by)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(_account(by))
    for place in (
        STEP,
        f"{STEP}/{found.code}/form",
        f"{STEP}/{found.code}/check",
        f"/my/drafts/{found.code}/throw",
        f"/my/affairs/{sent.affair.code}/withdraw",
        f"/my/affairs/{sent.affair.code}/rate",
        "/services/follow",
    ):
        assert browser.post(place, {"agreed": "true", "name": by.name, "reason": "x"}).status_code == 403, (
            place
        )
    assert Draft.objects.count() == 1


def _account(by: Actor) -> Any:
    from beichen.kernel.access.models import Account

    return Account.objects.get(person__code=by.key.removeprefix("person:"))


def test_a_representation_that_is_revoked_closes_the_door_at_once() -> None:
    person, by, _browser = citizen()
    agent, _acting, browser = citizen("代理人")
    sent = applied(by)
    place = f"/my/affairs/{sent.affair.code}"
    assert browser.get(place).status_code == 404
    subject = access.Subject(person.code, person.name, "person")
    row = access.record_representation(
        agent, subject, "agent", by=SETUP, evidence="委托书", affairs=["another-item"]
    )
    assert browser.get(place).status_code == 404, "the allowance is for something else"
    access.revoke_representation(row.pk, by=SETUP)
    row = access.record_representation(agent, subject, "agent", by=SETUP, evidence="委托书")
    assert browser.get(place).status_code == 200
    access.revoke_representation(row.pk, by=SETUP)
    assert browser.get(place).status_code == 404


def test_one_person_keeps_so_many_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    from beichen.fronts.services.applicant import drafting

    monkeypatch.setattr(drafting, "MOST", 1)
    _person, by, _browser = citizen()
    draft(by)
    with pytest.raises(ProblemError) as caught:
        draft(by)
    assert codes(caught) == ["SRV-503"]


def test_who_is_not_signed_in_is_led_to_signing_in() -> None:
    browser = Client()
    for page in (STEP, "/my/affairs", "/my/drafts"):
        answer = browser.get(page)
        assert answer.status_code == 302
        assert f"next={page}" in answer["Location"]


def test_what_is_not_there_is_said_alike() -> None:
    _person, by, browser = citizen()
    with pytest.raises(ProblemError) as caught:
        service.own_draft("NOTHING", by=by)
    assert codes(caught) == ["SRV-501"]
    with pytest.raises(ProblemError) as caught:
        service.followed("20250609-AAAAAA", "22222222")
    assert codes(caught) == ["SRV-521"]
    assert browser.get("/my/affairs/20250609-AAAAAA").status_code == 404


def test_an_application_has_so_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    from beichen.fronts.services.applicant import uploading

    monkeypatch.setattr(uploading, "MOST", 1)
    _person, by, _browser = citizen()
    found = draft(by)
    with pytest.raises(ProblemError) as caught:
        service.bring(found, "licence", picture(), by=by)
    assert codes(caught) == ["SRV-513"]
    assert StoredFile.objects.count() == Upload.objects.count() == 1, "a file that is refused leaves nothing"


def test_scene_authors_edit_a_form_beside_its_preview() -> None:
    operator = town.person("operator", "window")
    browser = Client()
    person = Person.objects.get(code=operator.key.removeprefix("person:"))
    browser.force_login(access.create_account("operator", "x" * 20, person, by=SETUP))
    assert "permit-form" in browser.get("/services/forms").content.decode()
    place = "/services/forms/permit-form/edit"
    text = browser.get(place).context["form"].initial["text"]
    assert "建筑许可申请表" in text
    assert 'name="project"' in browser.get(place).content.decode(), "the preview"
    broken = text.replace("- project", "- projekt")
    bad = browser.post(place, {"text": broken, "action": "export"})
    line = broken[: broken.index("projekt")].count("\n") + 1
    assert bad.status_code == 422
    assert f"permit-form.yaml:{line}" in bad.content.decode()
    for wrong, words in [
        (broken, "此处没有字段 &#x27;projekt&#x27;"),
        (text.replace("required:", "requird:", 1), "没有键 &#x27;requird&#x27;（是否为“required”？）"),
        (text + "\n\t- x", "应为空格之处使用了制表符（请用空格缩进）"),
    ]:
        told = browser.post(place, {"text": wrong}, headers={"Accept-Language": "zh-Hans"})
        assert words in told.content.decode(), wrong
    file = browser.post(place, {"text": text, "action": "export"})
    assert file["Content-Disposition"] == 'attachment; filename="permit-form.yaml"'
    assert file.content.decode() == text.replace("\n", "\r\n") or file.content.decode() == text
    assert browser.get("/services/forms/nothing/edit").status_code == 404
    _person, _by, citizens = citizen()
    assert citizens.get(place).status_code == 403
    with pytest.raises(ProblemError) as caught:
        find_form("nothing")
    assert codes(caught) == ["SRV-118"]
