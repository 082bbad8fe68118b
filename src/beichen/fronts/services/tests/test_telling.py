"""Applicants are told what becomes of their affair: by the templates that the city's scene declares."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from beichen.fronts.services import service
from beichen.fronts.services.models import Affair
from beichen.fronts.services.subscribers import tell
from beichen.fronts.services.tests import applicants
from beichen.fronts.services.tests.applicants import applied, citizen
from beichen.fronts.services.tests.town import SETUP, do, waiting
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.bus.event import Event, decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Message
from beichen.platforms.comms.tests.stock import load_messages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    applicants.build()
    forget_rates()


def events(kind: str) -> list[Event]:
    """What the bus carries of this type."""
    found = OutboxEvent.objects.order_by("id").values_list("payload", flat=True)
    return [decode(one) for one in found if orjson.loads(one)["type"] == f"services.affair.{kind}"]


def ask(affair: Affair) -> None:
    service.ask_for_material(affair.code, waiting(affair)[0].number, ["消防设计文件"], "缺少附图", by=SETUP)


def test_missing_material_is_told_once_and_without_what_it_is() -> None:
    load_messages("appointments", by=SETUP)
    person, by, browser = citizen()
    affair = applied(by).affair
    ask(affair)
    for event in events("material-asked") * 2:
        tell(event)
    message = Message.objects.get()
    assert message.href == f"/my/affairs/{affair.code}"
    assert affair.code in message.text_zh
    assert "消防" not in message.text_zh + message.text_en
    assert comms.unread_count(person) == 1
    assert affair.code in browser.get("/my/messages").content.decode()


def test_the_end_of_an_affair_is_told_with_its_outcome() -> None:
    load_messages("appointments", by=SETUP)
    _person, by, _browser = citizen()
    do(applied(by).affair, "check", "refuse")
    tell(events("closed")[0])
    message = Message.objects.get()
    assert "已办结：不予" in message.text_zh
    assert message.template == "affair-closed"


def test_a_decision_taken_back_is_told() -> None:
    load_messages("appointments", by=SETUP)
    _person, by, _browser = citizen()
    affair = do(applied(by).affair, "check", "refuse")
    service.annul(affair.code, "材料不实", by=SETUP)
    tell(events("annulled")[0])
    message = Message.objects.get()
    assert message.template == "affair-annulled"
    assert "不实" not in message.text_zh


def test_suspending_and_going_on_are_told() -> None:
    load_messages("appointments", by=SETUP)
    _person, by, _browser = citizen()
    affair = applied(by).affair
    service.suspend(affair.code, "诉讼", by=SETUP)
    service.resume(affair.code, "诉讼已了结", by=SETUP)
    for event in (*events("suspended"), *events("resumed")):
        tell(event)
    assert sorted(Message.objects.values_list("template", flat=True)) == [
        "affair-resumed",
        "affair-suspended",
    ]
    assert not Message.objects.filter(text_zh__contains="诉讼").exists()


def test_nobody_is_told_of_what_is_long_past_or_without_templates() -> None:
    _person, by, _browser = citizen()
    ask(applied(by).affair)
    event = events("material-asked")[0]
    tell(event)
    assert not Message.objects.exists(), "a city without the templates"
    load_messages("appointments", by=SETUP)
    tell(dataclasses.replace(event, time=timezone.now() - timedelta(days=3)))
    tell(dataclasses.replace(event, subject="20250101-AAAAAA"))
    assert not Message.objects.exists()
