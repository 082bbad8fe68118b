"""What gateways report, what people read, and when a message may disturb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.service import create_client
from beichen.kernel.actor import Actor
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.comms import codes, delivering, marking
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Delivery, Roster, Shift
from beichen.platforms.comms.tests.conftest import BY, Make
from beichen.platforms.comms.tests.servers import Gateway, MailServer
from beichen.problem import ProblemError

DAY = timezone.make_aware(datetime(2035, 11, 27, 10))
NIGHT = timezone.make_aware(datetime(2035, 11, 27, 23))
MORNING = timezone.make_aware(datetime(2035, 11, 28, 7))
NOTICE = comms.Notice("dispatched", {"code": "A-1", "title": "x"})


@pytest.fixture
def texted(make: Make, gateway: Gateway) -> Delivery:
    """A text message that the gateway took as g1."""
    message = comms.send(NOTICE, [comms.ToPerson(make("李", phone="13800000001"))], by=BY, now=DAY)
    comms.deliver_due(by=BY, clock=lambda: DAY)
    return message.deliveries.get(channel="sms")


def report(key: str, *receipts: dict[str, Any]) -> Any:
    body = orjson.dumps({"receipts": receipts})
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Client().post("/api/comms/receipts", body, content_type="application/json", headers=headers)


@pytest.fixture
def key(city: None) -> str:
    return create_client("texts", "Texts", "gateway", by=BY)


def test_a_gateway_reports_by_its_number_or_ours(texted: Delivery, key: str) -> None:
    at = (DAY + timedelta(minutes=1)).isoformat()
    answer = report(key, {"id": "g1", "state": "delivered", "at": at}, {"id": "g9", "state": "delivered"})
    assert answer.json() == {"accepted": 1, "unknown": ["g9"]}
    texted.refresh_from_db()
    assert (texted.state, texted.delivered_at) == ("delivered", DAY + timedelta(minutes=1))
    assert report(key, {"id": texted.number, "state": "read"}).json()["accepted"] == 1
    texted.refresh_from_db()
    assert texted.state == "read"
    assert OutboxEvent.objects.filter(type="comms.delivery.delivered").count() == 1


def test_a_receipt_never_leads_back(texted: Delivery, key: str) -> None:
    for state in ("delivered", "read", "delivered", "failed", "read"):
        assert report(key, {"id": "g1", "state": state}).status_code == 200
    texted.refresh_from_db()
    assert texted.state == "read"


def test_a_text_that_bounced_failed(texted: Delivery, key: str) -> None:
    report(key, {"id": "g1", "state": "failed", "error": "no such number"})
    texted.refresh_from_db()
    assert (texted.state, texted.reason, texted.error) == ("failed", "bounced", "no such number")
    assert OutboxEvent.objects.filter(type="comms.delivery.failed").count() == 1


def test_a_receipt_that_is_faster_than_the_mark_is_not_lost(
    make: Make, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = comms.send(NOTICE, [comms.ToPerson(make("李", phone="13800000001"))], by=BY, now=DAY)
    row = message.deliveries.get(channel="sms")
    genuine = marking.mark

    def late(*arguments: Any, **named: Any) -> Any:
        comms.record_receipts([comms.Receipt(row.number, "delivered")], by=BY, now=DAY)
        return genuine(*arguments, **named)

    monkeypatch.setattr(delivering, "mark", late)
    comms.deliver_due(by=BY, clock=lambda: DAY)
    row.refresh_from_db()
    assert (row.state, row.reference) == ("delivered", "g1")


@pytest.mark.parametrize(
    "receipts",
    [
        [{"id": "g1", "state": "eaten"}],
        [{"id": "g1", "state": "read", "at": "2035-01-01T00:00:00"}],
        [{"id": "g1", "state": "read"}] * 1001,
    ],
)
def test_what_is_no_receipt_is_refused(texted: Delivery, key: str, receipts: Any) -> None:
    answer = report(key, *receipts)
    assert (answer.status_code, answer.json()["code"]) == (422, codes.BAD_RECEIPT)
    texted.refresh_from_db()
    assert texted.state == "sent"


def test_receipts_need_the_right(texted: Delivery) -> None:
    assert report("").status_code == 403
    assert (
        report(create_client("other", "Other", "officer", by=BY), {"id": "g1", "state": "read"}).status_code
        == 403
    )


def test_receipts_ask_a_fixed_number_of_questions(
    make: Make, gateway: Gateway, django_assert_max_num_queries: Any
) -> None:
    people = [make(f"李{number}", phone=f"1380000{number:04}") for number in range(40)]
    comms.send(NOTICE, [comms.ToPerson(one) for one in people], by=BY, now=DAY)
    comms.deliver_due(by=BY, clock=lambda: DAY)
    numbers = Delivery.objects.filter(channel="sms").values_list("number", flat=True)
    receipts = [comms.Receipt(number, "delivered") for number in numbers]
    with django_assert_max_num_queries(20):
        assert comms.record_receipts(receipts, by=BY, now=DAY).accepted == 40


def test_the_inbox_counts_what_is_unread(make: Make, django_assert_num_queries: Any) -> None:
    person, other = make("李"), make("王")
    for _number in range(3):
        comms.send(NOTICE, [comms.ToPerson(person), comms.ToPerson(other)], by=BY, now=DAY)
    with django_assert_num_queries(1):
        assert comms.unread_count(person) == 3
    first = comms.inbox_of(person).order_by("id")[0]
    foreign = comms.inbox_of(other).order_by("id")[0]
    assert comms.mark_read(person, [first.pk, foreign.pk], by=BY, now=NIGHT) == 1
    assert (comms.unread_count(person), comms.unread_count(other)) == (2, 3)
    assert comms.mark_read(person, by=BY) == 2
    assert comms.mark_read(person, by=BY) == 0
    first.refresh_from_db()
    assert (first.state, first.read_at) == ("read", NIGHT)
    with pytest.raises(ProblemError, match=codes.NO_MESSAGE):
        comms.inbox_message(person, foreign.pk)


def mailed(message: Any) -> tuple[str, datetime | None]:
    row = message.deliveries.get(channel="mail")
    return row.state, row.next_at


def test_what_can_wait_is_held_until_morning(make: Make, mail_server: MailServer) -> None:
    person = make("李", mail="li@x.cn")
    comms.set_city_quiet(time(22), time(7), by=BY)
    to = [comms.ToPerson(person)]
    held = comms.send(NOTICE, to, by=BY, now=NIGHT)
    assert mailed(held) == ("held", MORNING)
    urgent = comms.Notice("dispatched", NOTICE.values, urgency=comms.Urgency.URGENT)
    assert mailed(comms.send(urgent, to, by=BY, now=NIGHT))[0] == "queued"
    assert comms.deliver_due(by=BY, clock=lambda: NIGHT) == {"sent": 1}
    assert comms.deliver_due(by=BY, clock=lambda: MORNING) == {"sent": 1}
    assert comms.unread_count(person) == 2
    comms.set_preferences(person, comms.Preferences(quiet_from=time(7), quiet_until=time(9)), by=BY)
    assert mailed(comms.send(NOTICE, to, by=BY, now=NIGHT))[1] == MORNING + timedelta(hours=2)
    comms.set_city_quiet(None, None, by=BY)
    assert mailed(comms.send(NOTICE, to, by=BY, now=NIGHT))[0] == "queued"


def test_whoever_is_on_duty_is_awake(make: Make, mail_server: MailServer) -> None:
    person = make("李", mail="li@x.cn")
    comms.set_city_quiet(time(22), time(7), by=BY)
    comms.add_shift(Roster.objects.get(key="hotline"), person, NIGHT, MORNING, by=BY)
    assert mailed(comms.send(NOTICE, [comms.ToRoster("hotline")], by=BY, now=NIGHT))[0] == "queued"


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        (comms.Preferences(mail="nowhere"), "mail"),
        (comms.Preferences(phone="12"), "phone"),
        (comms.Preferences(muted=["pigeon"]), "muted"),
        (comms.Preferences(quiet_from=time(22)), "quiet_until"),
        (comms.Preferences(quiet_until=time(7)), "quiet_from"),
    ],
)
def test_preferences_that_cannot_be_are_refused(make: Make, chosen: comms.Preferences, field: str) -> None:
    with pytest.raises(ProblemError) as refused:
        comms.set_preferences(make("李"), chosen, by=BY)
    assert [problem.where.field for problem in refused.value.problems] == [field]


def test_preferences_are_used(make: Make, mail_server: MailServer, gateway: Gateway) -> None:
    person = make("李", mail="old@x.cn", phone="13800000001")
    assert comms.preferences_of(person) == comms.Preferences()
    chosen = comms.Preferences(language="en", mail="new@x.cn", phone="010-6552 9988", muted=["sms"])
    comms.set_preferences(person, chosen, by=BY)
    assert comms.preferences_of(person).phone == "+861065529988"
    comms.send(NOTICE, [comms.ToPerson(person)], by=BY, now=DAY)
    comms.deliver_due(by=BY, clock=lambda: DAY)
    assert [letter["To"].addresses[0].addr_spec for letter in mail_server.letters] == ["new@x.cn"]
    assert mail_server.letters[0]["Subject"] == "New task A-1"
    assert gateway.calls == []


def test_shifts_are_entered_and_taken_out(make: Make, actor: Callable[[str], Actor]) -> None:
    roster, person = Roster.objects.select_related("body__region").get(key="hotline"), make("李")
    operator = actor("operator")
    shifts = comms.add_shift(roster, person, DAY, DAY + timedelta(hours=8), weeks=3, by=operator)
    assert [shift.starts - DAY for shift in shifts] == [timedelta(days=7 * week) for week in range(3)]
    week = DAY + timedelta(days=7)
    for wrong in (
        {"starts": week + timedelta(hours=1), "ends": week + timedelta(hours=2)},
        {"starts": DAY, "ends": DAY},
        {"starts": DAY, "ends": DAY + timedelta(days=8)},
        {"starts": DAY - timedelta(days=1), "ends": DAY - timedelta(hours=23), "weeks": 27},
    ):
        with pytest.raises(ProblemError, match=codes.BAD_SHIFT):
            comms.add_shift(roster, person, by=operator, **wrong)
    with pytest.raises(ProblemError, match="ACC-403"):
        comms.add_shift(roster, make("王"), DAY, DAY + timedelta(hours=1), by=actor("officer"))
    first, second, _third = Shift.objects.select_related("roster__body__region", "person").order_by("starts")
    comms.remove_shift(first, by=operator, now=DAY + timedelta(hours=2))
    first.refresh_from_db()
    assert first.ends == DAY + timedelta(hours=2)
    comms.remove_shift(second, by=operator, now=DAY)
    assert Shift.objects.count() == 2
    with pytest.raises(ProblemError, match=codes.BAD_SHIFT):
        comms.remove_shift(first, by=operator, now=DAY + timedelta(hours=3))


def test_gaps_of_the_coming_week_are_told(make: Make, django_assert_max_num_queries: Any) -> None:
    roster, person = Roster.objects.get(key="hotline"), make("李")
    comms.add_shift(roster, person, DAY, DAY + timedelta(days=3), by=BY)
    comms.add_shift(roster, person, DAY + timedelta(days=4), DAY + timedelta(days=6), by=BY)
    with django_assert_max_num_queries(3):
        weeks = comms.roster_weeks(by=BY, since=DAY, until=DAY + timedelta(days=7), now=DAY)
    by_key = {week.roster.key: week for week in weeks}
    assert by_key["hotline"].now == [person]
    assert [problem.code for problem in by_key["hotline"].gaps] == ["COM-106", "COM-106"]
    assert "nobody from 2035-11-30 10:00 to 2035-12-01 10:00" in by_key["hotline"].gaps[0].message
    assert by_key["gate"].now == []
