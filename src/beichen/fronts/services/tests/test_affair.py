"""An affair from its application to its end, through the room's service."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.fronts.services import service
from beichen.fronts.services.models import Affair, Definition, Task, Timer
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.town import MONDAY, SETUP, ZONE, apply, do, names, person, waiting
from beichen.fronts.services.words import Standing, Status
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Region
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    town.build()


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problems[0].code


def events(affair: Affair) -> list[str]:
    return [event.name for event in service.trail(affair)]


def test_an_application_goes_through_bodies_in_parallel_to_its_end() -> None:
    affair = apply()
    assert names(affair) == ["check@window"]
    assert affair.promised_at == datetime(2025, 6, 23, 17, 0, tzinfo=ZONE)
    affair = do(affair, "check", "accept")
    assert names(affair) == ["review@fire", "review@planning"]
    affair = do(affair, "review", "approve", body="fire", data={"remark": "可"})
    assert names(affair) == ["review@planning"]
    affair = do(affair, "review", "approve", body="planning")
    assert names(affair) == ["sign@window"]
    affair = do(affair, "sign")
    assert [timer.step for timer in service.timers_of(affair)] == ["notice"]
    assert affair.status == Status.RUNNING
    assert service.tick(MONDAY + timedelta(days=1)) == 0, "the notice lasts two working days"
    assert service.tick(datetime(2025, 6, 11, 17, 0, tzinfo=ZONE)) == 1
    affair.refresh_from_db()
    assert (affair.status, affair.outcome, affair.is_in_time) == (Status.DONE, "granted", True)
    assert affair.working_days == 2.9
    assert events(affair) == ["opened", *["completed"] * 4, "timer-fired", "closed"]


def test_a_firm_applies_under_its_credit_code() -> None:
    """18 characters, and codes of the registry have more: no column may be too short, the record's least."""
    for code in ("91110000600037341L", "F" * 40):
        affair = service.start(
            "permit", {"project": "厂房", "area_m2": 5}, code, Region.objects.get(code=town.CITY), by=SETUP
        )[0]
        assert AuditRecord.objects.get(resource=f"fronts_services.affair:{affair.code}").subject == code


def test_one_body_that_says_no_ends_it() -> None:
    affair = do(apply(), "check", "accept")
    affair = do(affair, "review", "approve", body="fire")
    affair = do(affair, "review", "reject", body="planning")
    assert (affair.status, affair.outcome) == (Status.DONE, "refused")
    assert waiting(affair) == []


def test_a_table_decides_who_reviews() -> None:
    assert names(do(apply(area=50), "check", "accept")) == ["review@planning"]


def test_silence_is_consent() -> None:
    affair = do(apply(), "check", "accept")
    do(affair, "review", "approve", body="fire")
    timer = Timer.objects.get(affair=affair)
    assert timer.due_at == datetime(2025, 6, 12, 17, 0, tzinfo=ZONE), "three working days"
    assert service.tick(timer.due_at - timedelta(seconds=1)) == 0
    assert service.tick(timer.due_at) == 1
    assert names(affair) == ["sign@window"]
    late = Task.objects.get(affair=affair, body__key="planning")
    assert late.standing == Standing.OVERTAKEN
    assert service.tick(timer.due_at) == 0, "a timer fires once"


def test_silence_does_not_undo_what_was_said() -> None:
    affair = do(apply(), "check", "accept")
    do(affair, "review", "reject", body="fire")
    assert service.tick(Timer.objects.get(affair=affair).due_at) == 1
    affair.refresh_from_db()
    assert affair.outcome == "refused"


def test_the_region_chooses_the_window() -> None:
    assert names(apply(region=town.EAST)) == ["check@east-window"]


def test_the_same_key_is_the_same_application() -> None:
    place = Region.objects.get(code=town.CITY)
    data = {"project": "a", "area_m2": 1}
    first = service.start("permit", data, "F-1", place, by=SETUP, key="k")
    again = service.start("permit", data, "F-1", place, by=SETUP, key="k")
    assert (first[1], again[1]) == (True, False)
    assert first[0].pk == again[0].pk
    assert Affair.objects.count() == 1


