"""Objections to public notices: filed by anybody, answered by the body, and nothing is granted before."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.services import service
from beichen.fronts.services.models import Affair, AffairEvent, Timer
from beichen.fronts.services.objection import erasing, filing, reading
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.subscribers import tell_of_objection
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.test_pages import Program, application, signed_in
from beichen.fronts.services.tests.town import SETUP, do
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_account
from beichen.kernel.actor import PUBLIC
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.event import decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Person
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Delivery, Message
from beichen.platforms.comms.tests.stock import load_messages
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
SAID = "挡住了学校的采光"
MAIL = "li@example.org"


@pytest.fixture(autouse=True)
def city() -> None:
    town.build()
    forget_rates()


def on_notice() -> Affair:
    """An affair whose notice runs."""
    affair = do(application(), "check", "accept")
    do(do(affair, "review", "approve", body="fire"), "review", "approve", body="planning")
    do(affair, "sign")
    Timer.objects.filter(is_public=True).update(due_at=timezone.now() + timedelta(days=1))
    return Affair.objects.get(pk=affair.pk)


def address() -> str:
    """Where the notice that runs is objected to, as its page says."""
    found = re.search(
        r'href="(/services/notices/[0-9a-f-]+/object)"', Client().get("/services/notices").content.decode()
    )
    assert found is not None
    return found[1]


def objected(browser: Client | None = None, **more: str) -> tuple[Objection, Client]:
    """Somebody objects, as a browser does it."""
    browser = browser or Client()
    known = set(Objection.objects.values_list("pk", flat=True))
    answer = browser.post(address(), {"statement": SAID, **more})
    row = Objection.objects.exclude(pk__in=known).get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/services/follow/{row.code}"
    return row, browser


def lapse_of_time() -> None:
    """The notice's time is over."""
    Timer.objects.filter(is_public=True, closed_at=None).update(due_at=timezone.now() - timedelta(minutes=1))
    service.tick()


def status(affair: Affair) -> tuple[str, str]:
    return Affair.objects.values_list("status", "outcome").get(pk=affair.pk)


def test_anybody_objects_and_follows_it_by_number_and_code() -> None:
    affair = on_notice()
    row, browser = objected(is_interested="on")
    page = browser.get(f"/services/follow/{row.code}").content.decode()
    assert all(one in page for one in (row.code, row.secret, SAID, "作为利害关系人"))
    assert (row.affair_id, row.body.key, row.is_interested, row.person) == (affair.pk, "window", True, None)
    stranger = Client()
    assert stranger.get(f"/services/follow/{row.code}")["Location"] == "/services/follow"
    wrong = stranger.post("/services/follow", {"code": row.code, "secret": "AAAAAAAA"})
    assert wrong.status_code == 422
    right = stranger.post("/services/follow", {"code": row.code, "secret": row.secret.lower()})
    assert right["Location"] == f"/services/follow/{row.code}"


def test_sent_twice_it_is_one_and_machines_file_none() -> None:
    on_notice()
    first, _ = objected(key="one")
    assert Client().post(address(), {"statement": SAID, "key": "one"})["Location"].endswith(first.code)
    assert Objection.objects.count() == 1
    assert Client().post(address(), {"statement": SAID, "website": "x"})["Location"] == "/services/notices"
    assert Objection.objects.count() == 1


def test_what_is_wrong_is_said_at_once() -> None:
    on_notice()
    answer = Client().post(address(), {"statement": " \u202e", "phone": "12", "email": "nobody"})
    assert answer.status_code == 422
    assert answer.content.decode().count("field-error") == 3
    assert Client().post(address(), {"statement": "x" * 4001}).status_code == 422
    assert Client().post(address(), {"statement": "x\0"}).status_code in (302, 422)


def test_objections_are_counted_by_address() -> None:
    on_notice()
    for _number in range(10):
        objected()
    refused = Client().post(address(), {"statement": SAID})
    assert refused.status_code == 422
    assert Objection.objects.count() == 10


def test_a_notice_that_is_over_takes_none() -> None:
    on_notice()
    way = address()
    Timer.objects.filter(is_public=True).update(due_at=timezone.now() - timedelta(minutes=1))
    for answer in (Client().get(way), Client().post(way, {"statement": SAID})):
        assert answer.status_code == 404
    timer = Timer.objects.get(is_public=True)
    with pytest.raises(ProblemError) as refused:
        filing.file(timer.engine_id, filing.Draft(SAID), by=PUBLIC)
    assert refused.value.problems[0].code == "SRV-531"


