"""The pages and the command, as people and programs meet them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import orjson
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.plan.models import Plan
from beichen.plan.reports import making
from beichen.plan.reports.commands import report as command
from beichen.plan.reports.models import Kind, Opinion, Report, State, Submission
from beichen.plan.reports.rendering.template import default_template
from beichen.plan.reports.service import make_report, submit_to_congress
from beichen.plan.reports.tests.city import build_city, made, person, published
from beichen.problem import ProblemError


@pytest.fixture
def plan(db: None, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(making, "STORED", ("json",))
    return build_city()


def signed_in(actor: Actor) -> Client:
    client = Client()
    found = Person.objects.get(code=actor.key.partition(":")[2])
    client.force_login(Account.objects.create_user(found.code, password="long-enough-secret", person=found))
    return client


@pytest.fixture
def planner(plan: Plan) -> Actor:
    return person("李", "planner")


@pytest.fixture
def head(plan: Plan) -> Actor:
    return person("王", "planner")


def test_a_planner_asks_for_a_report_and_watches_it(plan: Plan, planner: Actor) -> None:
    client = signed_in(planner)
    order = {"kind": "yearly", "year": 2023, "language": "zh", "audience": 1}
    sent = client.post("/plan/reports/new", order)
    assert sent.status_code == 302
    report = Report.objects.get()
    page = client.get(sent["Location"]).content.decode()
    assert "报告编制中：0 %" in page
    assert "every 2s" in page
    assert "HX-Refresh" not in client.get(f"{sent['Location']}/progress")
    make_report(report.code)
    assert client.get(f"{sent['Location']}/progress")["HX-Refresh"] == "true"
    page = client.get(sent["Location"]).content.decode()
    assert "总体情况" in page
    assert "57.5" in page
    assert "<style" not in page, "the page's policy forbids it"


@pytest.mark.parametrize(
    ("page", "action", "summary"),
    [
        ("/plan/reports", "/plan/reports/new", "编制报告"),
        ("/plan/reports/congress", "/plan/reports/congress/submit", "提请审议年度报告"),
    ],
)
def test_both_forms_wait_closed_and_open_with_their_mistakes(
    plan: Plan, planner: Actor, page: str, action: str, summary: str
) -> None:
    client = signed_in(planner)
    before, after = client.get(page), client.post(action, {})
    assert (before.status_code, after.status_code) == (200, 422)
    for answer, opening in ((before, ""), (after, " open")):
        said = answer.content.decode()
        assert f'<details class="disclosure report-order"{opening}>' in said
        assert f"<summary>{summary}</summary>" in said
        assert f'action="{action}"' in said
        assert "csrfmiddlewaretoken" in said


def test_an_order_that_cannot_be_comes_back_with_its_reason(plan: Plan, planner: Actor) -> None:
    client = signed_in(planner)
    order = {"kind": "final", "year": 2023, "language": "zh", "audience": 1}
    sent = client.post("/plan/reports/new", order)
    assert sent.status_code == 422
    assert "2025" in sent.content.decode()
    both = client.post("/plan/reports/new", {**order, "kind": "yearly", "body": "parks", "region": "990102"})
    assert "单位分册与区县分册只能选其一" in both.content.decode()


def test_the_steps_are_taken_on_the_page(plan: Plan, planner: Actor, head: Actor) -> None:
    report = made(plan, planner)
    mine, other = signed_in(planner), signed_in(head)
    address = f"/plan/reports/{report.code}/step"
    assert mine.post(address, {"step": "submit"}).status_code == 302
    own = mine.post(address, {"step": "approve"})
    assert own.status_code == 422
    assert "不能审批本人编制的报告" in own.content.decode()
    assert other.post(address, {"step": "approve", "words": "同意"}).status_code == 302
    assert other.post(address, {"step": "publish"}).status_code == 302
    report.refresh_from_db()
    assert report.state == State.PUBLISHED
    public = Client()
    assert "同意" in public.get(f"/plan/reports/{report.code}").content.decode()
    file = public.get(f"/plan/reports/{report.code}/report.json")
    assert file["X-Document-SHA256"] == report.hash
    assert orjson.loads(file.getvalue())["year"] == 2023
    assert public.get("/plan/reports?format=csv").status_code == 200
    assert mine.post(address, {"step": "unheard"}).status_code == 422


def test_the_public_finds_no_draft(plan: Plan, planner: Actor) -> None:
    report = made(plan, planner)
    public = Client()
    assert public.get(f"/plan/reports/{report.code}").status_code == 404
    assert public.get(f"/plan/reports/{report.code}/report.json").status_code == 404
    assert report.code not in public.get("/plan/reports").content.decode()
    assert public.post(f"/plan/reports/{report.code}/step", {"step": "submit"}).status_code == 404


def test_the_congress_page_leads_from_submission_to_accepted_answer(
    plan: Plan, planner: Actor, head: Actor
) -> None:
    report = published(plan, planner, head, kind=Kind.CONGRESS)
    mine, overseer = signed_in(planner), signed_in(person("赵", "overseer", "committee"))
    sent = mine.post("/plan/reports/congress/submit", {"report": report.pk, "submitted_on": "2024-03-01"})
    assert sent.status_code == 302
    years = "/plan/reports/congress/2023"
    wrong = overseer.post(f"{years}/days", {"delivered_on": "2024-01-01"})
    assert wrong.status_code == 422
    assert "送达日期 2024-01-01 早于提交日期 2024-03-01" in wrong.content.decode()
    days = {"delivered_on": "2024-03-08", "deliberated_on": "2024-04-26", "session": "第十九次会议"}
    assert overseer.post(f"{years}/days", days).status_code == 302
    assert overseer.post(f"{years}/opinions", {"text": "加快绿道建设。"}).status_code == 302
    assert overseer.post(f"{years}/opinions", {"text": ""}).status_code == 422
    assert mine.post(f"{years}/opinions/1", {"text": "已开工。"}).status_code == 302
    assert overseer.post(f"{years}/opinions/1", {"verdict": "accept", "words": "可"}).status_code == 302
    assert Opinion.objects.get().state == "accepted"
    page = mine.get("/plan/reports/congress").content.decode()
    assert "第十九次会议" in page
    assert "已开工。" in page
    assert "已开工。" not in Client().get("/plan/reports/congress").content.decode(), "it is not open"
    assert mine.post(f"{years}/opinions/9", {"text": "x"}).status_code == 404


def test_the_congress_page_says_what_is_refused(plan: Plan, planner: Actor, head: Actor) -> None:
    report = published(plan, planner, head, kind=Kind.CONGRESS)
    submit_to_congress(report, submitted_on=date(2024, 3, 1), by=planner)
    mine = signed_in(planner)
    again = mine.post("/plan/reports/congress/submit", {"report": report.pk, "submitted_on": "2024-03-02"})
    assert again.status_code == 422
    assert Submission.objects.count() == 1
    assert Client().post("/plan/reports/congress/submit", {}).status_code == 403


def test_a_template_goes_out_and_comes_back(plan: Plan, planner: Actor) -> None:
    client = signed_in(planner)
    content = b"".join(client.get("/plan/reports/templates/report.docx"))
    assert content == default_template()
    wrong = docx.Document(BytesIO(content))
    for line in wrong.paragraphs:
        line.text = line.text.replace("{{ title }}", "{{ titel }}")
    file = BytesIO()
    wrong.save(file)
    bad = SimpleUploadedFile("own.docx", file.getvalue())
    refused = client.post("/plan/reports/templates/save", {"use": "report", "file": bad})
    assert refused.status_code == 422
    assert "是否为" in refused.content.decode()
    good = SimpleUploadedFile("own.docx", content)
    assert client.post("/plan/reports/templates/save", {"use": "report", "file": good}).status_code == 302
    assert "own.docx" in client.get("/plan/reports/templates").content.decode()
    assert client.post("/plan/reports/templates/save", {"drop": "report"}).status_code == 302
    assert "own.docx" not in client.get("/plan/reports/templates").content.decode()


def test_the_trail_shows_acts_to_the_planner_alone(plan: Plan, planner: Actor) -> None:
    browser = signed_in(planner)
    page = browser.get("/plan/reports/trail?deed=plan.facts.import").content.decode()
    rows = page[page.index("<tbody") :]
    assert "导入规划要素" in rows
    assert "plan.facts.import" not in rows
    assert "plan.facts.import" in browser.get("/plan/reports/trail?format=csv").getvalue().decode()
    assert Client().get("/plan/reports/trail").status_code == 403


@pytest.mark.parametrize("reader", ["nobody", "planner"])
def test_the_public_edition_is_one_for_all(plan: Plan, planner: Actor, reader: str) -> None:
    hidden = made(plan, planner)
    client = signed_in(planner) if reader == "planner" else Client()
    page = client.get("/public/plan").content.decode()
    assert "绿道" in page
    assert "公报 2023" in page
    assert hidden.code not in page
    data = client.get("/api/plan/public").json()
    assert data["level"] == "L1"
    assert data["reports"] == []


def test_pages_without_a_plan_say_so(db: None) -> None:
    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system

    load_roles(by=system("test"))
    client: Any = Client()
    for path in ("/plan/reports", "/plan/reports/congress", "/public/plan"):
        assert "beichen city load" in client.get(path).content.decode()
    answer = client.get("/api/plan/public")
    assert (answer.status_code, answer.json()["code"]) == (404, "PLN-903")


def test_the_command_writes_a_file(plan: Plan, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    said = ["2023", "--format", "html", "--language", "en", "--out", str(out), "--json"]
    result = CliRunner().invoke(command, said)
    assert result.exit_code == 0, result.output
    assert orjson.loads(result.stdout)["subtitle"] == "Monitoring report 2023"
    assert "Greenways" not in out.read_text(), "the plan has no English name for it, so it stays Chinese"
    assert "绿道长度" in out.read_text()


def test_the_command_says_what_is_wrong(plan: Plan, tmp_path: Path) -> None:
    wrong = CliRunner().invoke(command, ["1999"])
    assert isinstance(wrong.exception, ProblemError)
    assert "PLN-901" in str(wrong.exception)
    use = CliRunner().invoke(command, ["2023", "--body", "parks", "--region", "990102"])
    assert use.exit_code == 2
    Plan.objects.all().delete()
    empty = CliRunner().invoke(command, ["2023"])
    assert "PLN-903" in str(empty.exception)