def test_what_a_step_may_not_be_told_changes_nothing() -> None:
    affair = do(apply(), "check", "accept")
    with pytest.raises(ProblemError) as error:
        do(affair, "review", "maybe", body="fire")
    assert code_of(error) == "SRV-305"
    with pytest.raises(ProblemError) as error:
        do(affair, "review", "approve", body="fire", data={"area_m2": 1})
    assert code_of(error) == "SRV-305"
    affair.refresh_from_db()
    assert affair.version == 2
    with pytest.raises(ProblemError) as error:
        service.start("permit", {"area_m2": -1, "x": 1}, "F-1", affair.region, by=SETUP)
    assert [problem.where.field for problem in error.value.problems] == ["x", "project", "area_m2"]


@pytest.mark.parametrize("subject", ["", "有限公司", "A B", "A" * 41])
def test_a_subject_is_a_code(subject: str) -> None:
    with pytest.raises(ProblemError) as error:
        service.start("permit", {}, subject, Region.objects.get(code=town.CITY), by=SETUP)
    assert code_of(error) == "SRV-305"


def test_an_unknown_process_names_the_nearest() -> None:
    with pytest.raises(ProblemError, match="permit") as error:
        service.start("permitt", {}, "F-1", Region.objects.get(code=town.CITY), by=SETUP)
    assert code_of(error) == "SRV-304"


def test_a_version_that_was_not_seen_is_refused() -> None:
    affair = do(apply(), "check", "accept")
    with pytest.raises(ProblemError) as error:
        do(affair, "review", "approve", body="fire", expected=1)
    assert code_of(error) == "SRV-303"
    assert do(affair, "review", "approve", body="fire", expected=2).version == 3


def test_bodies_see_and_do_their_own() -> None:
    affair = do(apply(), "check", "accept")
    fire, east = person("officer", "fire"), person("officer", "east-window")
    assert [task.body.key for task in service.tasks_for(fire)] == ["fire"]
    assert list(service.tasks_for(east)) == []
    with pytest.raises(ProblemError) as error:
        service.find_affair(affair.code, by=east)
    assert code_of(error) == "SRV-301"
    with pytest.raises(ProblemError) as error:
        do(affair, "review", "approve", body="planning", by=fire)
    assert code_of(error) == "ACC-403"
    assert do(affair, "review", "approve", body="fire", by=fire).version == 3
    with pytest.raises(ProblemError) as error:
        service.start("permit", {}, "F-1", affair.region, by=fire)
    assert code_of(error) == "ACC-403"


def test_a_step_that_a_colleague_has_taken() -> None:
    affair = do(apply(), "check", "accept")
    one, other = person("officer", "fire"), person("officer", "fire")
    number = waiting(affair)[0].number
    affair = service.take(affair.code, number, by=one, now=MONDAY)
    assert waiting(affair)[0].by_name == "officer of fire"
    with pytest.raises(ProblemError) as error:
        service.take(affair.code, number, by=other)
    assert code_of(error) == "SRV-302"
    with pytest.raises(ProblemError) as error:
        do(affair, "review", "approve", body="fire", by=other)
    assert code_of(error) == "SRV-302"
    do(affair, "review", "approve", body="fire", by=one)


def test_hand_over() -> None:
    affair = do(apply(), "check", "accept")
    fire, planning = person("officer", "fire"), person("officer", "planning")
    number = waiting(affair)[0].number
    for to, wanted in (("nobody", "SRV-308"), ("fire", "SRV-305")):
        with pytest.raises(ProblemError) as error:
            service.hand_over(affair.code, number, to, "回避", by=fire)
        assert code_of(error) == wanted
    with pytest.raises(ProblemError) as error:
        service.hand_over(affair.code, number, "planning", " ", by=fire)
    assert code_of(error) == "SRV-305"
    service.hand_over(affair.code, number, "planning", "回避", by=fire, now=MONDAY)
    assert [task.number for task in service.tasks_for(planning)] == [number, number + 1]
    assert service.find_affair(affair.code, by=fire).pk == affair.pk, "who took part still sees it"
    with pytest.raises(ProblemError) as error:  # not SRV-301: it is there for them, the step is not theirs
        service.complete(affair.code, number, "approve", {}, by=fire)
    assert code_of(error) == "ACC-403"


