"""What somebody would try who means no good, or who comes at the wrong moment."""

from __future__ import annotations

import io
import threading
import zipfile
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from beichen.hubs.events import acting, service
from beichen.hubs.events.commands import Accept, Answer, Handle, Refuse, Verify, Wait
from beichen.hubs.events.identity import ERASED
from beichen.hubs.events.intake import duplicates
from beichen.hubs.events.intake import receive as intake
from beichen.hubs.events.models import Case, CaseEvent, Likeness
from beichen.hubs.events.suggesting import look_at
from beichen.hubs.events.tests import city
from beichen.kernel.access.service import create_client
from beichen.kernel.actor import PUBLIC
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Body
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
NEAR: dict[str, Any] = {"longitude": 125.33, "latitude": 43.88}


@pytest.fixture(autouse=True)
def town() -> None:
    """The invented city."""
    city.build()


def refusal(error: pytest.ExceptionInfo[ProblemError]) -> str:
    """The code of the first problem."""
    return str(error.value.problems[0].code)


def bearer(role: str, body: str) -> dict[str, str]:
    """The headers of a client of a body."""
    secret = create_client(f"{role}-{body}", role, role, body=Body.objects.get(key=body), by=city.SETUP)
    return {"Authorization": f"Bearer {secret}"}


def test_a_hidden_case_answers_like_one_that_is_not_there(client: Client) -> None:
    """Read or written to, by a stranger or the public: the same status and document, but for the code."""
    hidden, nothing = city.report().case.code, "20250609-ABCDEF"
    for headers in (bearer("officer", "gardens"), {}):
        for method, suffix in (("get", ""), ("post", "/accept"), ("post", "/photographs")):
            answers = []
            for code in (hidden, nothing):
                sent: dict[str, Any] = (
                    {} if method == "get" else {"data": "{}", "content_type": "application/json"}
                )
                answer = getattr(client, method)(f"/api/events/cases/{code}{suffix}", headers=headers, **sent)
                answers.append((answer.status_code, answer.content.replace(code.encode(), b"")))
            assert answers[0] == answers[1]
            assert answers[0][0] in {404, 403 if not headers else 404, 422}
    boss, code = city.person("officer", "gardens"), city.report("另一处路面塌陷").case.code
    with pytest.raises(ProblemError) as error:
        service.merge(hidden, code, by=boss)
    assert refusal(error) == "EVT-308"


