"""Deliveries reach real servers: at least once, under the same number, with patience and an end."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.jobs.models import Schedule
from beichen.kernel.jobs.worker import JobWorker
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person
from beichen.platforms.comms import delivering, jobs, marking
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.channels import Outcome, Parcel, mail
from beichen.platforms.comms.channels.channel import Send
from beichen.platforms.comms.marking import ATTEMPTS, delay_after
from beichen.platforms.comms.models import Contact, Delivery, Message, Template
from beichen.platforms.comms.tests.conftest import BY, Make
from beichen.platforms.comms.tests.servers import Gateway, MailServer, MessageCentre

DAY = timezone.make_aware(datetime(2035, 11, 27, 10))
NOTICE = comms.Notice("dispatched", {"code": "A-1", "title": "井盖缺失"}, about="case:A-1", href="/cases/A-1")


def deliver(at: datetime = DAY) -> dict[str, int]:
    return comms.deliver_due(by=BY, clock=lambda: at)


def send(*to: comms.Receiver, notice: comms.Notice = NOTICE) -> Message:
    return comms.send(notice, to, by=BY, now=DAY)


def outside(message: Message) -> Delivery:
    return message.deliveries.exclude(channel="inbox").get()


def bodies(letter: EmailMessage) -> tuple[str, str]:
    parts = [letter.get_body([kind]) for kind in ("plain", "html")]
    plain, html = (part.get_content() if isinstance(part, EmailMessage) else "" for part in parts)
    return plain, html


def kinds() -> list[str]:
    rows = OutboxEvent.objects.filter(type__startswith="comms.delivery").order_by("id")
    return list(rows.values_list("type", flat=True))


def test_mail_arrives_in_the_readers_language(make: Make, mail_server: MailServer) -> None:
    li, ada = make("李", mail="li@x.cn"), make("Ada <x>", mail="ada@x.cn")
    Contact.objects.create(person=ada, language="en")
    send(comms.ToPerson(li), comms.ToPerson(ada))
    assert deliver() == {"sent": 2}
    chinese, english = mail_server.letters
    assert (chinese["Subject"], english["Subject"]) == ("新任务 A-1", "New task A-1")
    assert chinese["To"].addresses[0].display_name == "李"
    assert english["To"].addresses[0].addr_spec == "ada@x.cn"
    assert chinese["From"].addresses[0].addr_spec == "beichen@star.example"
    plain, html = bodies(chinese)
    assert "请办理：井盖缺失" in plain
    assert "https://star.example/cases/A-1" in plain
    assert 'href="https://star.example/cases/A-1">查看详情' in html
    assert "Ada &lt;x&gt;" in bodies(english)[1]
    row = Delivery.objects.get(person=li, channel="mail")
    assert chinese["Message-ID"] == f"<{row.number}@star.example>"
    assert (row.state, row.sent_at, row.attempts, row.next_at) == ("sent", DAY, 1, None)


def test_personal_data_stays_in_the_house(make: Make, mail_server: MailServer) -> None:
    personal = comms.Notice("dispatched", {"code": "S", "title": "病历"}, level=Level.L3, href="/x")
    send(comms.ToPerson(make("李", mail="li@x.cn")), notice=personal)
    send(comms.ToAddress("mail", "her-own@x.cn"), notice=personal)
    deliver()
    hint, own = mail_server.letters
    assert hint["Subject"] == "您有一条消息"
    assert "病历" not in hint.as_string()
    assert "/messages" in bodies(hint)[0]
    assert "病历" in bodies(own)[0]


@pytest.mark.parametrize("moment", ["claimed", "sent", "marked"])
def test_who_dies_on_the_way_is_taken_over_with_the_same_number(
    make: Make, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Killed after the claim, after the server took it, or before the mark is kept."""
    message = send(comms.ToPerson(make("李", mail="li@x.cn")))

    def die(*_arguments: Any, **_named: Any) -> Any:
        raise KeyboardInterrupt

    place: Any
    place, name = {
        "claimed": (delivering, "secrets_of"),
        "sent": (delivering, "mark"),
        "marked": (marking, "keep"),
    }[moment]
    with monkeypatch.context() as patch:
        patch.setattr(place, name, die)
        with pytest.raises(KeyboardInterrupt):
            deliver()
    row = outside(message)
    assert (row.state, row.attempts) == ("sending", 1)
    assert deliver(DAY + timedelta(minutes=9)) == {}
    assert deliver(DAY + delivering.LEASE) == {"sent": 1}
    numbers = {letter["Message-ID"] for letter in mail_server.letters}
    assert numbers == {f"<{row.number}@star.example>"}
    assert len(mail_server.letters) == (1 if moment == "claimed" else 2)