def test_recall_takes_back_what_nothing_followed() -> None:
    affair = apply()
    window, fire = person("officer", "window"), person("officer", "fire")
    affair = do(affair, "check", "accept", by=window)
    with pytest.raises(ProblemError) as error:
        service.recall(affair.code, "not mine", by=fire)
    assert code_of(error) == "ACC-403"
    affair = service.recall(affair.code, "看错了", by=window, now=MONDAY)
    assert names(affair) == ["check@window"]
    assert service.timers_of(affair) == []
    affair = do(affair, "check", "accept", by=window)
    assert names(affair) == ["review@fire", "review@planning"]
    do(affair, "review", "approve", body="fire", by=fire)
    with pytest.raises(ProblemError) as error:
        service.recall(affair.code, "too late", by=window)
    assert code_of(error) == "ACC-403"
    affair = service.recall(affair.code, "看错了", by=fire, now=MONDAY)
    assert names(affair) == ["review@fire", "review@planning"]
    assert len(service.timers_of(affair)) == 1
    service.take(affair.code, waiting(affair)[0].number, by=fire)
    with pytest.raises(ProblemError) as error:
        service.recall(affair.code, "nothing left", by=fire)
    assert code_of(error) == "SRV-302"


def test_a_time_limit_runs_again_as_it_did_when_its_step_is_done_again() -> None:
    affair = do(apply(), "check", "accept")
    due = service.timers_of(affair)[0].due_at
    service.recall(affair.code, "看错了", by=SETUP, now=MONDAY)
    affair = do(affair, "check", "accept", now=MONDAY + timedelta(hours=2))
    assert len(service.timers_of(affair)) == 1
    for body in ("fire", "planning"):
        affair = do(affair, "review", "approve", body=body)
    assert service.timers_of(affair) == [], "who was asked has answered"
    assert names(affair) == ["sign@window"]
    assert due is not None
    assert service.tick(due + timedelta(days=30)) == 0
    assert Task.objects.filter(affair=affair).count() == len(
        {one.engine_id for one in service.tasks_of(affair)}
    )


def test_an_act_takes_few_statements() -> None:
    """Each is a way to the database while the affair, and at the end the audit's head, is locked."""
    affair, window = apply(), person("officer", "window")
    do(apply(1500), "check", "accept", by=window)  # what each process of the house reads once

    def sent(step: str, outcome: str, **more: Any) -> list[str]:
        task = next(one for one in waiting(affair) if one.step == step and one.body.key == more["body"])
        actor = more["by"]
        with CaptureQueriesContext(connection) as seen:
            service.complete(affair.code, task.number, outcome, {}, by=actor, now=MONDAY)
        return [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]

    is_one = connection.vendor == "postgresql"  # what writes, but for the record
    two_bodies_come_in = sent("check", "accept", by=window, body="window")
    assert len(two_bodies_come_in) <= (6 if is_one else 13), "\n".join(two_bodies_come_in)
    fire, planning = person("officer", "fire"), person("officer", "planning")
    one_of_two = sent("review", "approve", by=fire, body="fire")
    assert len(one_of_two) <= (5 if is_one else 9), "\n".join(one_of_two)
    the_last_of_them = sent("review", "approve", by=planning, body="planning")
    assert len(the_last_of_them) <= (7 if is_one else 12), "\n".join(the_last_of_them)


def test_suspension_stops_every_clock() -> None:
    affair = do(apply(), "check", "accept")
    later = datetime(2025, 6, 10, 10, 30, tzinfo=ZONE)
    chief = person("supervisor", "government")
    with pytest.raises(ProblemError) as error:
        service.suspend(affair.code, "诉讼", by=person("officer", "fire"))
    assert code_of(error) == "ACC-403"
    affair = service.suspend(affair.code, "诉讼", by=chief, now=later)
    assert affair.status == Status.SUSPENDED
    assert service.tick(later + timedelta(days=30)) == 0
    with pytest.raises(ProblemError) as error:
        do(affair, "review", "approve", body="fire")
    assert code_of(error) == "SRV-302"
    with pytest.raises(ProblemError) as error:
        service.suspend(affair.code, "again", by=chief)
    assert code_of(error) == "SRV-302"
    promised, due = affair.promised_at, Timer.objects.get(affair=affair).opened_at
    affair = service.resume(affair.code, "判决", by=chief, now=later + timedelta(days=7))
    assert affair.promised_at == promised + timedelta(days=7)
    timer = Timer.objects.get(affair=affair)
    assert timer.due_at == datetime(2025, 6, 19, 17, 0, tzinfo=ZONE)
    assert timer.opened_at == due
    task = waiting(affair)[0]
    assert (task.due_at, task.is_paused) == (datetime(2025, 6, 18, 17, 0, tzinfo=ZONE), False)
    with pytest.raises(ProblemError) as error:
        service.resume(affair.code, "again", by=chief)
    assert code_of(error) == "SRV-302"


