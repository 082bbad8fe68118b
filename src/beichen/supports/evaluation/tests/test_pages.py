"""The pages: what the public, a planner, an officer and an evaluator see and do, through forms and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from beichen.supports.evaluation import service
from beichen.supports.evaluation.models import (
    Appeal,
    Assessment,
    Correction,
    Criterion,
    Points,
    Round,
    Scheme,
    SelfReport,
    SurveyResult,
)
from beichen.supports.evaluation.tests.city import (
    BY,
    MONDAY,
    found_city,
    running,
    scheme,
    signed_in,
    somebody,
    subject,
)

pytestmark = pytest.mark.django_db
CARD = "/evaluation/rounds/mid-term/subjects/990101"
SCHEME = "/evaluation/schemes/districts/1"


@pytest.fixture(autouse=True)
def _city() -> None:
    found_city()


@pytest.fixture
def planner() -> Client:
    return signed_in("planner", "planning", "990100")


@pytest.fixture
def officer() -> Client:
    return signed_in("officer", "east", "990101")


def open_now() -> Round:
    """A round whose days have not passed."""
    return running(at=None)


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def published() -> Round:
    round_ = open_now()
    east = subject(round_, "990101")
    service.report_on(east, "work", Decimal(80), "完成八成", by=BY)
    row = service.advance_round(round_, by=BY, at=round_.reports_due)
    row = service.advance_round(row, by=BY)
    return service.advance_round(row, by=BY)


def test_the_public_sees_what_is_published_and_nothing_else(client: Client) -> None:
    round_ = running()
    assert "尚未公布任何结果" in page(client, "/evaluation")
    page(client, "/evaluation/rounds/mid-term", 404)
    page(client, CARD, 404)
    page(client, "/evaluation/schemes/districts/2", 404)
    page(client, "/evaluation/appeals", 403)
    assert "2021—2023年中期评估" not in page(client, "/evaluation/rounds")
    row = service.advance_round(round_, by=BY, at=round_.reports_due)
    row = service.advance_round(row, by=BY)
    page(client, "/evaluation/rounds/mid-term", 404)
    service.advance_round(row, by=BY)
    assert "2021—2023年中期评估" in page(client, "/evaluation")
    assert "东区" in page(client, "/evaluation/rounds/mid-term")
    card = page(client, CARD)
    assert "环境公报" in card
    assert "无数据" in card
    page(client, "/evaluation/rounds/mid-term?version=9", 404)
    page(client, "/evaluation/rounds/mid-term?version=x", 404)


def test_the_publics_card_keeps_to_itself_what_was_stated(client: Client, planner: Client) -> None:
    published()
    assert "完成八成" not in page(client, CARD)
    assert "完成八成" in page(planner, CARD)


def test_a_planner_writes_adopts_and_opens(planner: Client, client: Client) -> None:
    frame = {
        "key": "bureaus",
        "name": "部门评估",
        "kind": "yearly",
        "subject_kind": "body",
        "groups": "all 全部 / All: water，planning",
        "grades": "好 / Good = 60\n差 / Poor = 0",
    }
    made = planner.post("/evaluation/schemes/new", frame)
    assert made["Location"] == "/evaluation/schemes/bureaus/1"
    address = made["Location"]
    assert "权重" in page(planner, address)
    page(client, address, 404)
    report: dict[str, Any] = {"name": "任务", "source": "self-report", "rule": "direct", "missing": "zero"}
    assert planner.post(f"{address}/criteria", {"key": "tasks", "weight": "60", **report}).status_code == 302
    planner.post(f"{address}/act", {"adopt": "1"})
    assert Scheme.objects.get(key="bureaus").status == "draft", "sixty is not a hundred"
    planner.post(f"{address}/criteria/tasks", {"key": "tasks", "weight": "100", **report})
    planner.post(f"{address}/act", {"adopt": "1"})
    assert "water" not in page(client, address)
    assert "水务局" in page(client, address)
    adopted = Scheme.objects.get(key="bureaus")
    form = {"report_days": 5, "input_days": 5, "appeal_days": 5, "title": "部门绩效", "scheme": adopted.pk}
    assert "EVA" not in page(planner, f"/evaluation/rounds/new?scheme={adopted.pk}")
    bad = planner.post("/evaluation/rounds/new", {**form, "key": "bureaus-2023", "period": "2023年"})
    assert bad.status_code == 422
    planner.post("/evaluation/rounds/new", {**form, "key": "bureaus-2023", "period": "2023"})
    assert Round.objects.get().subjects.count() == 2
    assert "还缺 2 份自评" in page(planner, "/evaluation/rounds/bureaus-2023")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("groups", "anything", "这一行无法识别"),
        ("groups", "all 全部: nobody", "评估对象缺失"),
        ("grades", "好 = 60", "等次没有"),
        ("key", "districts", "评估方案 districts 已存在"),
    ],
)
def test_a_scheme_that_cannot_be_says_why(planner: Client, field: str, value: str, words: str) -> None:
    scheme()
    frame = {"key": "new", "name": "评估", "kind": "final", "subject_kind": "body"}
    frame |= {"groups": "all 全部: water", "grades": "差 = 0", field: value}
    response = planner.post("/evaluation/schemes/new", frame)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_criteria_are_edited_moved_and_removed_in_a_draft_only(planner: Client) -> None:
    draft = scheme()
    shown = page(planner, f"{SCHEME}/criteria/air")
    assert 'value="60"' in shown
    form = {
        "key": "air",
        "name": "空气",
        "source": "evidence",
        "weight": "50",
        "parent": "outcome",
        "missing": "zero",
    }
    form |= {"evidence": "indicator:air", "rule": "steps", "steps": "80 = 60\n84 = 100"}
    assert planner.post(f"{SCHEME}/criteria/air", form)["Location"] == f"{SCHEME}#criterion-air"
    row = Criterion.objects.get(key="air")
    assert row.parameters == {"steps": [[80.0, 60.0], [84.0, 100.0]]}
    assert planner.post(f"{SCHEME}/criteria/air", {**form, "steps": "80 60"}).status_code == 422
    assert planner.post(f"{SCHEME}/criteria/air", {**form, "rule": "linear", "steps": ""}).status_code == 422
    assert planner.post(f"{SCHEME}/criteria/outcome", {**form, "key": "outcome"}).status_code == 422
    planner.post(f"{SCHEME}/criteria/people", {"remove": "1"})
    assert not draft.criteria.filter(key="people").exists()
    page(planner, f"{SCHEME}/criteria/people", 404)
    assert "people" not in [row.key for row in draft.criteria.all()]
    assert page(planner, f"{SCHEME}/criteria?in=outcome")


def test_an_adopted_scheme_goes_on_in_its_next_version(planner: Client) -> None:
    service.adopt_scheme(scheme(), by=BY)
    assert planner.post(f"{SCHEME}/criteria/people", {"remove": "1"}).status_code == 409
    assert planner.post(f"{SCHEME}/act", {"next": "1"})["Location"] == "/evaluation/schemes/districts/2"
    again = planner.post(f"{SCHEME}/act", {"next": "1"})
    assert again["Location"] == "/evaluation/schemes/districts/2"
    copied = Scheme.objects.get(version=2)
    assert copied.criteria.count() == 7
    assert copied.criteria.get(key="air").parent == copied.criteria.get(key="outcome")
    planner.post("/evaluation/schemes/districts/2/act", {"adopt": "1"})
    assert Scheme.objects.filter(status="adopted").count() == 2


def test_an_officer_reports_for_the_own_body_and_no_other(officer: Client) -> None:
    open_now()
    assert "东区" in page(officer, "/evaluation")
    assert "西区" not in page(officer, "/evaluation/rounds/mid-term")
    address = f"{CARD}/report/work"
    assert "自评" in page(officer, address)
    wrong = officer.post(address, {"score": "120", "text": "好"})
    assert wrong.status_code == 422
    file = SimpleUploadedFile("proof.txt", "证据".encode())
    sent = officer.post(address, {"score": "81.5", "text": "完成", "file": file})
    assert sent["Location"] == f"{CARD}#criterion-work"
    report = SelfReport.objects.get()
    assert (report.score, report.file and report.file.name) == (Decimal("81.50"), "proof.txt")
    assert "proof.txt" in page(officer, CARD)
    assert 'value="81.50"' in page(officer, address)
    officer.post(address, {"score": "82", "text": "完成"})
    assert SelfReport.objects.get().file is not None, "the file stays when none comes"
    bad = SimpleUploadedFile("proof.exe", b"MZ")
    assert officer.post(address, {"score": "82", "text": "x", "file": bad}).status_code == 422
    page(officer, CARD.replace("990101", "990102"), 404)
    page(officer, f"{CARD.replace('990101', '990102')}/report/work", 404)
    page(officer, f"{CARD}/report/view", 422)
    page(officer, f"{CARD}/praise/work", 404)
    page(officer, f"{CARD}/correct/work", 403)


def test_an_evaluator_scores_every_subject_but_reads_no_appeal_form(planner: Client) -> None:
    open_now()
    evaluator = signed_in("evaluator", "water", "990100")
    assert "作为第三方评分" in page(evaluator, "/evaluation")
    evaluator.post(f"{CARD}/assess/view", {"score": "77", "text": "尚可"})
    assert Assessment.objects.get().score == 77
    assert 'value="77.00"' in page(evaluator, f"{CARD}/assess/view")
    assert "尚可" in page(planner, CARD)
    page(evaluator, f"{CARD}/points/pilot", 403)
    planner.post(f"{CARD}/points/pilot", {"score": "2", "text": "国家试点"})
    assert Points.objects.get().points == 2


def sheet(rows: Sequence[Any]) -> SimpleUploadedFile:
    book = Workbook()
    active = book.active
    assert active is not None
    for row in rows:
        active.append(list(row))
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("survey.xlsx", file.getvalue())


CHINESE = ["评估对象", "问题", "样本量", "均值", "调查方式", "开始日期", "结束日期", "误差"]


def test_a_survey_comes_as_a_workbook_with_chinese_headings(planner: Client) -> None:
    open_now()
    rows = [CHINESE, ["东区", "满意吗", 300, 4.1, "电话", "2024-03-01", MONDAY.date(), 0.1]]
    address = "/evaluation/rounds/mid-term/surveys"
    assert "群众" in page(planner, address) or "people" in page(planner, address)
    assert planner.post(address, {"criterion": "people", "file": sheet(rows)}).status_code == 302
    assert SurveyResult.objects.get().mean == Decimal("4.1")
    assert "满意吗" in page(planner, "/evaluation/rounds/mid-term")
    planner.post(address, {"criterion": "people", "file": sheet(rows)})
    assert SurveyResult.objects.count() == 1, "the same again takes its place"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["东区", "q", 99, 4.1, "m", "2024-03-01", "2024-03-02", ""], "EVA-113"),
        (["南区", "q", 300, 4.1, "m", "2024-03-01", "2024-03-02", ""], "EVA-114"),
        (["东区", "q", 300, 5.1, "m", "2024-03-01", "2024-03-02", ""], "EVA-114"),
        (["东区", "q", 300, 4.1, "m", "2024-03-03", "2024-03-02", ""], "EVA-114"),
        (["东区", "q", 300, 4.1, "m", "2024-02-31", "2024-03-02", ""], "EVA-114"),
        (["东区", "q", "many", 4.1, "m", "2024-03-01", "2024-03-02", ""], "TAB-106"),
    ],
)
def test_a_survey_with_a_wrong_row_is_refused_whole(row: list[Any], found: str) -> None:
    from beichen.problem import ProblemError

    round_ = open_now()
    good = ["西区", "q", 300, 4.1, "m", "2024-03-01", "2024-03-02", ""]
    with pytest.raises(ProblemError) as error:
        service.import_survey(round_, "people", sheet([CHINESE, good, row]).read(), "s.xlsx", by=BY)
    assert [problem.code for problem in error.value.problems] == [found]
    assert error.value.problems[0].where.line == 3
    assert not SurveyResult.objects.exists()


def test_shifted_columns_and_files_that_are_none_are_told(planner: Client) -> None:
    open_now()
    address = "/evaluation/rounds/mid-term/surveys"
    shifted = planner.post(address, {"criterion": "people", "file": sheet([CHINESE[1:], ["a"] * 7])})
    assert shifted.status_code == 422
    assert "survey.xlsx:1:1" in shifted.content.decode()
    broken = SimpleUploadedFile("survey.xlsx", b"PK\x03\x04 nothing")
    answer = planner.post(address, {"criterion": "people", "file": broken})
    assert "无法读取" in answer.content.decode()
    twice = [CHINESE] + [["东区", "q", 300, 4, "m", "2024-03-01", "2024-03-02", ""]] * 2
    assert planner.post(address, {"criterion": "people", "file": sheet(twice)}).status_code == 422
    assert planner.post(address, {"criterion": "people", "file": sheet([CHINESE])}).status_code == 422
    assert not SurveyResult.objects.exists()


def test_a_planner_leads_reviews_and_publishes(planner: Client, client: Client) -> None:
    round_ = open_now()
    act = "/evaluation/rounds/mid-term/act"
    planner.post(act, {"advance": "1"})
    assert Round.objects.get().stage == "reporting", "reports may still come"
    due = round_.reports_due
    planner.post(act, {"extend": "1", "days": "3", "reason": "防汛"})
    assert Round.objects.get().reports_due > due
    Round.objects.update(reports_due=MONDAY)
    planner.post(act, {"advance": "1"})
    planner.post(act, {"advance": "1"})
    assert "初稿审核" in page(planner, "/evaluation/rounds/mid-term")
    planner.post(act, {"comment": "1", "text": "请核对空气数据"})
    assert "请核对空气数据" in page(planner, "/evaluation/rounds/mid-term")
    planner.post(f"{CARD}/correct/air", {"score": "66", "text": "迁址"})
    assert Correction.objects.get().score == 66
    assert "66" in page(planner, CARD)
    planner.post(act, {"advance": "1"})
    assert "东区" in page(client, "/evaluation/rounds/mid-term")


def test_an_appeal_goes_its_way_and_the_old_card_stays(
    officer: Client, planner: Client, client: Client
) -> None:
    published()
    address = f"{CARD}/appeal/work"
    assert "申诉" in page(officer, CARD)
    page(client, address, 403)
    assert officer.post(address, {"text": ""}).status_code == 422
    assert officer.post(address, {"text": "漏计"}).status_code == 302
    assert "待裁定的申诉" in page(planner, "/evaluation")
    row = Appeal.objects.get()
    own = f"/evaluation/appeals/{row.pk}"
    assert "漏计" in page(officer, own)
    page(signed_in("officer", "west", "990102"), own, 404)
    assert officer.post(own, {"verdict": "upheld", "score": "100", "decision": "x"}).status_code == 403
    assert planner.post(own, {"verdict": "upheld", "decision": "x"}).status_code == 422
    planner.post(own, {"verdict": "upheld", "score": "100", "decision": "核实"})
    assert "核实" in page(officer, own)
    assert "第 2 版" in page(client, "/evaluation/rounds/mid-term")
    assert "48.75" in page(client, f"{CARD}?version=1")
    assert planner.post(own, {"verdict": "dismissed", "decision": "x"}).status_code == 422


def test_lists_export_and_every_page_speaks_english(planner: Client, client: Client) -> None:
    published()
    for path in ("/evaluation/rounds", "/evaluation/schemes", "/evaluation/rounds/mid-term"):
        book = load_workbook(BytesIO(b"".join(client.get(f"{path}?format=xlsx"))))
        assert book.active is not None
    csv = b"".join(client.get("/evaluation/rounds/mid-term?format=csv")).decode()
    assert "东区" in csv
    planner.cookies["beichen_language"] = "en"
    for path in ("/evaluation", "/evaluation/rounds", SCHEME, "/evaluation/rounds/mid-term", CARD):
        shown = page(planner, path)
        assert "East" in shown or "Districts" in shown or "Mid-term 2021–2023" in shown
    answer = planner.post("/evaluation/schemes/new", {"key": "A"})
    assert "This field is required" in answer.content.decode()


def test_a_history_needs_two_rounds(client: Client) -> None:
    first = published()
    assert "历次总分" not in page(client, CARD)
    row = service.open_round(first.scheme, "second", "再次评估", "2024", by=BY, at=MONDAY)
    for at in (row.reports_due + timedelta(days=1), row.inputs_due, row.inputs_due):
        row = service.advance_round(row, by=BY, at=at)
    assert "历次总分" in page(client, CARD)


def test_no_page_asks_more_with_more_subjects(client: Client, django_assert_max_num_queries: Any) -> None:
    published()
    client.get("/evaluation")
    for path in ("/evaluation", "/evaluation/rounds", "/evaluation/rounds/mid-term", CARD, SCHEME):
        with django_assert_max_num_queries(22):
            client.get(path)


def test_nobody_can_be_a_subject_who_is_a_person() -> None:
    """No row of the room leads to a person, no kind of subject is one, and the database refuses it."""
    from django.apps import apps
    from django.db import IntegrityError, transaction

    from beichen.hubs.data.service import SubjectKind
    from beichen.kernel.org.models import Person
    from beichen.problem import ProblemError

    assert {kind.value for kind in SubjectKind} == {"body", "region"}
    for model in apps.get_app_config("supports_evaluation").get_models():
        linked = {field.related_model for field in model._meta.get_fields() if field.is_relation}
        assert Person not in linked, model
    person = somebody("officer", "east", "990101")
    groups = ({"key": "all", "zh": "全部", "en": "All", "members": [person.code]},)
    for kind in ("person", "body", "region"):
        with pytest.raises(ProblemError, match="EVA-106"):
            scheme(subject_kind=kind, groups=groups)
    draft = scheme()
    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.filter(pk=draft.pk).update(subject_kind="person")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/evaluation/schemes/districts/9", "EVA-101"),
        ("/evaluation/rounds/none", "EVA-107"),
        ("/evaluation/rounds/mid-term/subjects/nobody", "EVA-116"),
        ("/evaluation/rounds/mid-term?version=9", "EVA-124"),
    ],
)
def test_what_there_is_not_is_told_to_programs_by_its_code(client: Client, path: str, code: str) -> None:
    published()
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_a_workbook_that_is_none_is_refused() -> None:
    from beichen.problem import ProblemError

    with pytest.raises(ProblemError, match="EVA-112"):
        service.import_survey(open_now(), "people", b"PK\x03\x04 nothing", "s.xlsx", by=BY)
