"""The work of an officer and a planner, through the pages and their forms."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.plan.duties.models import Duty, Evidence, Milestone, Report, Round, SupervisionNote
from beichen.plan.duties.service import add_milestone, open_round, write_note
from beichen.plan.duties.tests.conftest import BY, at, sign_in
from beichen.plan.models import Plan

PDF = b"%PDF-1.4 evidence"


@pytest.fixture
def half(plan: Plan, park: Duty) -> Round:
    return open_round(plan, "2024-S1", by=BY, today=date(2024, 7, 5))


def evidence(name: str = "photo.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def test_an_officer_finds_what_it_owes_and_hands_it_in(gardener: Client, park: Duty, half: Round) -> None:
    assert "/plan/duties/bodies/gardens" in gardener.get("/plan/duties").content.decode()
    page = gardener.get("/plan/duties/bodies/gardens").content.decode()
    address = f"/plan/duties/{park.pk}/reports/{half.pk}"
    assert address in page
    assert "已过截止日期" in page
    form = {"state": "in-progress", "percent": "40", "text": ""}
    gardener.post(address, {**form, "draft": "yes"})
    assert Report.objects.get().status == "draft"
    refused = gardener.post(address, {**form, "submit": "yes", "percent": "100"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "请写明本期进展" in text
    assert "百分之百即为完成" in text
    assert "已保存草稿" in text
    sent = {**form, "text": "完成地基施工", "submit": "yes", "evidence": [evidence(), evidence("b.pdf")]}
    response = gardener.post(address, sent)
    assert response["Location"] == "/plan/duties/bodies/gardens"
    assert Report.objects.get().status == "submitted"
    assert Evidence.objects.count() == 2
    assert gardener.post(address, {**sent, "evidence": []}).status_code == 409
    assert Evidence.objects.count() == 2


def test_a_file_of_a_wrong_type_comes_back_at_its_field(gardener: Client, park: Duty, half: Round) -> None:
    address = f"/plan/duties/{park.pk}/reports/{half.pk}"
    form = {"state": "in-progress", "percent": "40", "text": "完成地基", "evidence": evidence("run.exe")}
    response = gardener.post(address, form)
    assert response.status_code == 422
    assert 'id="id_evidence_error"' in response.content.decode()
    assert not Report.objects.exists()


def test_a_planner_returns_and_accepts(planner: Client, gardener: Client, park: Duty, half: Round) -> None:
    address = f"/plan/duties/{park.pk}/reports/{half.pk}"
    form = {"state": "in-progress", "percent": "40", "text": "完成地基施工", "submit": "yes"}
    gardener.post(address, form)
    assert park.title in planner.get(f"/plan/duties/rounds/{half.pk}").content.decode()
    assert planner.post(f"{address}/decision", {"return": "yes"}).status_code == 422
    planner.post(f"{address}/decision", {"return": "yes", "reason": "缺少照片"})
    assert "缺少照片" in gardener.get("/plan/duties/bodies/gardens").content.decode()
    gardener.post(address, {**form, "percent": "50"})
    assert gardener.post(f"{address}/decision", {"accept": "yes"}).status_code == 403
    planner.post(f"{address}/decision", {"accept": "yes"})
    assert Duty.objects.get(pk=park.pk).percent == 50
    assert "50%" in Client().get("/plan/duties").content.decode()


def test_evidence_is_read_by_its_body_and_by_planners(
    planner: Client, gardener: Client, park: Duty, half: Round
) -> None:
    address = f"/plan/duties/{park.pk}/reports/{half.pk}"
    form = {"state": "in-progress", "percent": "40", "text": "完成地基", "evidence": evidence()}
    gardener.post(address, form)
    file = f"/plan/duties/evidence/{Evidence.objects.get().file.code}"
    for reader in (planner, gardener):
        assert b"".join(reader.get(file)) == PDF
    for stranger in (Client(), sign_in("officer", "roads"), sign_in("officer", "north", "990102")):
        assert stranger.get(file).status_code == 403
        assert stranger.get(address).status_code == 403
    assert planner.get("/plan/duties/evidence/NONE").status_code == 404


def test_an_officer_of_a_district_reports_for_its_own_district_alone(planner: Client, half: Round) -> None:
    other = Duty.objects.get(key="p2")
    form = {"lead": "north", "reason": "属地"}
    planner.post(f"/plan/duties/{other.pk}/assign", form)
    Duty.objects.filter(pk=other.pk).update(assigned_on=date(2024, 1, 1))
    north = sign_in("officer", "north", "990102")
    address = f"/plan/duties/{other.pk}/reports/{half.pk}"
    report = {"state": "not-started", "percent": "0", "text": "尚在谋划", "submit": "yes"}
    assert north.post(address, report)["Location"] == "/plan/duties/bodies/north"
    own = Duty.objects.get(key="p1")
    assert north.post(f"/plan/duties/{own.pk}/reports/{half.pk}", report).status_code == 403


def test_milestones_are_set_and_done_in_the_page(gardener: Client, park: Duty) -> None:
    address = f"/plan/duties/{park.pk}/milestones"
    assert gardener.post(address, {"title": "开工", "due": "2026-01-01"}).status_code == 422
    gardener.post(address, {"title": "开工", "due": "2024-05-01"})
    row = Milestone.objects.get()
    done = {f"milestone-{row.pk}-done_on": "2024-04-30"}
    assert gardener.post(f"{address}/{row.pk}", done).status_code == 422
    gardener.post(f"{address}/{row.pk}", {**done, f"milestone-{row.pk}-evidence": evidence()})
    row.refresh_from_db()
    assert row.done_on == date(2024, 4, 30)
    assert "photo.pdf" in gardener.get(f"/plan/duties/{park.pk}").content.decode()
    assert "photo.pdf" not in Client().get(f"/plan/duties/{park.pk}").content.decode()


def test_a_late_milestone_shows_on_the_body(client: Client, park: Duty) -> None:
    add_milestone(park, "封顶", date(2022, 5, 1), by=BY)
    text = client.get("/plan/duties/bodies/gardens").content.decode()
    assert "封顶" in text
    assert "逾期" in text


def test_a_note_is_written_answered_reopened_and_closed(
    planner: Client, gardener: Client, park: Duty
) -> None:
    form = {"title": "进度", "text": "为何滞后？", "due": "2199-01-01"}
    assert gardener.post(f"/plan/duties/{park.pk}/notes", form).status_code == 403
    refused = planner.post(f"/plan/duties/{park.pk}/notes", {**form, "due": "2020-01-01"})
    assert refused.status_code == 422
    address = planner.post(f"/plan/duties/{park.pk}/notes", form)["Location"]
    assert "进度" in gardener.get("/plan/duties/notes").content.decode()
    assert "进度" not in sign_in("officer", "roads").get("/plan/duties/notes").content.decode()
    assert sign_in("officer", "north", "990102").get(address).status_code == 403
    assert Client().get("/plan/duties/notes").status_code == 403
    gardener.post(address, {"answer": "yes", "text": "已加快", "evidence": evidence()})
    assert planner.post(address, {"reopen": "yes", "text": "不够"}).status_code == 422
    planner.post(address, {"reopen": "yes", "text": "不够", "due": "2199-02-01"})
    gardener.post(address, {"answer": "yes", "text": "补充如下"})
    assert planner.post(address, {"close": "yes", "text": ""}).status_code == 422
    planner.post(address, {"close": "yes", "text": "属实"})
    note = SupervisionNote.objects.get()
    assert (note.status, note.entries.count()) == ("closed", 5)
    assert "已加快" in gardener.get(address).content.decode()


def test_an_overdue_note_shows(planner: Client, park: Duty) -> None:
    write_note(park, "进度", "为何？", date(2024, 7, 12), by=BY, now=at(2024, 7, 1))
    assert "逾期" in planner.get("/plan/duties/notes").content.decode()
    assert "逾期" in planner.get("/plan/duties/notes/1").content.decode()


def test_a_planner_opens_rounds_and_says_how_bodies_report(planner: Client, gardener: Client) -> None:
    rule = {"length": "quarter", "working_days": "5", "remind_days": "2"}
    assert gardener.post("/plan/duties/rounds", rule).status_code == 403
    assert planner.post("/plan/duties/rounds", {**rule, "remind_days": "9"}).status_code == 422
    planner.post("/plan/duties/rounds", rule)
    response = planner.post("/plan/duties/rounds", {"period": "2021-Q1"}, follow=True)
    assert "2021 年第一季度" in response.content.decode()
    assert planner.post("/plan/duties/rounds", {"period": "2021-Q1"}).status_code == 422
    assert planner.post("/plan/duties/rounds", {"period": "2199-Q1"}).status_code == 422


def test_opening_duties_in_the_page_says_what_changed(planner: Client) -> None:
    response = planner.post("/plan/duties/open", follow=True)
    assert "新增 0 项" in response.content.decode()
