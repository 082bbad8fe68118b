"""Who is told what of a case, once, in their language, without the citizen's words."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Answer, Handle, Refuse, Return, Verify
from beichen.hubs.events.models import Case
from beichen.hubs.events.notices import tell
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.bus.event import from_dict
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.comms.models import Delivery, Message, Subscription, Template

pytestmark = pytest.mark.django_db
BY = system("events")
TEMPLATES = {
    "case-dispatched": ("新任务 {code}", "{kind} {region} {due} {grade}"),
    "case-returned": ("退回 {code}", "{kind}"),
    "case-overdue": ("超期 {code}", "{kind} {due}"),
    "case-due-soon": ("将到期 {code}", "{kind} {due}"),
    "case-supervised": ("督办 {code}", "{kind}"),
    "report-accepted": ("已受理 {report}", "{body}"),
    "report-answered": ("答复 {report}", "{answer}"),
    "report-refused": ("不予受理 {report}", "{answer}"),
}
WHO = service.ReporterFacts(name="李四", phone="13900000000", language="en")


@pytest.fixture(autouse=True)
def built() -> None:
    """The city with its texts."""
    city.build()
    for key, (subject, text) in TEMPLATES.items():
        words = {"subject_zh": subject, "subject_en": subject, "text_zh": text, "text_en": text}
        Template.objects.create(key=key, owner="scene:casework", channels=["sms", "mail"], **words)


def relay() -> int:
    """Let the room hear everything that was published, from the start."""
    rows = OutboxEvent.objects.filter(type__startswith="events.case.").order_by("id")
    return sum(tell(from_dict(orjson.loads(row.payload)), by=BY) for row in rows)


def test_a_desk_is_told_once_and_not_what_was_written() -> None:
    east = city.person("officer", "east", city.EAST)
    case = city.report("我是李四，路面大坑").case
    service.act(case.code, Accept(), by=city.attendant(), now=city.MONDAY)
    relay()
    relay()
    message = Message.objects.get(template="case-dispatched")
    assert message.about == f"case:{case.code}"
    assert message.href == f"/console/cases/{case.code}"
    assert "道路破损" in message.text_zh
    assert "Damaged road" in message.text_en
    assert "李四" not in message.text_zh + message.subject_zh
    told = Delivery.objects.filter(message=message, channel="inbox")
    assert [f"person:{one.person.code}" for one in told if one.person is not None] == [east.key]


def test_a_grave_case_is_urgent() -> None:
    city.person("officer", "east", city.EAST)
    case = city.report("路面塌陷").case
    service.act(case.code, Accept(), by=city.attendant(), now=city.MONDAY)
    relay()
    assert Message.objects.get(template="case-dispatched").urgency == "urgent"


def test_the_centre_hears_of_a_return_and_of_time_that_runs_out() -> None:
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    case = city.report().case
    service.tick(city.MONDAY + timedelta(minutes=13))
    service.tick(city.MONDAY + timedelta(minutes=16))
    service.act(case.code, Accept(), by=centre, now=city.MONDAY + timedelta(minutes=17))
    service.act(case.code, Return(reason="不是我区"), by=east, now=city.MONDAY + timedelta(minutes=18))
    relay()
    found = sorted(Message.objects.values_list("template", flat=True))
    assert found == ["case-dispatched", "case-due-soon", "case-overdue", "case-returned"]


def test_a_reporter_is_answered_over_what_they_left() -> None:
    receipt = city.report(reporter=WHO)
    city.report(longitude=125.3, latitude=43.8)
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    for command, by in (
        (Accept(), centre),
        (Handle(result="已修"), east),
        (Verify(is_passed=True), centre),
        (Answer(text="The road is repaired."), centre),
    ):
        service.act(receipt.case.code, command, by=by, now=city.MONDAY)
    relay()
    message = Message.objects.get(template="report-answered")
    assert message.text_en == "The road is repaired."
    delivery = Delivery.objects.get(message=message)
    assert (delivery.channel, delivery.address, delivery.language) == ("sms", "+8613900000000", "en")


def test_an_erased_reporter_and_a_city_without_texts_are_left_alone() -> None:
    receipt = city.report(reporter=WHO)
    service.erase(receipt.report, by=city.SETUP)
    service.act(receipt.case.code, Accept(), by=city.attendant(), now=city.MONDAY)
    Template.objects.filter(key="case-dispatched").update(is_current=False)
    assert relay() == 0
    assert not Message.objects.exists()


def test_a_browser_that_follows_an_anonymous_report_is_told() -> None:
    report = city.report("路面大坑").report
    other = city.report("路面大坑").report
    Subscription.objects.create(
        receiver=service.followed_as(report), digest="d", endpoint="https://x", created_at=city.MONDAY
    )
    service.act(report.case.code, Accept(), by=city.attendant(), now=city.MONDAY)
    relay()
    found = Delivery.objects.get(channel="push")
    assert (found.message.href, found.is_direct) == (f"/follow/{report.code}", True)
    assert not Message.objects.filter(href=f"/follow/{other.code}").exists()


def test_an_erased_reporter_is_in_no_message_any_more() -> None:
    receipt = city.report("路面大坑", reporter=WHO)
    city.report("路面大坑", reporter=service.ReporterFacts(phone="13911112222"))
    for row in Case.objects.all():
        service.act(row.code, Refuse(reason="李四，不属本市职责"), by=city.attendant(), now=city.MONDAY)
    relay()
    other = Message.objects.exclude(about=f"case:{receipt.case.code}").get(template="report-refused")
    service.erase(receipt.report, by=PUBLIC, now=city.MONDAY)
    mine = Message.objects.get(about=f"case:{receipt.case.code}", template="report-refused")
    delivery = mine.deliveries.get()
    kept = str([*Message.objects.filter(pk=mine.pk).values(), *mine.deliveries.values()])
    reporter = receipt.case.reports.get().reporter
    assert reporter is not None
    assert not {word for word in ("13900000000", "李四", reporter.code) if word in kept}
    assert (delivery.channel, delivery.state) == ("sms", "dropped")
    assert other.deliveries.get().address == "+8613911112222"
    assert "李四" in Message.objects.get(pk=other.pk).text_zh
    relay()
    assert Message.objects.filter(template="report-refused").count() == 2
    service.erase(receipt.report, by=PUBLIC, now=city.MONDAY)


def test_nothing_goes_to_an_address_that_was_erased() -> None:
    receipt = city.report("路面大坑", reporter=WHO)
    service.act(receipt.case.code, Refuse(reason="重复"), by=city.attendant(), now=city.MONDAY)
    relay()
    Delivery.objects.filter(channel="sms").update(state="queued", reason="", next_at=city.MONDAY)
    service.erase(receipt.report, by=PUBLIC, now=city.MONDAY)
    row = Delivery.objects.get(channel="sms")
    assert (row.state, row.reason, row.next_at) == ("dropped", "erased", None)
    assert row.receiver == f"erased:{row.number}"
    assert not row.message.text_zh
