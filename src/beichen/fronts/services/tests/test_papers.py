"""Papers above an officer's clearance: that they are there is seen, what stands in them is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from beichen.fronts.services import service as services
from beichen.fronts.services.applicant import service as applying
from beichen.fronts.services.applicant.models import Submission, Upload
from beichen.fronts.services.applicant.paper import open_paper, papers_of
from beichen.fronts.services.forms.service import declare_forms
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.tests import applicants, town
from beichen.fronts.services.tests.applicants import FORM, ITEM, applied, citizen, draft, picture
from beichen.fronts.services.tests.town import SETUP, do, person, waiting, words
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Person, Region
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
READING = "services.upload.read"


@pytest.fixture(autouse=True)
def city() -> None:
    applicants.build()
    asked(drawing={"name": words("身份证", "Identity card"), "level": "L3"})


def asked(**materials: dict[str, Any]) -> None:
    """The item asks for these papers."""
    declare_items({"permit-item": {**ITEM, "materials": materials}}, {}, {}, scene="permits", by=SETUP)


def desk(by: Actor) -> Client:
    """The browser of somebody with a post."""
    found = Client()
    row = Person.objects.get(code=by.key.removeprefix("person:"))
    found.force_login(access.create_account(f"desk-{row.code}", "x" * 20, row, by=SETUP))
    return found


def file_of(sent: Submission) -> str:
    """Where an officer opens the paper that came with it."""
    return f"/services/affairs/{sent.affair.code}/files/{Upload.objects.get(submission=sent).code}"


@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_who_takes_part_without_the_clearance_sees_that_it_is_there(role: str) -> None:
    _person, by, owner = citizen()
    sent = applied(by)
    browser = desk(person(role, "window"))
    page = browser.get(f"/services/affairs/{sent.affair.code}", headers={"accept-language": "en"})
    text = page.content.decode()
    assert "Identity card" in text
    assert "Examiner of applications" in text, "who could open it"
    assert "照片.jpg" not in text, "what its owner called it may say whose it is"
    assert file_of(sent) not in text
    answer = browser.get(file_of(sent))
    assert answer.status_code == 403
    assert b"\xff\xd8\xff" not in answer.content
    assert "SRV-515" in answer.content.decode()
    assert not AuditRecord.objects.filter(action=READING).exists()
    own = owner.get(f"/my/affairs/{sent.affair.code}/files/{Upload.objects.get(submission=sent).code}")
    assert b"".join(own).startswith(b"\xff\xd8\xff"), "whose paper it is sees it"


@pytest.mark.parametrize("role", ["examiner", "attendant"])
def test_who_takes_part_with_the_clearance_opens_it_on_record(role: str) -> None:
    _person, by, _owner = citizen()
    sent = applied(by)
    by_post = person(role, "window")
    browser = desk(by_post)
    page = browser.get(f"/services/affairs/{sent.affair.code}").content.decode()
    assert file_of(sent) in page
    assert "照片.jpg" in page
    assert b"".join(browser.get(file_of(sent))).startswith(b"\xff\xd8\xff")
    record = AuditRecord.objects.get(action=READING)
    assert (record.subject, record.actor) == (sent.subject, by_post.key)
    assert '"level":3' in record.detail


def test_a_clearance_at_another_body_opens_nothing_here() -> None:
    """Both the paper, and the answers of that level: the post that takes part counts, not another one."""
    _person, by, _owner = citizen()
    found = draft(by, {**applicants.ANSWERS, "contact": "王小明的电话"})
    sent = applying.send(found.code, applicants.signed(by), by=by)[0]
    row = org.register_person("two posts", by=SETUP)
    place = Region.objects.get(code=town.CITY)
    for role, body in (("officer", "window"), ("examiner", "fire")):
        org.appoint(row, role, Body.objects.get(key=body), place, by=SETUP)
    browser = desk(org.actor_of(row))
    assert browser.get(file_of(sent)).status_code == 403
    assert "王小明的电话" not in browser.get(f"/services/affairs/{sent.affair.code}").content.decode()
    org.appoint(row, "examiner", Body.objects.get(key="window"), place, by=SETUP)
    assert browser.get(file_of(sent)).status_code == 200
    assert "王小明的电话" in browser.get(f"/services/affairs/{sent.affair.code}").content.decode()


def test_papers_that_a_window_received_are_named_with_what_was_noted() -> None:
    """The next body sees what was received and checked before; what was noted within the clearance."""
    from beichen.fronts.services.items import service as items

    region = Region.objects.get(code=town.CITY)
    seen = items.Given("drawing", items.How.ORIGINAL, note="原件已核对")
    affair = items.apply(
        "permit-item",
        {"project": "文化馆", "area_m2": 200},
        "F-1",
        region,
        by=SETUP,
        key="",
        materials=[seen],
    )
    path = f"/services/affairs/{affair.code}"
    told = {role: desk(person(role, "window")).get(path).content.decode() for role in ("officer", "examiner")}
    for text in told.values():
        assert "身份证" in text
        assert "收原件" in text or "Original received" in text
    assert "原件已核对" in told["examiner"]
    assert "原件已核对" not in told["officer"]


def test_what_the_process_took_over_is_no_less_personal_than_the_form() -> None:
    """A field of the form that stands among the affair's data too: on its page, and for programs."""
    secret = {**FORM["properties"]["project"], "x-level": "L3"}
    form = {**FORM, "properties": {**FORM["properties"], "project": secret}}
    declare_forms({"permit-form": form}, scene="permits", by=SETUP)
    _person, by, _owner = citizen()
    sent = applied(by)
    path = f"/services/affairs/{sent.affair.code}"
    for role, expected in (("officer", False), ("examiner", True)):
        browser = desk(person(role, "window"))
        facts = browser.get(path).content.decode().partition('id="application"')[0].partition("<main")[2]
        told = browser.get(f"/api{path}").json()["data"]
        assert (told["project"] == "文化馆") is expected
        assert told["area_m2"] == 200
        assert ('<dd lang="zh-Hans">文化馆' in facts) is expected


