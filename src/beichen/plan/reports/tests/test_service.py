"""Making, review, publication; the congress; the public edition; who may what."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from beichen.kernel.actor import PUBLIC, Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.plan.models import Plan
from beichen.plan.reports import making
from beichen.plan.reports.document import as_json
from beichen.plan.reports.models import Kind, Opinion, Report, State, Submission
from beichen.plan.reports.public import as_open_data
from beichen.plan.reports.rendering.template import default_template
from beichen.plan.reports.service import (
    Order,
    answer_opinion,
    approve_report,
    document_of,
    drop_template,
    find_report,
    judge_answer,
    make_report,
    open_report,
    order_report,
    public_edition,
    publish_report,
    record_days,
    record_opinion,
    reports_of,
    return_report,
    save_template,
    submissions_of,
    submit_report,
    submit_to_congress,
    templates_in_use,
    trail,
)
from beichen.plan.reports.tests.city import build_city, made, person, published
from beichen.plan.reports.wordtemplates import template_to_change
from beichen.problem import Problem, ProblemError, code


@pytest.fixture
def plan(db: None, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(making, "STORED", ("json",))  # the other formats have tests of their own
    return build_city()


@pytest.fixture
def planner(plan: Plan) -> Actor:
    return person("李", "planner")


@pytest.fixture
def head(plan: Plan) -> Actor:
    return person("王", "planner")


def test_a_report_is_made_once_with_hash_and_files(
    plan: Plan, planner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "STORED", ("pdf", "docx", "xlsx", "json"))
    report = made(plan, planner)
    assert report.state == State.DRAFT
    assert report.hash == hashlib.sha256(as_json(document_of(report))).hexdigest()
    assert sorted(report.files.values_list("format", flat=True)) == ["docx", "json", "pdf", "xlsx"]
    again = make_report(report.code)
    assert (again.hash, again.files.count()) == (report.hash, 4)
    name, media, content = open_report(report, "json")
    assert (name, media) == ("star-yearly-2023-whole-zh-L1-1.json", "application/json")
    assert hashlib.sha256(b"".join(content)).hexdigest() == report.hash
    assert b"<svg" in b"".join(open_report(report, "html")[2])
    with pytest.raises(ProblemError, match="PLN-924"):
        open_report(report, "doc")


def test_what_was_refused_is_kept_with_the_report(
    plan: Plan, planner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = code("PLN-906", "A one-page brief does not fit on one page.", status=422)

    def refuse(*_args: Any) -> bytes:
        raise ProblemError(Problem(full, "it does not fit"))

    monkeypatch.setattr(making, "render_report", refuse)
    report = made(plan, planner)
    assert report.state == State.FAILED
    assert "it does not fit" in report.error
    assert not report.files.exists()
    with pytest.raises(ProblemError, match="PLN-924"):
        document_of(report)


def test_the_way_to_publication_needs_two_people(plan: Plan, planner: Actor, head: Actor) -> None:
    report = submit_report(made(plan, planner), by=planner)
    with pytest.raises(ProblemError, match="PLN-922"):
        approve_report(report, by=planner)
    with pytest.raises(ProblemError, match="PLN-921"):
        publish_report(report, by=head)
    report = publish_report(approve_report(report, by=head), by=head)
    assert (report.state, report.level) == (State.PUBLISHED, 1)
    for step in (submit_report, approve_report, publish_report):
        with pytest.raises(ProblemError, match="PLN-921"):
            step(report, by=head)
    assert [row.verb for row in report.steps.all()] == ["made", "submitted", "approved", "published"]


def test_a_returned_report_says_why_and_a_new_edition_supersedes(
    plan: Plan, planner: Actor, head: Actor
) -> None:
    report = submit_report(made(plan, planner), by=planner)
    with pytest.raises(ProblemError, match="PLN-923"):
        return_report(report, by=head, words=" ")
    assert return_report(report, by=head, words="缺少说明").state == State.DRAFT
    first = publish_report(approve_report(submit_report(report, by=planner), by=head), by=head)
    second = published(plan, planner, head)
    first.refresh_from_db()
    assert (first.state, second.edition, second.state) == (State.SUPERSEDED, 2, State.PUBLISHED)
    assert find_report(first.code, by=PUBLIC).hash == first.hash, "the old one stays readable"


def test_the_public_sees_only_what_is_published_and_open(plan: Plan, planner: Actor, head: Actor) -> None:
    draft = made(plan, planner)
    inner = published(plan, planner, head, audience=Level.L2, kind=Kind.CONGRESS)
    with pytest.raises(ProblemError, match="PLN-920"):
        find_report(draft.code, by=PUBLIC)
    with pytest.raises(ProblemError, match="PLN-920"):
        find_report(inner.code, by=PUBLIC)
    assert list(reports_of(plan, by=PUBLIC)) == []
    shown = published(plan, planner, head)
    assert [row.code for row in reports_of(plan, by=PUBLIC)] == [shown.code]
    with pytest.raises(ProblemError, match="ACC-403"):
        order_report(plan, Order(2023), by=PUBLIC)


def test_an_order_that_is_refused_keeps_nothing(plan: Plan, planner: Actor) -> None:
    with pytest.raises(ProblemError, match="PLN-901"):
        order_report(plan, Order(1999), by=planner)
    assert not Report.objects.exists()


def test_the_whole_way_through_the_congress(plan: Plan, planner: Actor, head: Actor) -> None:
    overseer = person("赵", "overseer", "committee")
    officer = person("钱", "officer", "parks")
    report = published(plan, planner, head, kind=Kind.CONGRESS)
    row = submit_to_congress(report, submitted_on=date(2024, 3, 1), by=planner, is_open=True)
    with pytest.raises(ProblemError, match="PLN-942"):
        submit_to_congress(report, submitted_on=date(2024, 3, 2), by=planner)
    with pytest.raises(ProblemError, match="PLN-941"):
        record_days(row, by=overseer, delivered_on=date(2024, 2, 1), deliberated_on=None)
    with pytest.raises(ProblemError, match="PLN-941"):
        record_days(row, by=overseer, delivered_on=None, deliberated_on=date(2024, 5, 1))
    record_days(row, by=overseer, delivered_on=date(2024, 3, 8), deliberated_on=date(2024, 4, 26))
    parks = Body.objects.get(key="parks")
    opinion = record_opinion(row, "加快绿道建设。", by=overseer, body=parks, due=date(2024, 9, 30))
    other = record_opinion(row, "补齐数据。", by=overseer)
    with pytest.raises(ProblemError, match="PLN-944"):
        record_opinion(row, " ", by=overseer)
    with pytest.raises(ProblemError, match="ACC-403"):
        answer_opinion(other, "不是本单位的事。", by=officer)
    with pytest.raises(ProblemError, match="PLN-943"):
        judge_answer(opinion, is_accepted=True, by=overseer)
    answer_opinion(opinion, "已开工 12 公里。", by=officer)
    assert judge_answer(opinion, is_accepted=False, by=overseer, words="请说明时限").state == "returned"
    answer_opinion(opinion, "九月底完成。", by=officer)
    assert judge_answer(opinion, is_accepted=True, by=overseer).state == Opinion.State.ACCEPTED
    with pytest.raises(ProblemError, match="PLN-943"):
        answer_opinion(opinion, "再答。", by=officer)
    assert [shown.year for shown in submissions_of(plan, by=PUBLIC)] == [2023]
    later = made(plan, planner, year=2024, kind=Kind.CONGRESS)
    assert "九月底完成" in as_json(document_of(later)).decode()


def test_only_a_published_report_to_the_congress_is_submitted(
    plan: Plan, planner: Actor, head: Actor
) -> None:
    for report in (made(plan, planner, kind=Kind.CONGRESS), published(plan, planner, head)):
        with pytest.raises(ProblemError, match="PLN-940"):
            submit_to_congress(report, submitted_on=date(2024, 3, 1), by=planner)
    assert not Submission.objects.exists()


def test_the_public_edition_is_the_same_for_everybody(plan: Plan, planner: Actor, head: Actor) -> None:
    made(plan, planner, audience=Level.L2)
    shown = published(plan, planner, head)
    data = as_open_data(public_edition(plan))
    assert [row["code"] for row in data["reports"]] == [shown.code]
    assert data["counts"]["unknown"] == 1
    first = data["indicators"][0]
    assert [value["source"]["title"] for value in first["values"]][-1] == "公报 2023"
    assert data["licence"]["name"] == "CC BY 4.0"


def test_the_trail_is_for_those_allowed(plan: Plan, planner: Actor) -> None:
    made(plan, planner)
    actions = set(trail(by=planner).values_list("action", flat=True))
    assert {"plan.report.make", "plan.document.made", "plan.facts.import"} <= actions
    assert not [row for row in trail(by=planner) if not row.resource.startswith("plan")]
    with pytest.raises(ProblemError, match="ACC-403"):
        trail(by=PUBLIC)


def test_a_citys_template_is_taken_once_and_given_back(plan: Plan, planner: Actor) -> None:
    own = default_template(is_short=True)
    before = AuditRecord.objects.count()
    row = save_template(own, "report", "own.docx", by=planner)
    assert save_template(own, "report", "own.docx", by=planner).pk == row.pk
    assert AuditRecord.objects.count() == before + 2, "the file, and the template"
    assert template_to_change("report") == own
    assert make_report(order_report(plan, Order(2023), by=planner).code).state == State.DRAFT
    drop_template("report", by=planner)
    assert templates_in_use() == {"report": None, "brief": None}
    with pytest.raises(ProblemError, match="PLN-910"):
        save_template(b"no", "report", "own.docx", by=planner)
    with pytest.raises(ProblemError, match="ACC-403"):
        save_template(own, "report", "own.docx", by=PUBLIC)
