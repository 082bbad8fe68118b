"""A bundle applied for by its applicant: one form, papers once, sent once, one page and one answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from beichen.fronts.services import service as services
from beichen.fronts.services.applicant import sealed, service
from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.applicants import citizen, picture, signed
from beichen.fronts.services.tests.town import SETUP, do, person, waiting, words
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import holdings
from beichen.kernel.actor import Actor
from beichen.kernel.bus.service import heard_at_once
from beichen.kernel.org.models import Person, Region
from beichen.platforms.ledger.models import Entry
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
APPLY = "/services/apply/firm"
LICENCE: dict[str, Any] = {
    **stall.LICENCE,
    "ask": {"barred": {**stall.QUESTION, "name": words("限制任职", "Barred")}},
    "conditions": [{"when": "!barred", "otherwise": words("请更换人选", "Name somebody else")}],
    "result": {"name": words("执照", "Licence"), "certificate": "licence"},
}
SEAL: dict[str, Any] = {
    **stall.SEAL,
    "materials": {
        **stall.SEAL["materials"],
        "licence": {"name": words("营业执照", "Licence"), "from": "certificate:licence"},
        "stamp": {"name": words("印模", "Stamp"), "required": False},
    },
}
TAX: dict[str, Any] = {
    **stall.TAX,
    "materials": {"lease": {"name": words("租约", "Lease"), "required": "number > 10.0"}},
}


@pytest.fixture(autouse=True)
def city() -> None:
    stall.build()
    fields = {
        "number": {"name": words("员工人数", "Staff"), "type": "number", "required": True},
        "taxpayer": {"name": words("纳税人", "Taxpayer"), "required": True},
    }
    body = town.diagram(
        '<startEvent id="begin"/><userTask id="look"/><endEvent id="granted"/>'
        + town.flow("begin look", "look granted"),
        lanes={"planning": "look"},
        key="tax",
    )
    town.simple("tax", body, steps={"look": {}}, ends="granted", fields=fields, start=list(fields))
    stall.declare({"permit": stall.PERMIT, "licence": LICENCE, "seal": SEAL, "tax": TAX})
    forget_rates()


def draft(
    by: Actor, answers: dict[str, str] | None = None, *, papers: tuple[str, ...] = ("articles",)
) -> Draft:
    """A draft for the bundle, with answers and papers."""
    region = Region.objects.get(code=town.CITY)
    found = service.begin("firm", access.subjects_of(by)[0], region, {"barred": ["false"]}, by=by)
    told = answers if answers is not None else {"number": "3", "taxpayer": "小规模"}
    found = service.keep(found.code, {name: [value] for name, value in told.items()}, by=by)
    for key in papers:
        service.bring(found, f"material.{key}", picture(), by=by)
    return found


def sent_by(by: Actor, answers: dict[str, str] | None = None, **more: Any) -> Submission:
    """A bundle that was sent."""
    return service.send(draft(by, answers, **more).code, signed(by), by=by)[0]


def part(run: BundleRun, item: str) -> Affair:
    """The affair of a part."""
    affair = run.parts.get(item__key=item).affair
    assert affair is not None
    return affair


def states(run: BundleRun) -> dict[str, str]:
    """How each part stands."""
    return {one.item.key: one.state for one in bundling.parts_of(run)}


def codes(caught: Any) -> list[str]:
    """The codes of what was refused."""
    return [problem.code for problem in caught.value.problems]


def text_of(browser: Client, path: str) -> str:
    """A page that is there."""
    found = browser.get(path)
    assert found.status_code == 200, (path, found.status_code)
    return found.content.decode()


def test_a_bundle_goes_through_the_pages() -> None:
    applicant, _by, browser = citizen()
    page = text_of(browser, APPLY)
    assert all(name in page for name in ("营业执照", "公章备案", "税务登记"))
    refused = browser.post(APPLY, {"region": town.CITY, "barred": "true"})
    assert (refused.status_code, Draft.objects.count()) == (422, 0)
    form = browser.post(APPLY, {"region": town.CITY, "barred": "false"})["Location"]
    page = text_of(browser, form)
    assert page.count('name="number"') == page.count('name="taxpayer"') == 1
    missing = browser.post(form, {"number": "3", "action": "next"})
    assert missing.status_code == 422, "a part that is needed demands its field"
    materials = browser.post(form, {"number": "3", "taxpayer": "小规模", "action": "next"})["Location"]
    page = text_of(browser, materials)
    assert page.count("upload:material.articles") == 1
    assert "upload:material.licence" not in page, "the first part gives the licence"
    files = {"upload:material.articles": picture(), "action": "next"}
    check = browser.post(materials, files)["Location"]
    assert "小规模" in text_of(browser, check)
    receipt = browser.post(check, {"agreed": "true", "name": applicant.name})["Location"]
    run = BundleRun.objects.get()
    assert receipt == f"/my/bundles/{run.code}/receipt"
    sent = Submission.objects.get(run=run)
    page = text_of(browser, receipt)
    assert run.code in page
    assert sent.secret in page
    assert browser.get(f"{receipt}.pdf").content.startswith(b"%PDF-")
    assert states(run) == {"licence": "running", "seal": "waiting", "tax": "waiting"}
    assert (run.subject, Draft.objects.count()) == (applicant.code, 0)
    page = text_of(browser, f"/services/bundles/runs/{run.code}")
    assert part(run, "licence").code in page
    assert "小规模" in page
    assert run.code in text_of(browser, "/my/affairs")


def test_a_paper_that_the_city_might_hold_and_does_not_is_asked_for_in_so_many_words() -> None:
    _person, by, browser = citizen()
    region = Region.objects.get(code=town.CITY)
    alone = service.begin("seal", access.subjects_of(by)[0], region, {}, by=by)
    page = text_of(browser, f"/services/apply/seal/{alone.code}/materials")
    assert "经查询，本市没有您的这份材料，请提交。" in page
    assert "本市已有记录的，免提交" in text_of(browser, "/services/items/seal")


def test_what_a_part_that_is_left_out_asks_for_is_not_asked() -> None:
    _person, by, browser = citizen()
    found = draft(by, {"number": "0"})
    place = f"{APPLY}/{found.code}"
    page = text_of(browser, f"{place}/form")
    assert 'name="taxpayer"' not in page
    page = text_of(browser, f"{place}/materials")
    assert "material.lease" not in page
    sent, _is_new = service.send(found.code, signed(by), by=by)
    assert states(sent.run)["tax"] == "skipped"


def test_a_paper_that_answers_demand_is_demanded_of_the_whole() -> None:
    _person, by, _browser = citizen()
    found = draft(by, {"number": "30", "taxpayer": "一般"})
    with pytest.raises(ProblemError) as caught:
        service.send(found.code, signed(by), by=by)
    assert [(one.code, one.where.field) for one in caught.value.problems] == [("SRV-403", "lease")]
    service.bring(found, "material.lease", picture(), by=by)
    assert service.send(found.code, signed(by), by=by)[1] is True


def test_the_same_draft_is_one_run_however_often_it_is_sent() -> None:
    _person, by, browser = citizen()
    found = draft(by)
    first, is_new = service.send(found.code, signed(by), by=by)
    again, is_newer = service.send(found.code, {}, by=by)
    assert (is_new, is_newer, again.pk) == (True, False, first.pk)
    assert BundleRun.objects.count() == Affair.objects.count() == Submission.objects.count() == 1
    back = browser.post(f"{APPLY}/{found.code}/check", {"agreed": "true", "name": by.name})
    assert back["Location"] == f"/my/bundles/{first.run.code}/receipt"


def test_what_is_wrong_or_missing_keeps_everything_as_it_is() -> None:
    _person, by, _browser = citizen()
    wrong = draft(by, {"number": "many"})
    with pytest.raises(ProblemError) as caught:
        service.send(wrong.code, signed(by), by=by)
    assert "number" in [problem.where.field for problem in caught.value.problems]
    with pytest.raises(ProblemError) as caught:
        service.send(draft(by, papers=()).code, signed(by), by=by)
    assert codes(caught) == ["SRV-403"]
    with pytest.raises(ProblemError) as caught:
        service.send(draft(by).code, {"name": "x"}, by=by)
    assert codes(caught) == ["SRV-504", "SRV-504"]
    assert BundleRun.objects.count() == Affair.objects.count() == Submission.objects.count() == 0
    assert Draft.objects.count() == 3


def test_parts_follow_and_end_in_one_answer_that_is_told() -> None:
    _person, by, browser = citizen()
    run = sent_by(by).run
    with heard_at_once():
        do(part(run, "licence"), "look", "granted")
    materials = part(run, "seal").application.materials
    assert materials["licence"] == {"how": "held", "note": "营业执照"}
    assert materials["articles"]["how"] == "uploaded"
    assert part(run, "seal").application.agent == ""
    with heard_at_once():
        do(part(run, "seal"), "look", "granted")
    with heard_at_once():
        do(part(run, "tax"), "look")
    run.refresh_from_db()
    assert run.is_good is True
    page = text_of(browser, f"/services/bundles/runs/{run.code}")
    assert re.search("全部办结|everything is concluded", page, re.IGNORECASE)


def test_each_body_sees_what_its_part_asks_for() -> None:
    _person, by, _browser = citizen()
    run = sent_by(by, papers=("articles", "stamp")).run
    with heard_at_once():
        do(part(run, "licence"), "look", "granted")
    licence, seal = part(run, "licence"), part(run, "seal")
    uploads = {one.field: one.code for one in Upload.objects.all()}
    window, fire = person("officer", "window"), person("officer", "fire")
    assert service.open_paper(licence.code, uploads["material.articles"], by=window)
    assert service.open_paper(seal.code, uploads["material.stamp"], by=fire)
    for code, upload, who in (
        (licence.code, "material.stamp", window),
        (licence.code, "material.articles", fire),
        (seal.code, "material.stamp", window),
    ):
        with pytest.raises(ProblemError):
            service.open_paper(code, uploads[upload], by=who)


def test_what_a_part_asks_for_later_is_brought_to_that_part() -> None:
    _person, by, browser = citizen()
    run = sent_by(by).run
    affair = part(run, "licence")
    services.ask_for_material(affair.code, waiting(affair)[0].number, ["住所证明"], "缺少", by=SETUP)
    page = text_of(browser, f"/services/bundles/runs/{run.code}")
    assert f"/my/affairs/{affair.code}" in page
    affair.refresh_from_db()
    place = f"/my/affairs/{affair.code}"
    assert f"/services/bundles/runs/{run.code}" in text_of(browser, place)
    values = {"note": "", "version": str(affair.version), "files": [picture()]}
    assert browser.post(f"{place}/answer/{waiting(affair)[0].number}", values).status_code == 302
    field = Upload.objects.latest("id").field
    assert field == f"answer.{affair.code}.{waiting(affair)[0].number}"
    window = person("officer", "window")
    assert service.open_paper(affair.code, Upload.objects.latest("id").code, by=window)


def test_it_is_followed_by_number_and_code_without_an_account() -> None:
    _person, by, _browser = citizen()
    sent = sent_by(by)
    run, browser = sent.run, Client()
    assert browser.get(f"/services/follow/{run.code}").status_code == 302
    wrong = browser.post("/services/follow", {"code": run.code, "secret": "22222222"})
    assert wrong.status_code == 422
    found = browser.post("/services/follow", {"code": run.code, "secret": sent.secret})
    page = text_of(browser, found["Location"])
    assert run.code in page
    assert "小规模" not in page, "answers are for who is signed in"
    assert browser.get(f"/services/follow/{run.code}/diagram.bpmn").status_code == 302
    assert browser.post(f"/services/follow/{run.code}/rate", {"grade": "5"}).status_code == 302


def test_nobody_sees_another_s_bundle() -> None:
    _person, by, _browser = citizen()
    sent, found = sent_by(by), draft(by)
    _other, _thief_by, thief = citizen("贼")
    upload = Upload.objects.get(submission=sent).code
    run = sent.run.code
    for path in (
        f"/services/bundles/runs/{run}",
        f"/my/bundles/{run}/receipt",
        f"/my/bundles/{run}/receipt.pdf",
        f"/my/bundles/{run}/files/{upload}",
        f"{APPLY}/{found.code}/form",
        f"{APPLY}/{found.code}/check",
    ):
        assert thief.get(path).status_code == 404, path
    assert run not in text_of(thief, "/my/affairs")
    officer = Client()
    clerk = person("officer", "fire")
    account = access.create_account(
        "fire", "x" * 20, Person.objects.get(code=clerk.key.split(":")[1]), by=SETUP
    )
    officer.force_login(account)
    assert officer.get(f"/my/bundles/{run}/receipt").status_code == 404, "a post opens no applicant's page"


def test_an_agent_for_some_of_the_items_does_not_apply_for_the_whole() -> None:
    principal, by, _browser = citizen()
    row, agent, _agents = citizen("代办人")
    access.grant_representation(row, principal.code, "agent", by=by, affairs=["licence"])
    subject = next(one for one in access.subjects_of(agent) if one.code == principal.code)
    region = Region.objects.get(code=town.CITY)
    with pytest.raises(ProblemError) as caught:
        service.begin("firm", subject, region, {"barred": ["false"]}, by=agent)
    assert codes(caught) == ["ACC-302"]
    assert Draft.objects.count() == 0


def test_it_is_sealed_and_part_of_one_s_own_data() -> None:
    applicant, by, _browser = citizen()
    sent = sent_by(by)
    entry = Entry.objects.get(kind=sealed.KIND, reference=sent.run.code)
    assert sealed.current([sent.run.code]) == {sent.run.code: entry.sha256}
    held = next(one for one in holdings() if one.key == "services.applications")
    assert held.export is not None
    assert [one["affair"] for one in held.export(applicant.code)] == [sent.run.code]


def test_a_clerk_writes_a_bundle_or_an_item_for_who_came() -> None:
    clerk = person("attendant", "window")
    row = Person.objects.get(code=clerk.key.split(":")[1])
    browser = Client()
    browser.force_login(access.create_account("clerk", "x" * 20, row, by=SETUP))
    for address, item in ((APPLY, "firm"), ("/services/apply/seal", "seal")):
        begin = f"{address}?for=window"
        assert 'name="subject"' in text_of(browser, begin)
        nobody = browser.post(begin, {"region": town.CITY, "barred": "false", "subject": ""})
        assert nobody.status_code == 422
        asked = {"region": town.CITY, "barred": "false", "subject": "person-9", "subject_name": "王老太"}
        form = browser.post(begin, asked)["Location"]
        materials = browser.post(form, {"number": "3", "taxpayer": "小规模", "action": "next"})["Location"]
        files = {"upload:material.articles": picture(), "upload:material.licence": picture("red")}
        check = browser.post(materials, {**files, "action": "next"})["Location"]
        receipt = browser.post(check, {"agreed": "true", "name": row.name})["Location"]
        sent = Submission.objects.get(item=item)
        assert (sent.subject, sent.subject_name) == ("PERSON-9", "王老太")
        opened = sent.run or sent.affair
        assert opened.subject == "PERSON-9"
        affair = part(sent.run, "licence") if sent.run else sent.affair
        assert (affair.application.channel, affair.application.visits) == ("window", 1)
        assert sent.secret in text_of(browser, receipt), "the clerk hands the receipt over"
        assert browser.get(f"{receipt}.pdf").content.startswith(b"%PDF-")
    _person, _by, stranger = citizen()
    assert stranger.get(receipt).status_code == 404
    assert 'name="subject"' not in text_of(stranger, f"{APPLY}?for=window")


def test_an_item_and_a_bundle_have_different_keys() -> None:
    with pytest.raises(ProblemError) as caught:
        declare_items({"firm": stall.TAX}, {}, {}, scene="others", by=SETUP)
    assert codes(caught) == ["SRV-128"]
    with pytest.raises(ProblemError) as caught:
        stall.declare({"licence": LICENCE}, bundles={"licence": stall.BUNDLE})
    assert codes(caught) == ["SRV-128"]


def test_the_guide_offers_it_and_its_items_lead_to_it() -> None:
    guide = text_of(Client(), "/services/bundles/firm")
    assert APPLY in guide
    assert "/services/bundles/firm" in text_of(Client(), "/services/items/licence")
    told = Client().get("/api/services/bundles/firm").json()
    assert told["within"] == {"licence": "licence"}
    assert set(told["fields"]) == {"number", "taxpayer", "barred"}
    assert Client().get("/api/services/bundles/none").status_code == 404


def test_who_is_not_signed_in_is_led_to_signing_in() -> None:
    assert Client().get(APPLY)["Location"].startswith("/account/login/")