def test_missing_material_stops_the_clock_until_it_comes() -> None:
    affair = do(apply(), "check", "accept")
    number = waiting(affair)[0].number
    fire = person("officer", "fire")
    for items in ([], ["x"] * 31, [" "]):
        with pytest.raises(ProblemError) as error:
            service.ask_for_material(affair.code, number, items, "缺", by=fire)
        assert code_of(error) == "SRV-305"
    affair = service.ask_for_material(affair.code, number, ["消防图纸"], "缺图", by=fire, now=MONDAY)
    assert affair.status == Status.MATERIAL
    assert service.tick(MONDAY + timedelta(days=30)) == 0, "no consent while material is missing"
    with pytest.raises(ProblemError) as error:
        service.ask_for_material(affair.code, number, ["x"], "again", by=fire)
    assert code_of(error) == "SRV-302"
    do(affair, "review", "approve", body="planning")  # others may go on
    with pytest.raises(ProblemError) as error:
        service.give_material(affair.code, 99, {}, "none", by=SETUP)
    assert code_of(error) == "SRV-302"
    late = MONDAY + timedelta(days=14)
    affair = service.give_material(affair.code, number, {"area_m2": 3000}, "图纸已交", by=SETUP, now=late)
    assert (affair.status, affair.data["area_m2"]) == (Status.RUNNING, 3000)
    assert affair.promised_at == datetime(2025, 7, 7, 17, 0, tzinfo=ZONE)
    affair = do(affair, "review", "approve", body="fire", now=late)
    assert names(affair) == ["sign@window"]


def test_withdrawal_ends_everything() -> None:
    affair = do(apply(), "check", "accept")
    affair = service.withdraw(affair.code, "不办了", by=SETUP, now=MONDAY)
    assert affair.status == Status.WITHDRAWN
    assert waiting(affair) == [] == service.timers_of(affair)
    with pytest.raises(ProblemError) as error:
        service.withdraw(affair.code, "again", by=SETUP)
    assert code_of(error) == "SRV-302"
    with pytest.raises(ProblemError) as error:
        service.complete(affair.code, 1, "", {}, by=SETUP)
    assert code_of(error) == "SRV-302"


def test_running_affairs_finish_on_their_version() -> None:
    old = apply()
    entry = {**town.ENTRY, "promised": "20d"}
    town.declare("permit", entry, town.FILES)
    town.declare("permit", entry, town.FILES)
    assert sorted(Definition.objects.values_list("number", "is_newest")) == [(1, False), (2, True)]
    new = apply()
    assert (old.definition.number, new.definition.number) == (1, 2)
    assert new.promised_at > old.promised_at
    assert names(do(old, "check", "accept")) == ["review@fire", "review@planning"]


def test_another_scene_may_not_take_a_process() -> None:
    with pytest.raises(ProblemError) as error:
        service.declare_processes({"permit": service.Declared(town.ENTRY, town.FILES)}, scene="o", by=SETUP)
    assert code_of(error) == "SRV-107"
    changes = service.declare_processes({}, scene="permits", by=SETUP)
    assert changes.removed == ["permit"]
    with pytest.raises(ProblemError) as error:
        apply()
    assert code_of(error) == "SRV-304"


def test_each_act_is_audited_and_told_without_what_was_written() -> None:
    affair = do(apply(), "check", "accept")
    do(affair, "review", "approve", body="fire", data={"remark": "内部意见"})
    told = list(OutboxEvent.objects.values_list("payload", flat=True))
    assert len([one for one in told if "services.affair." in one]) == 3
    assert not [one for one in told if "内部意见" in one or "文化中心" in one]
    records = AuditRecord.objects.filter(resource=f"fronts_services.affair:{affair.code}")
    assert [record.subject for record in records] == ["FIRM-1"] * 3


def test_an_affair_without_a_body_for_its_lane_is_refused_whole() -> None:
    entry = {
        **town.ENTRY,
        "lanes": {
            **town.ENTRY["lanes"],
            "fire": {"name": {"zh": "消防", "en": "Fire"}, "route": [{"to": "nobody"}]},
        },
    }
    town.declare("permit", entry, town.FILES)
    affair = apply()
    with pytest.raises(ProblemError, match="消防") as error:
        do(affair, "check", "accept")
    assert code_of(error) == "SRV-308"
    assert names(affair) == ["check@window"]
    affair.refresh_from_db()
    assert affair.version == 1
