"""The room's pages and its door for programs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from beichen.fronts.services import listing, service
from beichen.fronts.services.affair import titles
from beichen.fronts.services.affair.leads import LONGEST_LEAD, lead_of
from beichen.fronts.services.models import Affair, Task, Timer
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.town import SETUP, do, waiting
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_account, create_client
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Region
from beichen.web import counted
from beichen.web.tables import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    town.build()
    forget_rates()


def signed_in(role: str, body: str) -> Client:
    """A browser of somebody with this role at this body."""
    person = org.register_person(f"{role} of {body}", by=SETUP)
    org.appoint(person, role, Body.objects.get(key=body), Region.objects.get(code=town.CITY), by=SETUP)
    client = Client()
    client.force_login(create_account(f"{role}-{body}", "x" * 20, person, by=SETUP))
    return client


def application() -> Affair:
    """One that was taken in just now."""
    place = Region.objects.get(code=town.CITY)
    data = {"project": "文化中心", "area_m2": 2000}
    return service.start("permit", data, "FIRM-1", place, by=SETUP, now=timezone.now())[0]


class Program:
    """A client of `/api/services`."""

    def __init__(self, role: str, body: str = "") -> None:
        found = Body.objects.get(key=body) if body else None
        self.key = create_client(f"{role}-{body or 'all'}", "x", role, by=SETUP, body=found)

    def ask(self, method: str, path: str, values: Any = None, **headers: str) -> Any:
        """Send a request; gives the answer."""
        return Client().generic(
            method,
            f"/api/services/{path}",
            orjson.dumps(values) if values is not None else b"",
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )


@pytest.mark.parametrize("most", [0, 10_000], ids=["many", "few"])
def test_lists_of_many_and_of_few_show_the_same(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are many, the database is asked in another way."""
    monkeypatch.setattr(counted, "MOST", most)
    monkeypatch.setattr(listing, "MOST", most)
    codes = [do(application(), "check", "accept", now=timezone.now()).code for _number in range(3)]
    withdrawn = application()
    service.withdraw(withdrawn.code, "x", by=SETUP, now=timezone.now())
    fire, east, chief = (
        signed_in(*of)
        for of in (("officer", "fire"), ("officer", "east-window"), ("supervisor", "government"))
    )
    for path in ("desk?process=permit", "desk", "affairs?process=permit", "affairs?sort=opened"):
        for client in (fire, chief):
            page = client.get(f"/services/{path}").content.decode()
            assert [code in page for code in codes] == [True] * 3, path
            assert (withdrawn.code in page) is (client is chief and "affairs" in path), path
        assert "desk" not in path or not any(
            code in east.get(f"/services/{path}").content.decode() for code in codes
        )


def test_the_desk_lists_what_waits_for_the_readers_bodies() -> None:
    affair = do(application(), "check", "accept", now=timezone.now())
    fire, east = signed_in("officer", "fire"), signed_in("officer", "east-window")
    page = fire.get("/services/desk").content.decode()
    assert affair.code in page
    assert page.count("<tr ") >= 1
    assert affair.code not in east.get("/services/desk").content.decode()
    for query, is_there in (
        ({"q": affair.code[:10]}, True),
        ({"q": "firm-1"}, True),
        ({"q": "NOBODY"}, False),
        ({"card": "green"}, True),
        ({"card": "red"}, False),
        ({"process": "permit", "standing": "waiting", "body": "fire"}, True),
    ):
        assert (affair.code in fire.get("/services/desk", query).content.decode()) is is_there, query
    sheet = fire.get("/services/desk", {"format": "csv", "sort": "-due"})
    assert affair.code in b"".join(sheet).decode() if sheet.streaming else sheet.content.decode()


@pytest.mark.parametrize("few", [titles.FEW, 0], ids=["named by few", "named by many"])
def test_affairs_are_found_by_any_part_of_their_titles(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles, "FEW", few)
    affair = do(application(), "check", "accept", now=timezone.now())
    fire = signed_in("officer", "fire")
    for path in ("desk", "affairs"):
        for words, is_there in (
            ("化中", True),
            ("心 文", True),
            ("文中", False),
            ("文化 博物馆", False),
            ("*", False),
        ):
            page = fire.get(f"/services/{path}", {"q": words}).content.decode()
            assert (affair.code in page) is is_there, (path, words)


