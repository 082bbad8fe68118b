"""The loop 发现 → 受理 → 分发 → 处置 → 反馈 → 评价, through the room's functions, each by whoever may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from beichen.hubs.events import service
from beichen.hubs.events.commands import (
    Accept,
    AddCost,
    AddEvidence,
    AddTask,
    Answer,
    AnswerNote,
    Classify,
    Dispatch,
    Extend,
    FinishStep,
    FinishTask,
    Handle,
    Refuse,
    Regrade,
    Reopen,
    Resume,
    Return,
    Supervise,
    Transfer,
    Verify,
    Wait,
)
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.tests import city
from beichen.hubs.events.words import Outcome, Stage
from beichen.kernel.actor import PUBLIC
from beichen.kernel.bus.models import OutboxEvent
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def built() -> None:
    """The city."""
    city.build()


def published(code: str) -> list[dict[str, Any]]:
    """What the bus carries of a case, in its order."""
    rows = OutboxEvent.objects.order_by("id").values_list("payload", flat=True)
    events = [orjson.loads(row) for row in rows]
    return [event for event in events if event["subject"] == code]


def refused(error: pytest.ExceptionInfo[ProblemError]) -> str:
    """The code of a refusal."""
    return error.value.problems[0].code


def test_a_report_goes_all_the_way_round() -> None:
    now = city.MONDAY
    receipt = city.report()
    centre, handler = city.attendant(), city.person("officer", "east", city.EAST)
    code = receipt.case.code
    assert (receipt.is_new, receipt.is_joined, receipt.case.stage) == (True, False, Stage.ACCEPT)
    assert receipt.case.due_at == now + timedelta(minutes=15)

    accepted = service.act(code, Accept(), by=centre, now=now + timedelta(minutes=10))
    assert (accepted.stage, accepted.accepted_in_time) == (Stage.HANDLE, True)
    assert accepted.desk is not None
    assert accepted.desk.key == "east"
    assert accepted.due_at == now + timedelta(minutes=10) + 8 * HOUR

    service.act(code, AddTask(title="填坑", body="roads"), by=handler, now=now + HOUR)
    roads = city.person("officer", "roads")
    service.act(code, FinishTask(task=1, result="已填"), by=roads, now=now + 2 * HOUR)
    service.act(code, AddCost(yuan=1200.5, purpose="沥青"), by=handler, now=now + 2 * HOUR)
    handled = service.act(code, Handle(result="已修复"), by=handler, now=now + 3 * HOUR)
    assert (handled.stage, handled.handled_in_time) == (Stage.VERIFY, True)
    service.act(code, Verify(is_passed=True), by=centre, now=now + 4 * HOUR)
    answered = service.act(code, Answer(text="路面已修复，请放心通行"), by=centre, now=now + 5 * HOUR)
    assert (answered.stage, answered.answered_in_time, answered.alert_at) == (Stage.RATE, True, None)

    found = service.follow(receipt.report.code, receipt.report.secret)
    rated = service.rate(found, 5, is_solved=True, opinion="很快", by=PUBLIC, now=now + 6 * HOUR)
    assert (rated.stage, rated.outcome, rated.is_open, rated.rating) == (
        Stage.CLOSED,
        Outcome.RESOLVED,
        False,
        5,
    )
    assert service.differences(rated) == []
    assert [event["type"] for event in published(code)] == [
        "events.case.opened",
        "events.case.accepted",
        "events.case.dispatched",
        "events.case.task-added",
        "events.case.task-done",
        "events.case.cost-added",
        "events.case.handled",
        "events.case.verified",
        "events.case.answered",
        "events.case.rated",
        "events.case.closed",
    ]


def test_what_a_citizen_wrote_is_not_published() -> None:
    code = city.report("路面大坑，请联系张三").case.code
    assert [event["type"] for event in published(code)] == ["events.case.opened"]
    assert "张三" not in str(published(code))


def test_the_same_key_comes_in_once() -> None:
    first = city.report(key="abc")
    second = city.report("another text", key="abc")
    assert (second.is_new, second.report.code) == (False, first.report.code)
    assert Report.objects.count() == Case.objects.count() == 1
    assert city.report(key="abc", channel="open311").is_new


def test_reports_of_the_same_place_join_one_case() -> None:
    here: dict[str, Any] = {"longitude": 125.3, "latitude": 43.8}
    first = city.report(**here)
    near = city.report(longitude=125.3005, latitude=43.8)  # about 40 m
    far = city.report(longitude=125.302, latitude=43.8)  # about 160 m
    late = city.report(**here, now=city.MONDAY + timedelta(days=4))
    other = city.report(**here, kind="works.tree-fallen", answers={"blocks": "road"})
    assert (near.is_joined, near.case.code, near.case.report_count) == (True, first.case.code, 2)
    assert not far.is_joined
    assert not late.is_joined
    assert not other.is_joined
    joined = list(service.timeline(first.case))[-1]
    assert joined.name == "joined"
    assert 30 < joined.data["metres"] < 60


def test_the_grade_follows_the_kinds_conditions() -> None:
    assert city.report("路面塌陷").case.grade == 2
    assert city.report("路面有坑").case.grade == 4


def test_an_automatic_kind_is_dispatched_by_the_nearest_body() -> None:
    case = city.report(
        "树倒了", kind="works.tree-fallen", region=city.STREET, answers={"blocks": "road"}
    ).case
    assert case.desk is not None
    assert (case.stage, case.desk.key) == (Stage.HANDLE, "east")
    west = city.report("树倒了", kind="works.tree-fallen", region=city.WEST, answers={"blocks": "road"}).case
    assert west.desk is not None
    assert west.desk.key == "gardens"  # the west has no body of that kind: the next row
    dispatched = next(step for step in service.timeline(west) if step.name == "dispatched")
    assert dispatched.data["row"] == 2


def test_nothing_is_handled_before_what_the_kind_needs_is_there() -> None:
    case = city.report("树倒了", kind="works.tree-fallen", answers={"blocks": "road"}).case
    handler = city.person("officer", "east", city.EAST)
    with pytest.raises(ProblemError) as error:
        service.act(case.code, Handle(result="已清理"), by=handler, now=city.MONDAY)
    assert [(one.code, one.where.field) for one in error.value.problems] == [
        ("EVT-305", "photo"),
        ("EVT-305", "made-safe"),
        ("EVT-305", "cause"),
    ]
    service.act(case.code, AddEvidence(file="F", need="photo"), by=handler, now=city.MONDAY)
    service.act(case.code, FinishStep(step="made-safe"), by=handler, now=city.MONDAY)
    handled = Handle(result="已清理", answers={"cause": "大风"})
    assert service.act(case.code, handled, by=handler, now=city.MONDAY).stage == Stage.ANSWER


def test_a_desk_sees_its_own_cases_only() -> None:
    case = city.report().case
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    gardens = city.person("officer", "gardens")
    assert list(service.cases(by=centre)) == [case]
    assert list(service.cases(by=east)) == []
    service.act(case.code, Accept(), by=centre, now=city.MONDAY)
    assert list(service.cases(by=east)) == [case]
    assert list(service.cases(by=gardens)) == []
    assert list(service.cases(by=PUBLIC)) == []
    with pytest.raises(ProblemError) as error:
        service.find_case(case.code, by=gardens)
    assert refused(error) == "EVT-308"
    with pytest.raises(ProblemError) as error:
        service.act(case.code, Handle(result="x"), by=gardens, now=city.MONDAY)
    assert refused(error) == "EVT-308"


def test_a_change_that_was_not_seen_is_not_overwritten() -> None:
    case = city.report().case
    first, second = city.attendant(), city.attendant()
    service.act(case.code, Regrade(grade=3, reason="人流大"), by=first, expected=1, now=city.MONDAY)
    with pytest.raises(ProblemError) as error:
        service.act(case.code, Accept(), by=second, expected=1, now=city.MONDAY)
    assert refused(error) == "EVT-307"
    assert first.name in error.value.problems[0].message


def test_a_refusal_is_told_and_appealed() -> None:
    receipt = city.report()
    centre = city.attendant()
    with pytest.raises(ProblemError) as error:
        service.act(receipt.case.code, Refuse(reason=" "), by=centre, now=city.MONDAY)
    assert refused(error) == "EVT-302"
    case = service.act(receipt.case.code, Refuse(reason="不属于本市"), by=centre, now=city.MONDAY)
    assert (case.is_open, case.outcome) == (False, Outcome.REFUSED)
    again = service.appeal(receipt.report, "就在本市", by=PUBLIC, now=city.MONDAY + HOUR)
    assert (again.stage, again.outcome, again.due_at) == (Stage.ACCEPT, "", city.MONDAY + 1.25 * HOUR)


def test_a_case_is_returned_transferred_and_extended() -> None:
    code = city.report().case.code
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    service.act(code, Accept(), by=centre, now=city.MONDAY)
    back = service.act(code, Return(reason="不是我区道路"), by=east, now=city.MONDAY + HOUR)
    assert (back.stage, back.desk, back.returns) == (Stage.DISPATCH, None, 1)
    assert list(service.cases(by=east)) == [back]  # whoever had it still sees what became of it
    service.act(code, Dispatch(lead="gardens"), by=centre, now=city.MONDAY + HOUR)
    moved = service.act(code, Transfer(lead="roads", reason="主干路"), by=centre, now=city.MONDAY + HOUR)
    assert moved.desk is not None
    assert moved.desk.key == "roads"
    boss = city.person("supervisor", "government")
    with pytest.raises(ProblemError) as error:
        service.act(code, Extend(by="1d", reason="雨天"), by=centre, now=city.MONDAY + HOUR)
    assert refused(error) == "ACC-403"
    before = moved.due_at
    assert before is not None
    longer = service.act(code, Extend(by="1d", reason="雨天"), by=boss, now=city.MONDAY + HOUR)
    assert longer.due_at == before + timedelta(days=1)


def test_waiting_stops_the_clock() -> None:
    code = city.report().case.code
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    service.act(code, Accept(), by=centre, now=city.MONDAY)
    waiting = service.act(code, Wait(reason="等待材料"), by=east, now=city.MONDAY + 2 * HOUR)
    assert (waiting.is_waiting, waiting.due_at, waiting.alert_at) == (True, None, None)
    assert service.tick(city.MONDAY + timedelta(days=9)) == 0
    resumed = service.act(code, Resume(), by=east, now=city.MONDAY + timedelta(days=5))
    assert resumed.due_at == city.MONDAY + timedelta(days=5) + 6 * HOUR


def test_the_clock_warns_and_what_is_overdue_is_supervised() -> None:
    code = city.report().case.code
    start = city.MONDAY
    minute = timedelta(minutes=1)
    said = []
    for passed in range(40):
        service.tick(start + passed * minute)
        said.append(Case.objects.get(code=code).alerted)
    assert [said.index(share) for share in (50, 80, 100)] == [8, 12, 15]
    case = Case.objects.get(code=code)
    assert case.supervisions == 1
    service.tick(start + timedelta(days=3))
    assert Case.objects.get(code=code).supervisions == 1
    names = [step.name for step in service.timeline(case)]
    assert names == ["opened", "warned", "warned", "warned", "supervised", "warned"]
    accepted = service.act(code, Accept(is_routed=False), by=city.attendant(), now=start + timedelta(days=3))
    assert accepted.accepted_in_time is False


def test_a_note_is_answered_by_the_desk() -> None:
    code = city.report().case.code
    service.act(code, Accept(), by=city.attendant(), now=city.MONDAY)
    boss, east = city.person("supervisor", "government"), city.person("officer", "east", city.EAST)
    service.act(code, Supervise(text="为何未处置"), by=boss, now=city.MONDAY)
    with pytest.raises(ProblemError) as error:
        service.act(code, AnswerNote(note=2, text="x"), by=east, now=city.MONDAY)
    assert refused(error) == "EVT-306"
    service.act(code, AnswerNote(note=1, text="正在施工"), by=east, now=city.MONDAY)


def test_an_unsolved_case_is_opened_again_once() -> None:
    receipt = city.report()
    code, centre = receipt.case.code, city.attendant()
    east = city.person("officer", "east", city.EAST)

    def handle_again() -> None:
        service.act(code, Handle(result="已修"), by=east, now=city.MONDAY)
        service.act(code, Verify(is_passed=True), by=centre, now=city.MONDAY)
        service.act(code, Answer(text="已修复"), by=centre, now=city.MONDAY)

    service.act(code, Accept(), by=centre, now=city.MONDAY)
    handle_again()
    report = service.follow(receipt.report.code, receipt.report.secret)
    opened = service.rate(report, 1, is_solved=False, opinion="还有坑", by=PUBLIC, now=city.MONDAY)
    assert (opened.stage, opened.reopenings) == (Stage.HANDLE, 1)
    handle_again()
    report = service.follow(receipt.report.code, receipt.report.secret)
    closed = service.rate(report, 2, is_solved=False, opinion="", by=PUBLIC, now=city.MONDAY)
    assert (closed.stage, closed.rating) == (Stage.CLOSED, 2)
    service.act(code, Reopen(reason="现场复核未通过"), by=centre, now=city.MONDAY)


def test_a_step_waits_for_its_stage() -> None:
    receipt = city.report()
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    for command in (Verify(is_passed=True), Answer(text="x"), Dispatch(), Reopen(reason="x")):
        with pytest.raises(ProblemError) as error:
            service.act(receipt.case.code, command, by=centre, now=city.MONDAY)
        assert refused(error) == "EVT-301"
    service.act(receipt.case.code, Accept(), by=centre, now=city.MONDAY)
    service.act(receipt.case.code, Wait(reason="x"), by=east, now=city.MONDAY)
    for late in (Handle(result="x"), Wait(reason="y")):
        with pytest.raises(ProblemError) as error:
            service.act(receipt.case.code, late, by=east, now=city.MONDAY)
        assert refused(error) == "EVT-301"
    with pytest.raises(ProblemError) as error:
        service.rate(receipt.report, 5, is_solved=True, opinion="", by=PUBLIC, now=city.MONDAY)
    assert refused(error) == "EVT-301"


def test_a_case_is_merged_into_another() -> None:
    first, second = city.report(), city.report("路上有坑")
    centre = city.attendant()
    kept = service.merge(second.case.code, first.case.code, by=centre, now=city.MONDAY)
    assert kept.report_count == 2
    gone = Case.objects.get(code=second.case.code)
    assert (gone.outcome, gone.merged_into) == (Outcome.MERGED, kept)
    assert service.follow(second.report.code, second.report.secret).case == kept
    for one in (kept, gone):
        assert service.differences(one) == []
    with pytest.raises(ProblemError) as error:
        service.merge(first.case.code, second.case.code, by=centre, now=city.MONDAY)
    assert refused(error) == "EVT-311"
    with pytest.raises(ProblemError) as error:
        service.merge(first.case.code, first.case.code, by=centre, now=city.MONDAY)
    assert refused(error) == "EVT-311"


def test_an_unclassified_report_is_classified_first() -> None:
    code = city.report(kind="").case.code
    centre = city.attendant()
    with pytest.raises(ProblemError) as error:
        service.act(code, Accept(), by=centre, now=city.MONDAY)
    assert refused(error) == "EVT-302"
    with pytest.raises(ProblemError) as error:
        service.act(code, Classify(kind="works.no"), by=centre, now=city.MONDAY)
    assert refused(error) == "EVT-303"
    case = service.act(code, Classify(kind="works.road-damaged"), by=centre, now=city.MONDAY)
    assert case.kind is not None
    assert case.kind.key == "works.road-damaged"
    assert service.act(code, Accept(), by=centre, now=city.MONDAY).stage == Stage.HANDLE


def test_commands_come_by_name() -> None:
    assert service.command_of("regrade", {"grade": "3", "reason": "x"}) == Regrade(grade=3, reason="x")
    for name, values in (("regrade", {"grade": "x", "reason": "y"}), ("no", {}), ("handle", {})):
        with pytest.raises(ProblemError) as error:
            service.command_of(name, dict(values))
        assert refused(error) == "EVT-310"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 5000}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"address": "\0"}, "address"),
        ({"longitude": 125.3}, "latitude"),
        ({"longitude": 200.0, "latitude": 43.0}, "longitude"),
        ({"longitude": float("nan"), "latitude": 43.0}, "longitude"),
        ({"reporter": service.ReporterFacts(phone="call me")}, "phone"),
        ({"reporter": service.ReporterFacts(email="nobody")}, "email"),
        ({"answers": {"colour": "red"}}, "colour"),
    ],
)
def test_a_bad_report_says_where(facts: dict[str, object], field: str) -> None:
    with pytest.raises(ProblemError) as error:
        city.report(**{"text": "x", **facts})  # type: ignore[arg-type]
    assert [(one.code, one.where.field) for one in error.value.problems] == [("EVT-401", field)]
    assert not Case.objects.exists()


def test_only_who_may_takes_reports_of_others() -> None:
    nobody = city.person("officer", "east", city.EAST)
    with pytest.raises(ProblemError) as error:
        city.report(channel="hotline", by=nobody)
    assert refused(error) == "ACC-403"
    assert city.report(channel="hotline", by=city.attendant()).is_new