def test_a_notice_waits_for_the_answer_and_goes_on_by_itself_afterwards() -> None:
    affair = on_notice()
    row, browser = objected()
    lapse_of_time()
    timer = Timer.objects.get(is_public=True)
    assert (status(affair)[0], timer.closed_at, timer.failures) == ("running", None, 0)
    assert timer.held_at is not None
    assert service.tick() == 0, "it is not tried again and again"
    assert (
        "Nothing is on public notice"
        in Client().get("/services/notices", headers={"Accept-Language": "en"}).content.decode()
    )
    service.act_on_affair(
        "answer-objection",
        affair.code,
        {"objection": row.code, "ruling": "dismissed", "reason": "日照已达标"},
        by=SETUP,
    )
    service.tick()
    assert status(affair) == ("done", "granted")
    page = browser.get(f"/services/follow/{row.code}").content.decode()
    assert "日照已达标" in page
    assert "异议不成立" in page


def test_an_upheld_objection_is_not_granted_by_the_clock() -> None:
    """A process that does not ask for the notice's outcome is suspended; who supervises decides."""
    affair = on_notice()
    row, _ = objected()
    service.act_on_affair(
        "answer-objection",
        affair.code,
        {"objection": row.code, "ruling": "upheld", "reason": "属实"},
        by=SETUP,
    )
    assert status(affair)[0] == "suspended"
    service.tick(timezone.now() + timedelta(days=30))
    assert status(affair)[0] == "suspended"


def test_a_process_that_asks_leads_on_by_the_notices_outcome() -> None:
    body = (
        '<startEvent id="begin"/><userTask id="look"/>'
        + town.timer("notice", "1d")
        + '<exclusiveGateway id="way" default="f3"/><endEvent id="granted"/><endEvent id="refused"/>'
        + town.flow(
            "begin look",
            "look notice",
            "notice way",
            "way granted",
            "way refused: notice.outcome == 'upheld'",
        )
    )
    steps: dict[str, Any] = {"look": {}, "notice": {"kind": "notice", "public": True}}
    town.simple(
        "asks", town.diagram(body, lanes={"window": "look"}, key="asks"), steps=steps, ends="granted refused"
    )
    found = {}
    for ruling in ("upheld", "dismissed"):
        place = org.region_by_code(town.CITY)
        affair = service.start("asks", {"number": 1}, "FIRM-1", place, by=SETUP, now=timezone.now())[0]
        do(affair, "look", now=timezone.now())
        timer = Timer.objects.get(affair=affair, closed_at=None)
        row = filing.file(timer.engine_id, filing.Draft(SAID), by=PUBLIC)
        service.act_on_affair(
            "answer-objection",
            affair.code,
            {"objection": row.code, "ruling": ruling, "reason": "x"},
            by=SETUP,
        )
        service.tick(timezone.now() + timedelta(days=9))
        found[ruling] = status(affair)
    assert found == {"upheld": ("done", "refused"), "dismissed": ("done", "granted")}