def test_late_steps_have_a_red_card() -> None:
    affair = do(application(), "check", "accept")
    affair.tasks.filter(closed_at=None).update(due_at=timezone.now() - timedelta(days=3))
    fire = signed_in("officer", "fire")
    assert affair.code in fire.get("/services/desk", {"card": "red"}).content.decode()
    assert affair.code not in fire.get("/services/desk", {"card": "yellow"}).content.decode()


def test_an_officer_completes_a_step_on_the_page() -> None:
    affair = do(application(), "check", "accept")
    fire = signed_in("officer", "fire")
    number = waiting(affair)[0].number
    path = f"/services/affairs/{affair.code}"
    page = fire.get(path).content.decode()
    assert f"{path}/tasks/{number}/complete" in page
    refused = fire.post(f"{path}/tasks/{number}/complete", {"outcome": "", "version": str(affair.version)})
    assert refused.status_code == 422
    values = {"outcome": "approve", "remark": "可", "version": str(affair.version)}
    assert fire.post(f"{path}/tasks/{number}/complete", values).status_code == 302
    again = fire.post(f"{path}/tasks/{number}/complete", values)
    assert again.status_code == 404, "the step is done: there is no such form any more"
    affair.refresh_from_db()
    assert affair.version == 3
    assert fire.post(f"{path}/tasks/99/complete", values).status_code == 404
    assert fire.post(f"{path}/explode", values).status_code == 404
    assert fire.get(f"{path}/diagram.bpmn")["Content-Type"].startswith("application/xml")
    assert signed_in("officer", "east-window").get(path).status_code == 404


def test_a_suspended_affair_says_why_and_nothing_of_how_it_is_kept() -> None:
    affair = application()
    service.suspend(affair.code, "等待诉讼结果", by=SETUP)
    page = signed_in("officer", "window").get(f"/services/affairs/{affair.code}").content.decode()
    notice = page[page.index('class="notice"') :].split("</p>")[0]
    assert "等待诉讼结果" in notice
    assert "kind" not in notice
    assert "since" not in notice


def test_a_step_is_handed_over_to_a_body_that_somebody_chose() -> None:
    affair = application()
    page = signed_in("supervisor", "government").get(f"/services/affairs/{affair.code}").content.decode()
    choices = page[page.index('name="to"') :].split("</select>")[0]
    assert choices.index('value=""') < choices.index('value="fire"')


def test_the_trail_says_to_whom_a_step_was_handed_over() -> None:
    affair = application()
    service.hand_over(affair.code, 1, "fire", "归口调整", by=SETUP)
    page = signed_in("officer", "fire").get(f"/services/affairs/{affair.code}").content.decode()
    assert "→ 星河市消防局 · 归口调整" in page


def test_a_clerk_takes_an_application_in() -> None:
    clerk = signed_in("attendant", "window")
    assert "permit" in clerk.get("/services/new").content.decode()
    bad = clerk.post("/services/new/permit", {"subject": "FIRM-9", "region": town.CITY, "area_m2": "-1"})
    assert bad.status_code == 422
    assert Affair.objects.count() == 0
    values = {"subject": "FIRM-9", "region": town.CITY, "project": "馆", "area_m2": "10"}
    assert clerk.post("/services/new/permit", values).status_code == 302
    assert Affair.objects.get().data == {"project": "馆", "area_m2": 10}
    assert clerk.get("/services/new/nothing").status_code == 422
    assert signed_in("officer", "fire").get("/services/new").status_code == 403


