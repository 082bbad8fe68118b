"""A message to people, bodies, groups, rosters and addresses: who is told, over what, and what is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Person
from beichen.kernel.org.service import region_by_code
from beichen.platforms.comms import codes
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Contact, Delivery, Message, Roster, Template
from beichen.platforms.comms.tests.conftest import BY, Make
from beichen.platforms.comms.tests.servers import Gateway, MailServer
from beichen.problem import ProblemError

DAY = timezone.make_aware(datetime(2035, 11, 27, 10))
NOTICE = comms.Notice("dispatched", {"code": "A-1", "title": "井盖缺失"}, about="case:A-1", href="/cases/A-1")


def told(message: Message) -> set[tuple[str, str, str, str]]:
    rows = message.deliveries.values_list("name", "channel", "state", "reason")
    return {(name, channel, state, reason) for name, channel, state, reason in rows}


def refused(*codes_: str) -> Any:
    return pytest.raises(ProblemError, match="|".join(codes_))


def test_the_inbox_has_it_at_once_and_channels_that_are_not_set_up_say_so(make: Make) -> None:
    message = comms.send(NOTICE, [comms.ToPerson(make("李", mail="li@x.cn"))], by=BY, now=DAY)
    assert (message.subject_zh, message.text_en) == ("新任务 A-1", "Please handle: 井盖缺失")
    assert told(message) == {
        ("李", "inbox", "delivered", ""),
        ("李", "mail", "dropped", "not-configured"),
        ("李", "sms", "dropped", "not-configured"),
    }
    assert not DBTaskResult.objects.exists()
    kinds = list(OutboxEvent.objects.filter(type__startswith="comms.message").values_list("type", flat=True))
    assert kinds == ["comms.message.sent"]
    assert AuditRecord.objects.filter(action="comms.message.send").count() == 1


def test_nothing_is_sent_when_the_transaction_rolls_back(make: Make, mail_server: MailServer) -> None:
    person = make("李", mail="li@x.cn")

    @transaction.atomic
    def dispatch() -> None:
        comms.send(NOTICE, [comms.ToPerson(person)], by=BY, now=DAY)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        dispatch()
    assert not Message.objects.exists()
    assert not DBTaskResult.objects.exists()
    comms.deliver_due(by=BY, clock=lambda: DAY)
    assert mail_server.letters == []


def test_the_same_key_is_the_same_message(make: Make) -> None:
    to = [comms.ToPerson(make("李"))]
    first = comms.send(NOTICE, to, by=BY, key="case-dispatched:A-1", now=DAY)
    assert comms.send(NOTICE, to, by=BY, key="case-dispatched:A-1", now=DAY) == first
    assert comms.send(NOTICE, to, by=BY, now=DAY) != first
    assert Delivery.objects.filter(channel="inbox").count() == 2


def test_a_normal_message_takes_the_first_channel_that_reaches(
    make: Make, mail_server: MailServer, gateway: Gateway
) -> None:
    both, phone, none = (
        make("一", mail="a@x.cn", phone="13800000001"),
        make("二", phone="13800000002"),
        make("三"),
    )
    message = comms.send(NOTICE, [comms.ToPerson(one) for one in (both, phone, none)], by=BY, now=DAY)
    assert {row for row in told(message) if row[1] != "inbox"} == {
        ("一", "mail", "queued", ""),
        ("二", "mail", "dropped", "no-address"),
        ("二", "sms", "queued", ""),
        ("三", "mail", "dropped", "no-address"),
        ("三", "sms", "dropped", "no-address"),
    }
    assert message.deliveries.get(name="一", channel="mail").fallback == [["sms", "+8613800000001"]]
    assert DBTaskResult.objects.count() == 1


def test_an_urgent_message_takes_every_channel_and_a_low_one_the_inbox(
    make: Make, mail_server: MailServer, gateway: Gateway
) -> None:
    person = make("李", mail="li@x.cn", phone="13800000001")
    Contact.objects.create(person=person, muted=["mail", "sms"])
    urgent = comms.Notice("dispatched", NOTICE.values, urgency=comms.Urgency.URGENT)
    message = comms.send(urgent, [comms.ToPerson(person)], by=BY, now=DAY)
    assert {row[1:3] for row in told(message)} == {
        ("inbox", "delivered"),
        ("mail", "queued"),
        ("sms", "queued"),
    }
    normal = comms.send(NOTICE, [comms.ToPerson(person)], by=BY, now=DAY)
    assert {row[1] for row in told(normal)} == {"inbox"}
    low = comms.send(comms.Notice("note", {"title": "x"}), [comms.ToPerson(person)], by=BY, now=DAY)
    assert {row[1] for row in told(low)} == {"inbox"}
    assert low.text_zh == "{原样} x"


def test_a_body_is_whoever_holds_the_post_for_the_region(make: Make) -> None:
    make("全市"), make("北区", region="990102"), make("东区", region="990103")
    make("规划", role="planner"), make("别处", body="roads")
    water = Body.objects.get(key="water")

    def names(role: str, region: str) -> set[str]:
        place = region_by_code(region) if region else None
        message = comms.send(NOTICE, [comms.ToBody(water, role=role, region=place)], by=BY, now=DAY)
        return {row.name for row in message.deliveries.filter(channel="inbox")}

    assert names("officer", "990102") == {"全市", "北区"}
    assert names("officer", "") == {"全市", "北区", "东区"}
    assert names("", "") == {"全市", "北区", "东区", "规划"}


def test_somebody_who_is_named_twice_is_told_once(make: Make) -> None:
    one = make("北区", region="990102")
    to: list[comms.Receiver] = [
        comms.ToPerson(one),
        comms.ToGroup("crew"),
        comms.ToBody(Body.objects.get(key="water")),
    ]
    assert comms.send(NOTICE, to, by=BY, now=DAY).deliveries.filter(channel="inbox").count() == 1


def test_members_by_name_are_in_the_group(make: Make) -> None:
    post, named, other = (
        make("北区", region="990102"),
        make("名单", body="roads"),
        make("东区", region="990103"),
    )
    comms.add_member("crew", named, by=BY)
    comms.add_member("crew", other, by=BY)
    comms.remove_member("crew", other, by=BY)
    message = comms.send(NOTICE, [comms.ToGroup("crew")], by=BY, now=DAY)
    assert set(message.deliveries.filter(channel="inbox").values_list("person", flat=True)) == {
        post.pk,
        named.pk,
    }


def test_an_empty_group_or_body_is_on_record(make: Make) -> None:
    to: list[comms.Receiver] = [
        comms.ToGroup("crew"),
        comms.ToBody(Body.objects.get(key="water"), role="officer"),
    ]
    assert told(comms.send(NOTICE, to, by=BY, now=DAY)) == {
        ("抢险队", "inbox", "dropped", "nobody-there"),
        ("water", "inbox", "dropped", "nobody-there"),
    }


def test_a_roster_tells_who_is_on_duty_and_its_fallback_when_nobody_is(make: Make) -> None:
    day, night, reserve = make("白班"), make("夜班"), make("后备", body="roads")
    roster = Roster.objects.get(key="hotline")
    comms.add_shift(roster, day, DAY - timedelta(hours=2), DAY + timedelta(hours=2), by=BY)
    comms.add_shift(roster, night, DAY + timedelta(hours=2), DAY + timedelta(hours=9), by=BY)

    def inboxes(at: datetime) -> set[int | None]:
        message = comms.send(NOTICE, [comms.ToRoster("hotline")], by=BY, now=at)
        return set(message.deliveries.filter(state="delivered").values_list("person", flat=True))

    assert inboxes(DAY) == {day.pk}
    assert inboxes(DAY + timedelta(hours=2)) == {night.pk}
    assert inboxes(DAY + timedelta(hours=9)) == {reserve.pk}
    assert Delivery.objects.get(receiver="roster:hotline").reason == "nobody-on-duty"
    assert OutboxEvent.objects.filter(type="comms.roster.gap").count() == 1
    assert comms.on_duty("hotline", now=DAY) == [day]
    with refused("COM-106"):
        comms.on_duty("hotline", now=DAY + timedelta(days=1))


def test_an_outside_address_gets_its_one_channel(city: None, gateway: Gateway) -> None:
    to = comms.ToAddress(channel="sms", address="139 0000 0001", name="王", language="en", subject="ABCDEF")
    row = comms.send(NOTICE, [to, to], by=BY, now=DAY).deliveries.get()
    assert (row.address, row.language, row.data_subject, row.person) == (
        "+8613900000001",
        "en",
        "ABCDEF",
        None,
    )


def test_an_outside_address_may_be_a_firms(city: None, gateway: Gateway) -> None:
    to = comms.ToAddress(channel="sms", address="139 0000 0001", subject="91110000600037341L")
    row = comms.send(NOTICE, [to], by=BY, now=DAY).deliveries.get()
    Delivery._meta.get_field("data_subject").run_validators(row.data_subject)  # SQLite keeps any length
    assert row.data_subject == "91110000600037341L"


@pytest.mark.parametrize(
    ("receiver", "code"),
    [
        (comms.ToGroup("nobody"), "COM-104"),
        (comms.ToRoster("nobody"), "COM-105"),
        (comms.ToAddress("pigeon", "x"), "COM-107"),
        (comms.ToAddress("sms", "12"), "COM-108"),
        (comms.ToAddress("mail", "not an address"), "COM-108"),
    ],
)
def test_a_receiver_that_cannot_be_is_refused(city: None, receiver: comms.Receiver, code: str) -> None:
    with refused(code):
        comms.send(NOTICE, [receiver], by=BY, now=DAY)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("notice", "code"),
    [
        (comms.Notice("nothing"), codes.NO_TEMPLATE),
        (comms.Notice("dispatched", {"code": "1"}), codes.NO_VALUE),
        (comms.Notice("dispatched", NOTICE.values, href="https://evil.example/"), codes.BAD_HREF),
        (comms.Notice("dispatched", NOTICE.values, href="//evil.example/"), codes.BAD_HREF),
        (comms.Notice("dispatched", NOTICE.values, href="/" + "x" * 600), codes.BAD_HREF),
    ],
)
def test_a_notice_that_cannot_be_said_is_refused(make: Make, notice: comms.Notice, code: str) -> None:
    with refused(code):
        comms.send(notice, [comms.ToPerson(make("李"))], by=BY, now=DAY)


def test_what_somebody_wrote_cannot_break_a_header(make: Make) -> None:
    values = {"code": "A\r\nBcc: all@x.cn", "title": "x"}
    message = comms.send(comms.Notice("dispatched", values), [comms.ToPerson(make("李"))], by=BY, now=DAY)
    assert message.subject_zh == "新任务 A Bcc: all@x.cn"


def test_a_group_chat_gets_no_personal_data(make: Make) -> None:
    make("北区", region="990102")
    comms.set_chat("crew", "wecombot://693a91f6-7a3c-4bc4-97a0-0ec2sifa5aaa", by=BY)
    to = [comms.ToGroup("crew")]
    open_ = comms.send(NOTICE, to, by=BY, now=DAY).deliveries.get(channel="group")
    assert (open_.state, open_.address) == ("queued", "")
    closed = comms.send(comms.Notice("dispatched", NOTICE.values, level=Level.L3), to, by=BY, now=DAY)
    assert closed.deliveries.get(channel="group").reason == "personal"
    assert "693a91f6" not in str(list(AuditRecord.objects.values_list("detail", "resource")))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "wecombot://", "http://x/", "mailto://a:b@x.cn"])
def test_a_chat_that_is_none_is_refused(city: None, url: str) -> None:
    with refused("COM-108"):
        comms.set_chat("crew", url, by=BY)


def test_a_message_to_a_thousand_people_asks_no_more_questions(
    city: None, mail_server: MailServer, django_assert_max_num_queries: Any
) -> None:
    Template.objects.filter(key="dispatched").update(channels=["mail"])
    people = Person.objects.bulk_create(
        Person(name=f"人{number}", email=f"p{number}@x.cn") for number in range(1000)
    )
    to = [comms.ToPerson(person) for person in people]
    with django_assert_max_num_queries(22):
        comms.send(NOTICE, to[:1], by=BY, now=DAY)
    # Two thousand rows in batches of what SQLite takes in one statement.
    with django_assert_max_num_queries(22 + 60):
        message = comms.send(NOTICE, to, by=BY, now=DAY)
    assert message.deliveries.count() == 2000