def test_a_step_that_ends_the_notice_is_not_completed_before() -> None:
    body = (
        '<startEvent id="begin"/><userTask id="look"/>'
        + town.timer("notice", "5d", on="look")
        + '<exclusiveGateway id="met"/><endEvent id="end"/>'
        + town.flow("begin look", "look met", "notice met", "met end")
    )
    steps: dict[str, Any] = {"look": {}, "notice": {"kind": "notice", "public": True}}
    town.simple("heard", town.diagram(body, lanes={"window": "look"}, key="heard"), steps=steps)
    affair = service.start("heard", {"number": 1}, "FIRM-1", org.region_by_code(town.CITY), by=SETUP)[0]
    assert filing.decider(affair).key == "window", "who has the step, where nobody has done one"
    row = filing.file(Timer.objects.get(affair=affair).engine_id, filing.Draft(SAID), by=PUBLIC)
    window = Program("officer", "window")
    path = f"affairs/{affair.code}"
    refused = window.ask("POST", f"{path}/tasks/1/complete", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "SRV-310")
    assert row.code in refused.json()["detail"]
    assert "Window" in refused.json()["hint"] or "政务大厅" in refused.json()["hint"]
    told = window.ask("GET", path).json()["objections"]
    assert [(one["objection"], one["ruling"]) for one in told] == [(row.code, "waiting")]
    values = {"objection": row.code, "ruling": "dismissed", "reason": "无据"}
    assert Program("officer", "planning").ask("POST", f"{path}/answer-objection", values).status_code == 404
    for wrong in ({**values, "ruling": "maybe"}, {**values, "reason": " "}):
        assert window.ask("POST", f"{path}/answer-objection", wrong).json()["code"] == "SRV-305"
    unknown = window.ask("POST", f"{path}/answer-objection", {**values, "objection": "NONE"})
    assert unknown.json()["code"] == "SRV-532"
    assert window.ask("POST", f"{path}/answer-objection", values).status_code == 200
    assert window.ask("POST", f"{path}/answer-objection", values).json()["code"] == "SRV-302"
    assert window.ask("POST", f"{path}/tasks/1/complete", {}).status_code == 200
    assert status(affair)[0] == "done"


def test_officers_of_the_body_see_and_answer_it() -> None:
    affair = on_notice()
    row, _ = objected()
    window, fire = signed_in("officer", "window"), signed_in("officer", "fire")
    assert re.search(
        r'href="/services/objections\?ruling=waiting">[^<]+<strong class="figures">1<',
        window.get("/desk").content.decode(),
    )
    assert row.code in window.get("/services/objections").content.decode()
    assert row.code not in fire.get("/services/objections").content.decode()
    for browser in (window, fire):  # both take part in the affair
        assert SAID in browser.get(f"/services/affairs/{affair.code}").content.decode()
        assert SAID in browser.get(f"/services/objections/{row.code}").content.decode()
    way = f"/services/objections/{row.code}/answer"
    assert fire.post(way, {"ruling": "upheld", "reason": "x"}).status_code == 403
    assert window.post(way, {"ruling": "", "reason": "x"}).status_code == 422
    assert (
        window.post(way, {"ruling": "dismissed", "reason": "日照已达标", "version": "1"}).status_code == 422
    )
    assert window.post(way, {"ruling": "dismissed", "reason": "日照已达标"}).status_code == 302
    assert "日照已达标" in window.get(f"/services/affairs/{affair.code}").content.decode()
    assert signed_in("officer", "east-window").get(f"/services/objections/{row.code}").status_code == 404
    for export in ("csv", "xlsx"):
        assert window.get(f"/services/objections?format={export}").status_code == 200


def test_who_objected_is_seen_for_a_purpose_and_with_a_trace() -> None:
    on_notice()
    row, browser = objected(name="李四", email=MAIL)
    officer, examiner = signed_in("officer", "window"), signed_in("examiner", "window")
    way = f"/services/objections/{row.code}/contact"
    assert officer.post(way, {"purpose": "x"}).status_code == 403
    for one in (officer, examiner):
        assert MAIL not in one.get(f"/services/objections/{row.code}").content.decode()
    assert examiner.post(way, {"purpose": ""}).status_code == 422
    assert MAIL in examiner.post(way, {"purpose": "核实采光"}).content.decode()
    record = AuditRecord.objects.get(action="services.objection.identify")
    assert record.subject == row.code
    assert "核实采光" in browser.get(f"/services/follow/{row.code}").content.decode()
    copied = browser.post(f"/services/follow/{row.code}/copy").json()
    assert (copied["email"], copied["looks"][0]["purpose"]) == (MAIL, "核实采光")
    browser.post(f"/services/follow/{row.code}/forget")
    row.refresh_from_db()
    assert (row.name, row.email, row.statement) == ("", "", SAID)
    with pytest.raises(ProblemError) as refused:
        reading.identify(row, purpose="x", by=SETUP)
    assert refused.value.problems[0].code == "SRV-533"
    assert Client().post(f"/services/follow/{row.code}/copy")["Location"] == "/services/follow"
    assert Client().post(f"/services/follow/{row.code}/forget")["Location"] == "/services/follow"