def test_a_report_that_comes_again_is_not_new(client: Client) -> None:
    """201 for the first, 200 for its repetition, with the same codes."""
    headers = bearer("attendant", "centre") | {"Idempotency-Key": "once"}
    told = {"channel": "hotline", "text": "路面有坑", "region": city.EAST, "kind": "works.road-damaged"}
    answers = [
        client.post("/api/events/reports", told, "application/json", headers=headers) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


def test_words_stay_off_the_bus() -> None:
    """Neither what a citizen wrote nor what an officer did: whoever hears events need not see cases."""
    receipt = city.report("张三家门口有坑", address="幸福街1号")
    code, report = receipt.case.code, receipt.report
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    for command, by in (
        (Accept(), centre),
        (Wait(reason="等张三电话"), east),
    ):
        service.act(code, command, by=by, now=city.MONDAY)
    service.act(code, service.command_of("resume", {}), by=east, now=city.MONDAY)
    service.act(code, Handle(result="张三在场已修好"), by=east, now=city.MONDAY)
    service.act(code, Verify(is_passed=True, note="张三已确认"), by=centre, now=city.MONDAY)
    service.act(code, Answer(text="张三您好，已修好"), by=centre, now=city.MONDAY)
    service.rate(report, 1, is_solved=False, opinion="张三不满意", by=PUBLIC, now=city.MONDAY)
    sent = "".join(
        OutboxEvent.objects.filter(type__startswith="events.case").values_list("payload", flat=True)
    )
    assert "events.case.reopened" in sent
    assert "张三" not in sent
    assert "幸福街" not in sent


def test_everything_that_a_reporter_wrote_is_erased() -> None:
    """Wherever it went: opinions, appeals, cases that were joined to others, what alike cases share."""
    receipt = city.report("张三家门口路面有大坑很危险")
    other = city.report("李四家门口路面有大坑很危险", now=city.MONDAY + timedelta(minutes=1))
    third = city.report("王五家门口路面有大坑很危险", now=city.MONDAY + timedelta(minutes=2))
    look_at(receipt.case.code)
    look_at(other.case.code)
    assert Likeness.objects.exclude(shared=[]).exists()
    centre = city.attendant()
    service.act(receipt.case.code, Refuse(reason="不属于本市"), by=centre, now=city.MONDAY)
    service.appeal(receipt.report, "张三说就在本市", by=PUBLIC, now=city.MONDAY)
    service.merge(receipt.case.code, other.case.code, by=centre, now=city.MONDAY)
    last = service.merge(other.case.code, third.case.code, by=centre, now=city.MONDAY)
    service.act(last.code, Refuse(reason="不属于本市"), by=centre, now=city.MONDAY)
    receipt.report.refresh_from_db()
    service.erase(receipt.report, with_words=True, by=PUBLIC)
    kept = [
        *CaseEvent.objects.values_list("data", flat=True),
        *Case.objects.values_list("text", "title", "state"),
        *Likeness.objects.values_list("shared", flat=True),
    ]
    assert "张三" not in str(kept)
    assert "李四" in str(kept)
    assert ERASED in str(kept)
    assert [service.differences(case) for case in Case.objects.all()] == [[], [], []]
    assert not Likeness.objects.exclude(shared=[]).exists()


def test_a_refusal_is_appealed_once() -> None:
    """Nobody keeps a centre busy by objecting for ever."""
    receipt = city.report()
    centre = city.attendant()
    service.act(receipt.case.code, Refuse(reason="不属于本市"), by=centre, now=city.MONDAY)
    service.appeal(receipt.report, "就在本市", by=PUBLIC, now=city.MONDAY)
    service.act(receipt.case.code, Refuse(reason="已查，不属于本市"), by=centre, now=city.MONDAY)
    with pytest.raises(ProblemError) as error:
        service.appeal(receipt.report, "还是在本市", by=PUBLIC, now=city.MONDAY)
    assert refusal(error) == "EVT-301"


def test_one_broken_clock_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of two cannot speak; the second does, and the first when it can again."""
    first, second = (
        city.report(text, region=region).case for text, region in (("甲", city.EAST), ("乙", city.WEST))
    )
    real = acting._perform

    def perform(row: Case, *values: Any, **named: Any) -> Case:
        if row.code == first.code:
            raise KeyError("a kind of another age")
        return real(row, *values, **named)

    late = city.MONDAY + timedelta(days=1)
    monkeypatch.setattr(acting, "_perform", perform)
    assert service.tick(late) == 1
    second.refresh_from_db()
    assert second.alerted == 100
    monkeypatch.undo()
    assert service.tick(late) == 1


def test_a_case_that_closes_meanwhile_is_not_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between being found and being locked a case can be closed: the report then opens its own."""
    first = city.report()
    real = duplicates.same_case

    def found_too_early(*values: Any) -> Any:
        match = real(*values)
        service.act(first.case.code, Refuse(reason="重复"), by=city.SETUP, now=city.MONDAY)
        return match or duplicates.Match(first.case.pk, first.case.code, 1.0, 1.0)

    monkeypatch.setattr(intake, "same_case", found_too_early)
    second = city.report("路面又有一个大坑")
    assert (second.is_joined, second.case.code != first.case.code) == (False, True)
    assert second.report.case == second.case


def test_a_stale_join_of_two_cases_is_refused() -> None:
    """Of two people who decide about a case at once, the second is told."""
    first, second = city.report("甲处路面有坑"), city.report("乙处路面有坑")
    centre = city.attendant()
    service.act(first.case.code, Accept(), by=centre, now=city.MONDAY)
    with pytest.raises(ProblemError) as error:
        service.merge(
            first.case.code, second.case.code, by=centre, expected=first.case.version, now=city.MONDAY
        )
    assert refusal(error) == "EVT-307"


def test_numbers_that_no_document_holds_are_refused() -> None:
    """An answer of 301 digits."""
    answers = {"blocks": "road", "height_m": "1e300"}
    with pytest.raises(ProblemError) as error:
        city.report(kind="works.tree-fallen", answers=answers)
    assert refusal(error) == "EVT-401"


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_times_at_the_end_of_the_calendar(client: Client, moment: str) -> None:
    """There is no day before the first one."""
    for name in ("start_date", "end_date"):
        answer = client.get("/open311/v2/requests.json", {name: moment})
        assert answer.status_code == 400, name


def test_a_workbook_that_would_fill_the_memory() -> None:
    """A hundred kilobytes that unpack to a hundred megabytes."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sharedStrings.xml", "w") as entry,
    ):
        entry.write(b" " * (100 << 20))
    with pytest.raises(ProblemError) as error:
        service.read_sheet(file.getvalue(), "a.xlsx")
    assert refusal(error) == "EVT-408"
    with pytest.raises(ProblemError):
        service.read_sheet(b"PK no zip", "a.xlsx")


@pytest.mark.parametrize(
    "body",
    ['{"a":' * 5000 + "1" + "}" * 5000, "[" * 100_000, '{"answers":' + '{"a":' * 400 + "1" + "}" * 401],
)
def test_deep_documents(client: Client, body: str) -> None:
    """Refused, not recursed into."""
    headers = bearer("attendant", "centre")
    code = city.report().case.code
    for path in ("/api/events/reports", f"/api/events/cases/{code}/accept"):
        answer = client.post(path, body, "application/json", headers=headers)
        assert 400 <= answer.status_code < 500, path


def test_what_was_answered_is_for_its_sender(client: Client) -> None:
    """The public list of reports shows no answer: it speaks to a person."""
    receipt = city.report()
    service.act(
        receipt.case.code, Refuse(reason="张三您好，不属于本市"), by=city.attendant(), now=city.MONDAY
    )
    shown = client.get(f"/open311/v2/requests/{receipt.report.code}.json").content.decode()
    assert orjson.loads(shown)[0]["status"] == "closed"
    assert "张三" not in shown


@pytest.mark.services
@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.django_db(transaction=True)
def test_the_same_thing_told_by_many_at_once_is_one_case() -> None:
    """On a database with many writers: one opens the case, the others join it, and nobody waits for ever."""
    start = threading.Barrier(4)
    codes: list[str] = []

    def send() -> None:
        try:
            start.wait(60)
            codes.extend(city.report("路面有一个大坑", region=city.EAST, **NEAR).case.code for _ in range(3))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(codes) == 12
    assert len(set(codes)) == 1
