"""A case's page: what it shows to whom, commands given from its forms, refusals beside their fields."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from beichen.fronts.governance.tests.conftest import signed_in
from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Supervise, Wait
from beichen.hubs.events.models import Case, Likeness
from beichen.hubs.events.tests import city
from beichen.hubs.events.words import Stage
from beichen.kernel.audit.models import AuditRecord


def opened(**facts: Any) -> Case:
    return city.report(now=timezone.now(), **facts).case


def give(client: Client, row: Case, command: str, **values: Any) -> Any:
    row.refresh_from_db()
    return client.post(f"/console/cases/{row.code}/{command}", {"version": row.version, **values})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_says_what_is_known(attendant: Client, language: str) -> None:
    row = opened(longitude=125.3, latitude=43.8, address="东大街1号")
    attendant.cookies["beichen_language"] = language
    text = attendant.get(f"/console/cases/{row.code}").content.decode()
    for words in (row.code, "路面有一个大坑", "东大街1号", "125.30000, 43.80000"):
        assert words in text
    assert ("受理" if language == "zh-hans" else "Accept") in text


def test_the_three_roles_are_offered_what_is_theirs(
    attendant: Client, officer: Client, supervisor: Client
) -> None:
    row = opened()
    address = f"/console/cases/{row.code}"
    assert 'data-command="accept"' in attendant.get(address).content.decode()
    assert officer.get(address).status_code == 404
    service.act(row.code, Accept(), by=city.attendant())
    shown = officer.get(address).content.decode()
    assert 'data-command="handle"' in shown
    assert 'data-command="supervise"' not in shown
    assert 'data-command="accept"' not in attendant.get(address).content.decode()
    watched = supervisor.get(address).content.decode()
    assert 'data-command="supervise"' in watched
    assert 'data-command="handle"' not in watched


def test_a_case_goes_from_form_to_form(attendant: Client, officer: Client) -> None:
    row = opened()
    assert give(attendant, row, "accept").status_code == 302  # not routed: the box was not ticked
    row.refresh_from_db()
    assert row.stage == Stage.DISPATCH
    assert (
        give(attendant, row, "dispatch", lead="东区城管局", support="星河市道路局，星河市园林局").status_code
        == 302
    )
    row.refresh_from_db()
    assert row.stage == Stage.HANDLE
    assert row.desk is not None
    assert row.desk.key == "east"
    give(officer, row, "add-task", title="围挡", body="roads")
    give(officer, row, "finish-task", task="1", result="已围")
    give(officer, row, "add-cost", yuan="120.5", purpose="沥青")
    give(officer, row, "add-evidence", file=SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF"), note="票据")
    assert give(officer, row, "handle", result="已修复").status_code == 302
    give(attendant, row, "verify", is_passed="yes")
    give(attendant, row, "answer", text="已修复")
    row.refresh_from_db()
    assert row.stage == Stage.RATE
    text = attendant.get(f"/console/cases/{row.code}").content.decode()
    for words in ("120.5", "a.pdf", "围挡", "已修复"):
        assert words in text
    give(attendant, row, "close")
    row.refresh_from_db()
    assert not row.is_open


def test_refusals_stand_beside_their_fields(attendant: Client) -> None:
    row = opened()
    response = give(attendant, row, "refuse", reason="  ")
    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="refuse-reason_error"' in text
    give(attendant, row, "accept")
    response = give(attendant, row, "dispatch", lead="没有这个局")
    assert response.status_code == 422
    assert "没有这个局" in response.content.decode()
    row.refresh_from_db()
    assert row.stage == Stage.DISPATCH


def test_what_changed_meanwhile_is_not_overwritten(attendant: Client) -> None:
    row = opened()
    seen = row.version
    give(attendant, row, "accept")
    response = attendant.post(f"/console/cases/{row.code}/refuse", {"version": seen, "reason": "重复"})
    assert response.status_code == 422
    assert "请重新查看后再决定" in response.content.decode()


def test_what_the_hub_does_not_allow_is_a_refusal_with_a_name(officer: Client) -> None:
    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    response = give(officer, row, "verify", is_passed="yes")
    assert response.status_code == 403
    assert "受理员" in response.content.decode()
    assert officer.post(f"/console/cases/{row.code}/nonsense", {}).status_code == 404


def test_without_a_file_there_is_no_evidence(officer: Client) -> None:
    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    response = give(officer, row, "add-evidence", note="空")
    assert response.status_code == 422
    assert "未选择文件" in response.content.decode()  # GOV-104


def test_files_are_given_to_whom_sees_the_case(attendant: Client, officer: Client) -> None:
    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    give(officer, row, "add-evidence", file=SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF"))
    row.refresh_from_db()
    file = row.state["evidence"][0]["file"]
    address = f"/console/cases/{row.code}/files/{file}"
    assert b"".join(attendant.get(address)).startswith(b"%PDF")
    stranger = signed_in("officer", "gardens")[0]
    assert stranger.get(address).status_code == 404
    assert attendant.get(f"/console/cases/{row.code}/files/nothing").status_code == 404


def test_who_reported_is_shown_with_a_purpose_and_a_trace(attendant: Client, officer: Client) -> None:
    facts = service.ReporterFacts(name="张三", phone="13800000000")
    receipt = city.report(now=timezone.now(), reporter=facts)
    address = f"/console/cases/{receipt.case.code}"
    assert "张三" not in attendant.get(address).content.decode()
    asked = {"report": receipt.report.code}
    refused = attendant.post(f"{address}/reporter", {**asked, "purpose": " "})
    assert refused.status_code == 422
    shown = attendant.post(f"{address}/reporter", {**asked, "purpose": "回访"})
    assert "张三" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    record = AuditRecord.objects.filter(action=service.IDENTIFY).get()
    assert "回访" in record.detail
    service.act(receipt.case.code, Accept(), by=city.attendant())
    assert officer.post(f"{address}/reporter", {**asked, "purpose": "好奇"}).status_code == 403
    assert attendant.post(f"{address}/reporter", {"report": "x", "purpose": "y"}).status_code == 404


def test_cases_that_may_be_the_same_stand_side_by_side(attendant: Client) -> None:
    row, other = opened(), opened(region=city.WEST)
    Likeness.objects.create(case=row, other=other, metres=12.0, minutes=3.0, similarity=0.9, shared=["坑"])
    text = attendant.get(f"/console/cases/{row.code}").content.decode()
    assert "可能重复" in text
    assert other.code in text
    assert give(attendant, row, "merge", into=other.code.lower()).status_code == 302
    row.refresh_from_db()
    assert row.merged_into == other


def test_waiting_and_notes_are_said(officer: Client, supervisor: Client) -> None:
    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    handler = city.person("officer", "east", city.EAST)
    service.act(row.code, Wait(reason="等材料"), by=handler)
    service.act(row.code, Supervise(text="为何还没有修"), by=city.person("supervisor", "government"))
    text = officer.get(f"/console/cases/{row.code}").content.decode()
    assert "等材料" in text
    assert "为何还没有修" in text
    assert 'data-command="resume"' in text
    assert 'data-command="handle"' not in text
    give(officer, row, "answer-note", note="1", text="明天修")
    row.refresh_from_db()
    assert row.state["notes"][0]["answer"] == "明天修"


def test_a_picture_as_evidence_leaves_its_own_words_behind(attendant: Client, officer: Client) -> None:
    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    content = io.BytesIO()
    Image.new("RGB", (12, 12)).save(content, "JPEG", exif=exif)
    assert b"Secret Camera" in content.getvalue()
    give(officer, row, "add-evidence", file=SimpleUploadedFile("a.jpg", content.getvalue()))
    row.refresh_from_db()
    address = f"/console/cases/{row.code}/files/{row.state['evidence'][0]['file']}"
    kept = b"".join(attendant.get(address))
    assert kept.startswith(b"\xff\xd8")
    assert b"Secret Camera" not in kept
    broken = give(officer, row, "add-evidence", file=SimpleUploadedFile("b.jpg", b"no picture"))
    assert broken.status_code == 422


def test_the_centre_calls_in_a_body_above_and_lets_the_clock_go_on(
    attendant: Client, officer: Client
) -> None:
    row = opened()
    assert 'data-command="escalate"' in attendant.get(f"/console/cases/{row.code}").content.decode()
    assert give(attendant, row, "escalate", to="government", reason="涉及多个单位").status_code == 302
    assert row.desks.filter(body__key="government").exists()
    service.act(row.code, Accept(), by=city.attendant())
    service.act(row.code, Wait(reason="等待材料"), by=city.SETUP)
    assert give(attendant, row, "resume").status_code == 302
    row.refresh_from_db()
    assert not row.is_waiting
    assert give(attendant, row, "handle", result="x").status_code == 403  # the handler's own
    assert AuditRecord.objects.filter(action="events.case.handle", resource__endswith=row.code).count() >= 2