def test_the_trail_and_the_audit_name_nobody() -> None:
    affair = on_notice()
    person = org.register_person("王五", by=SETUP)
    browser = Client()
    browser.force_login(create_account("wang", "x" * 20, person, by=SETUP))
    row, _ = objected(browser, mine="on", name="王五")
    event = AffairEvent.objects.get(affair=affair, name="objected")
    assert (event.by, event.data) == (PUBLIC.key, {"objection": row.code})
    assert AuditRecord.objects.get(action="services.objection.send").actor == PUBLIC.key
    page = Client()
    page.force_login(create_account("chief", "x" * 20, _supervisor(), by=SETUP))
    assert "王五" not in page.get(f"/services/affairs/{affair.code}").content.decode()
    assert row.code in browser.get("/services/follow").content.decode()
    fresh = Client()
    fresh.force_login(Account.objects.get(username="wang"))
    assert fresh.get(f"/services/follow/{row.code}").status_code == 200, "by the account alone"
    assert erasing.OBJECTIONS.count(person.code) == 1
    assert erasing.OBJECTIONS.export(person.code)[0]["statement"] == SAID
    assert erasing.OBJECTIONS.erase is not None
    assert erasing.OBJECTIONS.erase(person.code, SETUP) == 1
    assert erasing.OBJECTIONS.count(person.code) == 0


def _supervisor() -> Person:
    person = org.register_person("chief", by=SETUP)
    org.appoint(
        person,
        "supervisor",
        Body.objects.get(key="government"),
        org.region_by_code(town.CITY),
        by=SETUP,
    )
    return person


def test_a_withdrawn_application_leaves_nothing_to_object_to() -> None:
    affair = on_notice()
    row, browser = objected()
    service.withdraw(affair.code, "不办了", by=SETUP)
    row.refresh_from_db()
    assert row.ruling == Ruling.LAPSED
    assert "申请已撤回" in browser.get(f"/services/follow/{row.code}").content.decode()
    assert reading.to_answer(SETUP).count() == 0


def tell(affair: Affair, kind: str) -> None:
    """The bus brings what happened, twice."""
    found = OutboxEvent.objects.order_by("id").values_list("payload", flat=True)
    for event in [decode(one) for one in found if orjson.loads(one)["type"] == f"services.affair.{kind}"] * 2:
        assert event.subject == affair.code
        tell_of_objection(event)


@pytest.mark.parametrize(("ruling", "word"), [("dismissed", "异议不成立"), ("", "异议终止")])
def test_the_body_and_who_objected_are_told_once(ruling: str, word: str) -> None:
    load_messages("appointments", by=SETUP)
    affair = on_notice()
    person = org.register_person("王五", by=SETUP)
    browser = Client()
    browser.force_login(create_account("wang", "x" * 20, person, by=SETUP))
    row, _ = objected(browser, mine="on", email=MAIL)
    tell(affair, "objected")
    told = Message.objects.get()
    assert (told.template, told.href) == ("objection-filed", f"/services/objections/{row.code}")
    values = {"objection": row.code, "ruling": ruling, "reason": "日照已达标"}
    if ruling:
        service.act_on_affair("answer-objection", affair.code, values, by=SETUP)
    else:
        service.withdraw(affair.code, "不办了", by=SETUP)
    tell(affair, "objection-answered" if ruling else "withdrawn")
    message = Message.objects.exclude(pk=told.pk).get()
    assert message.href == f"/services/follow/{row.code}"
    assert word in message.text_zh
    assert "日照" not in message.text_zh + message.text_en, "the answer stands on its page alone"
    assert comms.unread_count(person) == 1
    assert Delivery.objects.filter(message=message, channel="mail", address=MAIL).count() == 1


def test_the_applicant_sees_the_answers_and_never_who() -> None:
    affair = on_notice()
    row, _ = objected(name="李四", email=MAIL)
    service.act_on_affair(
        "answer-objection",
        affair.code,
        {"objection": row.code, "ruling": "dismissed", "reason": "日照已达标"},
        by=SETUP,
    )
    owner = org.register_person("张三", by=SETUP)
    Affair.objects.filter(pk=affair.pk).update(subject=owner.code)
    browser = Client()
    browser.force_login(create_account("zhang", "x" * 20, owner, by=SETUP))
    page = browser.get(f"/my/affairs/{affair.code}").content.decode()
    assert "日照已达标" in page
    assert "异议不成立" in page
    assert not any(word in page for word in ("李四", MAIL, SAID, row.code))