def test_what_kills_every_time_is_given_up(
    make: Make, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, at = send(comms.ToPerson(make("李", mail="li@x.cn"))), DAY

    def die(*_arguments: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "secrets_of", die)
        for _attempt in range(ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                deliver(at)
            at += delivering.LEASE
    assert deliver(at) == {"failed": 1}
    assert outside(message).reason == "gave-up"


def test_a_server_that_is_away_is_tried_eight_times_within_two_hours(
    make: Make, choose: Callable[..., None]
) -> None:
    choose(smtp_url="smtp://127.0.0.1:1")
    message = send(comms.ToPerson(make("李", mail="li@x.cn")))
    at, tries = DAY, 0
    while outside(message).state == "queued":
        deliver(at)
        tries += 1
        at = outside(message).next_at or at
    row = outside(message)
    assert (tries, row.attempts, row.state, row.reason) == (ATTEMPTS, ATTEMPTS, "failed", "gave-up")
    assert timedelta(minutes=90) < at - DAY < timedelta(hours=2)
    assert "refused" in row.error
    assert kinds() == ["comms.delivery.failed"]


def test_a_channel_that_is_away_is_asked_once_a_run(
    make: Make, choose: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(smtp_url="smtp://127.0.0.1:1")
    opened: list[int] = []
    genuine = EmailBackend.open

    def count(backend: EmailBackend) -> bool | None:
        opened.append(1)
        return genuine(backend)

    monkeypatch.setattr(EmailBackend, "open", count)
    for number in range(5):
        send(comms.ToPerson(make(f"李{number}", mail=f"li{number}@x.cn")))
    assert deliver() == {"queued": 5}
    assert len(opened) == 1


def test_a_refused_mailbox_fails_at_once_and_the_next_channel_follows(
    make: Make, mail_server: MailServer, gateway: Gateway
) -> None:
    message = send(comms.ToPerson(make("李", mail="unknown@x.cn", phone="13800000001")))
    assert deliver() == {"failed": 1, "sent": 1}
    mailed, texted = message.deliveries.exclude(channel="inbox").order_by("id")
    assert (mailed.state, mailed.reason, mailed.attempts) == ("failed", "refused", 1)
    assert "550" in mailed.error
    assert (texted.channel, texted.state, texted.number) == ("sms", "sent", f"{mailed.number}.1")
    assert [call.document["to"] for call in gateway.calls] == ["+8613800000001"]


def test_one_bad_letter_does_not_stop_the_others(make: Make, mail_server: MailServer) -> None:
    send(*(comms.ToPerson(make(f"李{number}", mail=f"{number}@x.cn")) for number in range(3)))
    mail_server.answers = ["451 come back later", "250 taken"]
    assert deliver() == {"queued": 1, "sent": 2}
    assert deliver(DAY + timedelta(seconds=29)) == {}
    assert deliver(DAY + timedelta(seconds=30)) == {"sent": 1}


def test_a_fault_of_ours_is_logged_and_waits(
    make: Make, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = send(comms.ToPerson(make("李", mail="li@x.cn")))
    monkeypatch.setattr(mail, "render_to_string", lambda *_arguments: 1 / 0)
    assert deliver() == {"queued": 1}
    assert "ZeroDivisionError" in outside(message).error
    assert "could not be sent" in caplog.text


def test_a_gateway_gets_a_signed_text_and_its_number_is_kept(make: Make, gateway: Gateway) -> None:
    message = send(comms.ToPerson(make("李", phone="13800000001")))
    deliver()
    (call,) = gateway.calls
    row = message.deliveries.get(channel="sms")
    assert call.path == "/send?to=%2B8613800000001"
    assert call.document == {
        "id": row.number,
        "to": "+8613800000001",
        "text": "请办理：井盖缺失 http://localhost:8000/cases/A-1",
        "language": "zh",
    }
    assert call.headers["Idempotency-Key"] == row.number
    seconds, _comma, given = call.headers["X-Beichen-Signature"].removeprefix("t=").partition(",v1=")
    wanted = hmac.new(b"a shared secret", f"{seconds}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert given == wanted
    assert row.reference == "g1"


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (403, "failed"), (429, "queued"), (500, "queued"), (302, "queued")]
)
def test_what_a_gateway_answers_decides(make: Make, gateway: Gateway, status: int, state: str) -> None:
    gateway.answers = [(status, {"error": "x"})]
    message = send(comms.ToPerson(make("李", phone="13800000001")))
    deliver()
    row = message.deliveries.get(channel="sms")
    assert row.state == state
    assert row.error.startswith(str(status))


@pytest.mark.parametrize("answer", [[1], "x", {"id": None}])
def test_an_answer_without_a_number_is_an_answer(make: Make, gateway: Gateway, answer: Any) -> None:
    gateway.answers = [(200, answer)]
    message = send(comms.ToPerson(make("李", phone="13800000001")))
    assert deliver() == {"sent": 1}
    assert message.deliveries.get(channel="sms").reference in ("", "None")


def test_a_message_centre_gets_chinese_in_parts(make: Make, choose: Callable[..., None]) -> None:
    long = comms.Notice("dispatched", {"code": "1", "title": "汛" * 100})
    with MessageCentre() as centre:
        choose(sms_url=f"smpp://city:secret@127.0.0.1:{centre.port}?from=Xinghe")
        message = send(comms.ToPerson(make("李", phone="13800000001")), notice=long)
        assert deliver() == {"sent": 1}
    assert centre.bound[0].startswith(b"city\0secret\0")
    assert len(centre.submitted) == 2
    assert all(b"8613800000001\0" in body for body in centre.submitted)
    text = b"".join(body[-(len(body) - body.index(b"\x05\x00\x03") - 6) :] for body in centre.submitted)
    assert text.decode("utf-16-be") == "请办理：" + "汛" * 100
    assert message.deliveries.get(channel="sms").reference == "m2"


@pytest.mark.parametrize(("status", "state"), [(0x0B, "failed"), (0x58, "queued")])
def test_what_a_message_centre_answers_decides(
    make: Make, choose: Callable[..., None], status: int, state: str
) -> None:
    with MessageCentre(status=status) as centre:
        choose(sms_url=f"smpp://city:secret@127.0.0.1:{centre.port}")
        message = send(comms.ToPerson(make("李", phone="13800000001")))
        deliver()
    assert message.deliveries.get(channel="sms").state == state


def test_a_message_centre_that_is_away_is_waited_for(make: Make, choose: Callable[..., None]) -> None:
    choose(sms_url="smpp://city:secret@127.0.0.1:1")
    send(comms.ToPerson(make("李", phone="13800000001")))
    assert deliver() == {"queued": 1}


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        (NotifyWeComBot, "wecombot://693a91f6-7a3c-4bc4-97a0-0ec2sifa5aaa"),
        (NotifyDingTalk, "dingtalk://SECabcdef@abcdefabcdef"),
        (NotifyFeishu, "feishu://abcdefabcdef"),
    ],
)
def test_a_chat_gets_what_its_service_wants(
    make: Make, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, kind: Any, url: str
) -> None:
    """The services' own formats, at a server of ours."""
    secret = "{key}" if kind is NotifyWeComBot else "{token}"
    monkeypatch.setattr(kind, "notify_url", f"{gateway.url}/hook/{secret}")
    comms.set_chat("crew", url, by=BY)
    message = send(comms.ToGroup("crew"))
    assert deliver() == {"sent": 1}
    (call,) = gateway.calls
    said = str(call.document)
    assert "新任务 A-1" in said
    assert "井盖缺失" in said
    assert outside(message).sent_at == DAY


def test_a_plain_webhook_that_does_not_take_it_is_tried_again(make: Make, gateway: Gateway) -> None:
    comms.set_chat("crew", f"json://127.0.0.1:{gateway.port}/hook", by=BY)
    gateway.answers = [(500, {})]
    send(comms.ToGroup("crew"))
    assert deliver() == {"queued": 1}
    assert deliver(DAY + delay_after(1)) == {"sent": 1}
    assert gateway.calls[-1].document["title"] == "新任务 A-1"


def test_a_chat_that_was_taken_away_fails(make: Make) -> None:
    comms.set_chat("crew", "json://127.0.0.1:1/hook", by=BY)
    send(comms.ToGroup("crew"))
    comms.set_chat("crew", "", by=BY)
    assert deliver() == {"failed": 1}


def test_a_channel_that_was_taken_away_fails(make: Make, mail_server: MailServer, choose: Any) -> None:
    send(comms.ToPerson(make("李", mail="li@x.cn")))
    choose(smtp_url="")
    assert deliver() == {"failed": 1}


def test_the_jobs_send_what_is_due(make: Make, mail_server: MailServer) -> None:
    message = comms.send(NOTICE, [comms.ToPerson(make("李", mail="li@x.cn"))], by=BY)
    comms.send(NOTICE, [comms.ToPerson(make("王", mail="wang@x.cn"))], by=BY)
    jobs.deliver.func(message.pk)
    assert len(mail_server.letters) == 1
    jobs.sweep.func()
    assert len(mail_server.letters) == 2


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_was_committed(make: Make, mail_server: MailServer) -> None:
    """Through the queue of jobs, as in the house; the sweep is among its schedules."""
    comms.send(NOTICE, [comms.ToPerson(make("李", mail="li@x.cn"))], by=BY)
    worker = JobWorker()
    worker.start()
    while worker.tick():
        pass
    assert [letter["Subject"] for letter in mail_server.letters] == ["新任务 A-1"]
    assert Schedule.objects.filter(name="comms.sweep", cron="* * * * *").exists()


def test_addresses_are_forgotten_after_half_a_year(make: Make, mail_server: MailServer) -> None:
    message = send(comms.ToPerson(make("李", mail="li@x.cn")))
    deliver()
    assert comms.forget_addresses(by=BY, now=DAY + timedelta(days=183)) == 0
    assert comms.forget_addresses(by=BY, now=DAY + timedelta(days=184)) == 1
    assert outside(message).address == ""
    jobs.forget.func()


class Quick:
    """A channel that takes everything."""

    def __init__(self) -> None:
        self.taken: list[Parcel] = []

    def is_set_up(self) -> bool:
        return True

    @contextmanager
    def open(self) -> Iterator[Send]:
        def send_(parcel: Parcel) -> Outcome:
            self.taken.append(parcel)
            return Outcome()

        yield send_


def test_delivering_asks_a_fixed_number_of_questions_a_chunk(
    city: None, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    quick = Quick()
    monkeypatch.setattr(mail, "CHANNEL", quick)
    Template.objects.filter(key="dispatched").update(channels=["mail"])
    people = Person.objects.bulk_create(
        Person(name=f"人{number}", email=f"p{number}@x.cn") for number in range(100)
    )
    send(*(comms.ToPerson(person) for person in people))
    with django_assert_max_num_queries(4 * 25 + 10):  # four claims with their marks, records and events
        assert deliver() == {"sent": 100}
    assert len({parcel.number for parcel in quick.taken}) == 100
    assert AuditRecord.objects.filter(action="comms.delivery.mark").count() == 4