def test_a_paper_without_a_level_has_that_of_its_affair() -> None:
    asked(drawing={"name": words("图纸", "Drawing")})
    _person, by, _owner = citizen()
    sent = applied(by)
    assert desk(person("officer", "window")).get(file_of(sent)).status_code == 200


def test_a_paper_about_a_person_is_personal_unless_it_is_declared() -> None:
    held = {"name": words("身份证", "Identity card"), "from": "person.id_number"}
    cases: list[tuple[dict[str, str], Level]] = [({}, Level.L3), ({"level": "L2"}, Level.L2)]
    for more, level in [*cases, ({"level": "L4"}, Level.L4)]:
        asked(drawing={**held, **more})
        _person, by, _owner = citizen()
        sent = applied(by)
        assert [one.level for one in papers_of(sent.affair, by=SETUP)] == [level]


def test_what_is_brought_later_is_as_strict_as_the_strictest_paper() -> None:
    _person, by, owner = citizen()
    sent = applied(by)
    affair = services.ask_for_material(
        sent.affair.code, waiting(sent.affair)[0].number, ["户口簿"], "缺少", by=SETUP
    )
    values = {"note": "", "version": str(affair.version), "files": [picture("red")]}
    number = waiting(affair)[0].number
    assert owner.post(f"/my/affairs/{affair.code}/answer/{number}", values).status_code == 302
    upload = Upload.objects.latest("id")
    path = f"/services/affairs/{affair.code}/files/{upload.code}"
    assert desk(person("officer", "window")).get(path).status_code == 403
    assert desk(person("examiner", "window")).get(path).status_code == 200
    assert "照片.jpg" not in str([event.data for event in services.trail(affair)]), (
        "all who take part read it"
    )


def test_a_paper_that_is_not_asked_for_any_more_is_personal() -> None:
    _person, by, _owner = citizen()
    sent = applied(by)
    asked(plan={"name": words("方案", "Plan")})
    assert desk(person("officer", "window")).get(file_of(sent)).status_code == 403


def test_a_picture_that_is_read_as_an_identity_card_is_personal() -> None:
    card = {**FORM["properties"]["licence"], "x-read": "identity-card"}
    for field, expected in (
        (card, 403),
        ({**card, "x-level": "L2"}, 200),
        (FORM["properties"]["licence"], 200),
    ):
        form = {**FORM, "properties": {**FORM["properties"], "licence": field}}
        declare_forms({"permit-form": form}, scene="permits", by=SETUP)
        _person, by, _owner = citizen()
        found = draft(by)
        upload = applying.bring(found, "licence", picture("red"), by=by)
        sent = applying.send(found.code, applicants.signed(by), by=by)[0]
        path = f"/services/affairs/{sent.affair.code}/files/{upload.code}"
        assert desk(person("officer", "window")).get(path).status_code == expected
        read = f"/my/drafts/files/{upload.code}"
        assert desk(person("examiner", "window")).get(read).status_code == 404, "no other way"


def test_who_takes_no_part_learns_nothing() -> None:
    _person, by, _owner = citizen()
    sent = applied(by)
    with pytest.raises(ProblemError) as caught:
        open_paper(sent.affair.code, Upload.objects.get(submission=sent).code, by=person("examiner", "fire"))
    assert [one.code for one in caught.value.problems] == ["SRV-301"]
    do(sent.affair, "check", "accept")
    assert desk(person("examiner", "planning")).get(file_of(sent)).status_code == 200