def test_the_supervisor_filters_by_body_and_state() -> None:
    affair = do(application(), "check", "accept")
    chief = signed_in("supervisor", "government")
    for query, is_there in (
        ({}, True),
        ({"body": "fire", "status": "running", "process": "permit"}, True),
        ({"body": "east-window"}, False),
        ({"status": "done"}, False),
        ({"late": "yes"}, False),
        ({"q": affair.code}, True),
    ):
        assert (affair.code in chief.get("/services/affairs", query).content.decode()) is is_there, query
    path = f"/services/affairs/{affair.code}"
    assert (
        chief.post(f"{path}/suspend", {"reason": "诉讼", "version": str(affair.version)}).status_code == 302
    )
    assert "诉讼" in chief.get(path).content.decode()


def test_a_public_notice_shows_what_is_declared_public() -> None:
    affair = do(application(), "check", "accept")
    do(do(affair, "review", "approve", body="fire"), "review", "approve", body="planning")
    do(affair, "sign")
    Timer.objects.filter(is_public=True).update(due_at=timezone.now() + timedelta(days=1))
    page = Client().get("/services/notices").content.decode()
    assert "文化中心" in page
    assert "2,000" not in page
    assert affair.subject not in page
    assert "公示 · 星河市政务大厅" in page, "who decided"
    assert "/report?kind=other" not in page, "an objection is a part of the affair"
    assert f'href="/services/notices/{Timer.objects.get(is_public=True).engine_id}/object"' in page
    Timer.objects.filter(is_public=True).update(due_at=timezone.now() - timedelta(minutes=1))
    assert "文化中心" not in Client().get("/services/notices").content.decode(), "its time is over"


