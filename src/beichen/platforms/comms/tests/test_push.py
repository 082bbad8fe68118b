"""Notifications of browsers: subscribed, encrypted for the browser alone, shown, opened, and given up."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.platforms.comms import service as comms
from beichen.platforms.comms import vapid
from beichen.platforms.comms.channels import push
from beichen.platforms.comms.models import Delivery, Subscription
from beichen.platforms.comms.tests.conftest import BY, Make, sign_in
from beichen.platforms.comms.tests.servers import PushService
from beichen.problem import ProblemError
from beichen.settings import Settings

DAY = timezone.make_aware(datetime(2035, 11, 27, 10))
NOTICE = comms.Notice("dispatched", {"code": "A-1", "title": "井盖缺失"}, about="case:A-1", href="/cases/A-1")
FOLLOWED = "report:20351127-0001"


def send(*to: comms.Receiver, notice: comms.Notice = NOTICE) -> None:
    comms.send(notice, to, by=BY, now=DAY)


def deliver(at: datetime = DAY) -> dict[str, int]:
    return comms.deliver_due(by=BY, clock=lambda: at)


def pushed() -> Delivery:
    return Delivery.objects.get(channel="push")


def browser(service: PushService, name: str = "a", language: str = "zh") -> comms.Browser:
    return comms.Browser(**service.subscription(name), language=language)


def test_a_message_is_shown_in_a_persons_browser_and_nobody_else_reads_it(
    make: Make, push_service: PushService
) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    send(comms.ToPerson(li))
    assert deliver() == {"sent": 1}
    (call,) = push_service.calls
    said = push_service.read(call)
    assert (said["title"], said["body"]) == ("新任务 A-1", "请办理：井盖缺失")
    assert said["href"] == f"/messages/of/{pushed().message.code}"
    assert "井盖".encode() not in call.body
    assert (call.headers["Urgency"], call.headers["TTL"], len(call.headers["Topic"])) == (
        "normal",
        "86400",
        32,
    )
    key, claims = push_service.claims(call)
    assert key == vapid.public_key()
    assert (claims["aud"], claims["sub"]) == (push_service.url, "mailto:beichen@star.example")
    assert (pushed().state, pushed().address, pushed().name) == ("sent", "", "李")


def test_what_the_browser_says_is_a_receipt(make: Make, push_service: PushService, client: Client) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    send(comms.ToPerson(li))
    deliver()
    token = push_service.read(push_service.calls[0])["token"]

    def say(**document: Any) -> int:
        strict = Client(enforce_csrf_checks=True)
        return strict.post("/messages/shown", document, content_type="application/json").status_code

    assert say(token=pushed().number, state="delivered") == 404  # unsigned
    assert say(token=token, state="failed") == 404
    assert client.post("/messages/shown", "[", content_type="application/json").status_code == 404
    assert say(token=token, state="delivered") == 204
    assert pushed().state == "delivered"
    assert say(token=token, state="read") == 204
    assert say(token=token, state="delivered") == 204  # late, changes nothing
    assert (pushed().state, pushed().read_at is not None) == ("read", True)


def test_where_it_leads_reads_the_message(make: Make, push_service: PushService) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    send(comms.ToPerson(li))
    code = pushed().message.code
    assert comms.unread_count(li) == 1
    answer = sign_in(li).get(f"/messages/of/{code}")
    assert (answer.status_code, answer["Location"]) == (302, "/cases/A-1")
    assert comms.unread_count(li) == 0
    assert sign_in(make("王")).get(f"/messages/of/{code}")["Location"] == "/messages"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(make: Make, push_service: PushService, status: int) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    push_service.answers = [(status, {})]
    send(comms.ToPerson(li))
    assert deliver() == {"failed": 1}
    assert (pushed().reason, Subscription.objects.count()) == ("unsubscribed", 0)
    assert AuditRecord.objects.filter(action="comms.browser.gone").count() == 1
    send(comms.ToPerson(li))
    assert deliver() == {}


def test_a_service_in_trouble_is_asked_again_and_one_that_refuses_is_not(
    make: Make, push_service: PushService
) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    push_service.answers = [(503, {}), (429, {})]
    send(comms.ToPerson(li))
    assert deliver() == {"queued": 1}
    assert deliver(DAY + timedelta(minutes=1)) == {"queued": 1}
    assert deliver(DAY + timedelta(minutes=5)) == {"sent": 1}
    assert len({call.headers["Topic"] for call in push_service.calls}) == 1
    Delivery.objects.all().delete()
    push_service.answers = [(413, {})]
    send(comms.ToPerson(li))
    assert deliver() == {"failed": 1}
    assert (pushed().reason, Subscription.objects.count()) == ("refused", 1)


def test_one_service_that_is_away_does_not_stop_the_others(make: Make, push_service: PushService) -> None:
    li, wang = make("李"), make("王")
    with PushService() as closed:
        away = browser(closed)
    here = browser(push_service)
    comms.subscribe(here, wang, by=BY)
    Subscription.objects.create(
        digest="0" * 32, receiver=f"person:{li.code}", person=li, endpoint=away.endpoint,
        p256dh=away.p256dh, auth=away.auth, created_at=DAY,
    )  # fmt: skip
    send(comms.ToPerson(li), comms.ToPerson(wang))
    assert deliver() == {"queued": 1, "sent": 1}


def test_personal_data_stays_in_the_house_but_not_a_followers_own(
    make: Make, push_service: PushService
) -> None:
    li = make("李")
    comms.subscribe(browser(push_service, "staff"), li, by=BY)
    comms.subscribe(browser(push_service, "citizen", "en"), FOLLOWED, by=BY)
    personal = comms.Notice("dispatched", {"code": "S", "title": "病历"}, level=Level.L3, href="/follow/1")
    send(comms.ToPerson(li), comms.ToFollowers(FOLLOWED), comms.ToFollowers("report:other"), notice=personal)
    assert deliver() == {"sent": 2}
    said = {call.path: push_service.read(call) for call in push_service.calls}
    assert said["/push/staff"]["title"] == "您有一条消息"
    assert "病历" not in said["/push/staff"]["body"]
    citizen = said["/push/citizen"]
    assert (citizen["title"], citizen["body"]) == ("New task S", "Please handle: 病历")
    assert citizen["href"] == "/follow/1"


def test_low_is_not_pushed_muted_only_when_urgent(make: Make, push_service: PushService) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    send(comms.ToPerson(li), notice=comms.Notice("note", {"title": "x"}))
    comms.set_preferences(li, comms.Preferences(muted=["push"]), by=BY)
    send(comms.ToPerson(li))
    assert not Delivery.objects.filter(channel="push").exists()
    send(
        comms.ToPerson(li), notice=comms.Notice(NOTICE.template, NOTICE.values, urgency=comms.Urgency.URGENT)
    )
    deliver()
    assert push_service.calls[0].headers["Urgency"] == "high"


def test_a_subscription_that_cannot_be_used_is_refused(make: Make, push_service: PushService) -> None:
    good = asdict(browser(push_service))
    bad = {
        "endpoint": [
            "http://10.0.0.1/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://[",
            "",
            "x" * 2000,
        ],
        "p256dh": ["", "AAAA", "é", good["p256dh"][:-4]],
        "auth": ["", "AAAA"],
    }
    for name, values in bad.items():
        for value in values:
            with pytest.raises(ProblemError) as raised:
                comms.subscribe(comms.Browser(**{**good, name: value}), make("李"), by=BY)
            assert {(one.code, one.where.field) for one in raised.value.problems} == {("COM-115", name)}
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://a@fcm.googleapis.com/x", False),
        ("https://push.apple.com.example/x", False),
        ("https://localhost/x", False),
    ],
)
def test_services_are_known_by_their_hosts(
    make: Make, push_service: PushService, choose: Callable[..., None], endpoint: str, is_known: bool
) -> None:
    choose(push_hosts=Settings().push_hosts)
    facts = replace(browser(push_service), endpoint=endpoint)
    if is_known:
        assert comms.subscribe(facts, make("李"), by=BY)
    else:
        with pytest.raises(ProblemError, match="no push service"):
            comms.subscribe(facts, make("李"), by=BY)


def test_a_browser_is_one_however_often_it_subscribes(make: Make, push_service: PushService) -> None:
    li, wang = make("李"), make("王")
    for _ in range(2):
        comms.subscribe(browser(push_service), li, by=BY)
    comms.subscribe(browser(push_service), wang, by=BY)  # who signed in after Li at the same browser
    comms.subscribe(browser(push_service), FOLLOWED, by=BY)
    assert set(Subscription.objects.values_list("receiver", flat=True)) == {f"person:{wang.code}", FOLLOWED}
    for number in range(12):
        comms.subscribe(browser(push_service, str(number)), wang, by=BY, now=DAY + timedelta(minutes=number))
    assert Subscription.objects.filter(person=wang).count() == 10
    assert comms.followed([FOLLOWED, "report:x"]) == {FOLLOWED}
    assert comms.unsubscribe(browser(push_service).endpoint, FOLLOWED, by=BY) == 1
    assert comms.unsubscribe(browser(push_service).endpoint, FOLLOWED, by=BY) == 0


def test_followers_are_forgotten(make: Make, push_service: PushService) -> None:
    comms.subscribe(browser(push_service), FOLLOWED, by=BY, now=DAY)
    comms.subscribe(browser(push_service, "b"), make("李"), by=BY, now=DAY)
    comms.forget_addresses(by=BY, now=DAY + timedelta(days=100))
    assert Subscription.objects.count() == 2
    comms.forget_addresses(by=BY, now=DAY + timedelta(days=184))
    assert Subscription.objects.get().person is not None
    comms.subscribe(browser(push_service), FOLLOWED, by=BY)
    assert comms.forget_followers(FOLLOWED, by=BY) == 1


def test_the_inbox_offers_it_and_its_door_is_the_persons(make: Make, push_service: PushService) -> None:
    li = make("李")
    client = sign_in(li)
    page = client.get("/messages").content.decode()
    assert f'key="{vapid.public_key()}"' in page
    known = push_service.subscription()
    document = {"endpoint": known["endpoint"], "keys": {"p256dh": known["p256dh"], "auth": known["auth"]}}
    assert Client().post("/messages/browser", document, content_type="application/json").status_code == 302
    assert client.post("/messages/browser", document, content_type="application/json").status_code == 204
    assert Subscription.objects.get().person == li
    asked: dict[str, Any] = {"content_type": "application/json", "headers": {"Accept": "application/json"}}
    wrong = client.post("/messages/browser", {"keys": 1}, **asked)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "COM-115")
    ended = {**document, "off": True}
    assert client.post("/messages/browser", ended, content_type="application/json").status_code == 204
    assert not Subscription.objects.exists()


def test_the_key_is_made_once_and_only_its_owner_reads_it(
    choose: Callable[..., None], tmp_path: Path, make: Make
) -> None:
    choose(data_dir=str(tmp_path))
    file = tmp_path / vapid.FILE
    key = vapid.public_key()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (vapid.public_key(), list(tmp_path.iterdir())) == (key, [file])
    choose(push_key=file.read_text(), data_dir=str(tmp_path / "other"))
    assert vapid.public_key() == key
    for bad in ("short", "é", "A" * 43):
        choose(push_key=bad)
        with pytest.raises(ProblemError, match="32 bytes"):
            vapid.private_key()
        assert not push.CHANNEL.is_set_up()


def test_a_long_text_fits_what_services_take(make: Make, push_service: PushService) -> None:
    li = make("李")
    comms.subscribe(browser(push_service), li, by=BY)
    send(comms.ToPerson(li), notice=comms.Notice("dispatched", {"code": "长" * 400, "title": "井" * 5000}))
    assert deliver() == {"sent": 1}
    assert len(push_service.calls[0].body) <= 4096


def test_a_token_is_of_this_house() -> None:
    assert push.number_of(push.token_of("abc.1")) == "abc.1"
    assert push.number_of("abc.1:forged") == ""
    assert system("browser").key == "system:browser"
