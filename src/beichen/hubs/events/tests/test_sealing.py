"""A closed case's evidence is sealed; what changes it is found, what erases people's words is not."""

from __future__ import annotations

import io

import orjson
import pytest
from PIL import Image

from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Answer, Handle, Verify
from beichen.hubs.events.models import Case, CaseEvent
from beichen.hubs.events.sealing import SEALED_CASE
from beichen.hubs.events.subscribers import seal
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC
from beichen.kernel.bus.event import decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.files.models import StoredFile
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger.models import Entry

pytestmark = pytest.mark.django_db


def closed() -> service.Receipt:
    """A case with a photograph, rated and closed, and what the bus carried of it, twice."""
    city.build()
    receipt = city.report("我是李四，门前有坑", reporter=service.ReporterFacts(name="李四"))
    code = receipt.case.code
    centre, handler = city.attendant(), city.person("officer", "east", city.EAST)
    service.act(code, Accept(), by=centre, now=city.MONDAY)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    service.photograph(code, io.BytesIO(picture.getvalue()), by=handler, now=city.MONDAY)
    service.act(code, Handle(result="已修复"), by=handler, now=city.MONDAY)
    service.act(code, Verify(is_passed=True), by=centre, now=city.MONDAY)
    service.act(code, Answer(text="已修复"), by=centre, now=city.MONDAY)
    found = service.follow(receipt.report.code, receipt.report.secret)
    service.rate(found, 5, is_solved=True, opinion="很快", by=PUBLIC, now=city.MONDAY)
    for payload in OutboxEvent.objects.order_by("id").values_list("payload", flat=True):
        if orjson.loads(payload)["type"] == "events.case.closed":
            seal(decode(payload))
            seal(decode(payload))
    return receipt


def problems() -> list[str]:
    return [one.code for one in ledger.verify().problems]


def test_a_closed_case_is_sealed_once() -> None:
    receipt = closed()
    row = Entry.objects.get(kind=SEALED_CASE.key)
    number = Case.objects.get(pk=receipt.case.pk).stream.count()
    assert row.reference == f"{receipt.case.code}@{number}"
    assert problems() == []


def test_what_was_done_cannot_be_changed_unseen() -> None:
    receipt = closed()
    step = CaseEvent.objects.get(case=receipt.case, name="handled")
    CaseEvent.objects.filter(pk=step.pk).update(by="person:SOMEBODY-ELSE")
    assert problems() == ["LED-203"]
    CaseEvent.objects.filter(pk=step.pk).update(by=step.by)
    assert problems() == []
    StoredFile.objects.update(hash="0" * 64)
    assert problems() == ["LED-203"]


def test_erasing_words_leaves_the_seal_whole() -> None:
    receipt = closed()
    found = service.follow(receipt.report.code, receipt.report.secret)
    service.erase(found, with_words=True, by=PUBLIC, now=city.MONDAY)
    assert problems() == []