def test_programs_apply_and_act() -> None:
    clerk, fire = Program("attendant"), Program("officer", "fire")
    told = {"process": "permit", "subject": "F-1", "region": town.CITY}
    data = {"project": "馆", "area_m2": 2000}
    first = clerk.ask("POST", "affairs", {**told, "data": data}, **{"Idempotency-Key": "k"})
    again = clerk.ask("POST", "affairs", {**told, "data": data}, **{"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 200)
    code = first.json()["code"]
    assert again.json()["code"] == code
    window = Program("officer", "window")
    done = window.ask(
        "POST", f"affairs/{code}/tasks/1/complete", {"outcome": "accept"}, **{"If-Match": '"1"'}
    )
    assert done.status_code == 200
    assert done["ETag"] == '"2"'
    tasks = fire.ask("GET", "tasks").json()["tasks"]
    assert [(task["step"], task["body"]) for task in tasks] == [("review", "fire")]
    stale = fire.ask("POST", f"affairs/{code}/tasks/2/take", {}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "SRV-303")
    assert (
        fire.ask("POST", f"affairs/{code}/tasks/2/take", {}, **{"If-Match": "x"}).json()["code"] == "SRV-602"
    )
    assert fire.ask("POST", f"affairs/{code}/tasks/99/take", {}).json()["code"] == "SRV-306"
    assert fire.ask("POST", f"affairs/{code}/tasks/2/fly", {}).json()["code"] == "SRV-305"
    assert fire.ask("POST", f"affairs/{code}/tasks/2/complete", {"outcome": 7}).json()["code"] == "SRV-305"
    assert fire.ask("POST", f"affairs/{code}/tasks/2/complete", {"data": []}).json()["code"] == "SRV-305"
    assert fire.ask("GET", "affairs/NOTHING").json()["code"] == "SRV-301"
    assert fire.ask("GET", f"affairs/{code}").json()["trail"][1]["event"] == "completed"
    assert [row["code"] for row in clerk.ask("GET", "affairs?status=running").json()["affairs"]] == [code]
    assert clerk.ask("GET", "processes").json()["processes"][0]["process"] == "permit"


def test_a_session_alone_writes_nothing() -> None:
    affair = application()
    browser = Client(enforce_csrf_checks=True)
    path = f"/api/services/affairs/{affair.code}/withdraw"
    answer = browser.post(path, {"reason": "x"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "SRV-601")


def test_lists_read_no_files_of_processes_and_bodies_see_what_they_take_part_in() -> None:
    affair = application()
    body = (
        '<startEvent id="begin"/><userTask id="look"/><endEvent id="end"/>'
        f"{town.flow('begin look', 'look end')}"
    )
    town.simple("plain", town.diagram(body, lanes={"window": "look"}, key="plain"), steps={"look": {}})
    client, person = signed_in("supervisor", "government"), town.person("officer", "window")
    shown = client.get("/services/desk?process=permit").content.decode()
    due = waiting(affair)[0].due_at
    assert f'data-due="{timezone.localtime(due).isoformat()}"' in shown
    assert affair.code not in client.get("/services/desk?process=plain").content.decode()
    task, listed = service.tasks_for(person).get(), service.affairs(person).get()
    assert {"spec", "files", "declared"} <= task.affair.definition.get_deferred_fields()
    assert {"spec", "files"} <= listed.definition.get_deferred_fields()
    assert list(service.affairs(town.person("officer", "fire"))) == []


def test_a_desk_of_the_city_tells_what_waits_here() -> None:
    """`/desk` counts the steps at the officer's own body, and leads to them."""
    fire = signed_in("officer", "fire")
    assert "暂无待办" in fire.get("/desk").content.decode()
    do(application(), "check", "accept")
    page = fire.get("/desk").content.decode()
    assert "暂无待办" not in page
    assert re.search(r'<a href="/services/desk">办件步骤 <strong class="figures">1</strong>', page), page
    assert "办件步骤" not in signed_in("grid-worker", "fire").get("/desk").content.decode(), (
        "who only looks on"
    )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL weighs each by what is there")
@pytest.mark.parametrize("chosen", [{"card": "paused"}, {"standing": "taken"}])
def test_few_steps_among_many_are_found_by_an_index(chosen: dict[str, str]) -> None:
    """SQLite refuses a statement that cannot use the index that it names: the filters imply its condition."""
    table = listing.desk_table(SETUP, timezone.now())
    rows = table.select(State("", filters=chosen)).values("pk")
    sql, values = rows.query.sql_with_params()
    for value in values:  # SQLite looks at a value that stands apart when it is bound, after the refusal
        sql = sql.replace("%s", f"'{value}'", 1)
    named = 'FROM "fronts_services_task" INDEXED BY task_apart'
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace('FROM "fronts_services_task"', named))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL weighs each by what is there")
@pytest.mark.parametrize("at", [None, [1, 2]], ids=["the city", "bodies"])
def test_few_yellow_cards_are_found_by_the_classes_of_their_leads(at: list[int] | None) -> None:
    """Each class is a search of its own within its stretch of the index."""
    plan = listing.yellow_steps(timezone.now(), at).explain()
    found = [line for line in plan.splitlines() if "fronts_services_task" in line]
    assert len(found) == LONGEST_LEAD + 1
    assert all("INDEX task_lead (lead=? AND due_at>? AND due_at<?)" in line for line in found[:-1])


@pytest.mark.parametrize("hours", [1, 5, 100, 5000], ids=lambda hours: f"{hours} h before")
def test_a_yellow_card_is_found_however_long_before_its_end_it_is_given(hours: int) -> None:
    affair = do(application(), "check", "accept")
    fire = signed_in("officer", "fire")
    for till, is_there in ((timedelta(minutes=1), True), (timedelta(minutes=-1), False)):
        due = timezone.now() + timedelta(hours=hours) - till
        warn = due - timedelta(hours=hours)
        Task.objects.filter(closed_at=None).update(due_at=due, warn_at=warn, lead=lead_of(warn, due))
        shown = fire.get("/services/desk?card=yellow").content.decode()
        assert (affair.code in shown) is is_there, till


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL weighs each by what is there")
def test_a_count_of_one_bodys_affairs_is_led_by_what_it_takes_part_in() -> None:
    """So it stops when it has counted enough, and gathers nothing first."""
    plan = service.affairs(town.person("officer", "fire")).order_by().values("pk")[:10].explain()
    assert "LIST SUBQUERY" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_desk_calls_an_affair_by_its_service_and_its_title() -> None:
    affair = application()
    page = signed_in("officer", "window").get("/services/desk").content.decode()
    assert "建筑许可 · 文化中心" in page
    clerk = Program("officer", "window")
    assert clerk.ask("GET", f"affairs/{affair.code}").json()["name"]["zh"] == "建筑许可"
