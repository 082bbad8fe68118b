"""One command for many cases: each by itself, with what happened or why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.governance.many import MOST, Chosen, act_on_many
from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.problem import ProblemError


def opened(count: int = 2) -> list[Case]:
    now = timezone.now()
    return [city.report(f"第{number}个坑", now=now, region=city.WEST).case for number in range(count)]


def tick(*rows: Case) -> list[str]:
    return [f"{row.code}@{row.version}" for row in rows]


def send(client: Client, command: str, cases: list[str], **values: Any) -> str:
    response = client.post("/console/bulk", {"command": command, "case": cases, **values})
    assert response.status_code == 200
    return str(response.content.decode())


def test_each_case_says_what_happened(attendant: Client) -> None:
    one, other = opened()
    service.act(other.code, service.command_of("comment", {"text": "?"}), by=city.attendant())
    text = send(attendant, "accept", tick(one, other))
    assert "成功 1 件，未成功 1 件" in text
    assert "请重新查看后再决定" in text
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.stage, other.stage) == ("handle", "accept")


def test_many_are_dispatched_and_refused(attendant: Client) -> None:
    rows = opened(3)
    for row in rows[:2]:
        service.act(row.code, Accept(is_routed=False), by=city.attendant())
        row.refresh_from_db()
    assert "成功 2 件" in send(attendant, "dispatch", tick(*rows[:2]), lead="星河市园林局")
    assert set(Case.objects.filter(stage="handle").values_list("desk__key", flat=True)) == {"gardens"}
    assert "未成功 1 件" in send(attendant, "refuse", tick(rows[2]))  # without a reason
    assert "成功 1 件" in send(attendant, "refuse", tick(rows[2]), reason="重复")


def test_others_are_joined_to_the_first(attendant: Client) -> None:
    first, one, other = opened(3)
    service.act(other.code, service.command_of("comment", {"text": "?"}), by=city.attendant())
    text = send(attendant, "merge", tick(first, one, other))
    assert "继续办理，并入 1 件" in text
    assert "刚刚修改了此案件" in text  # EVT-307
    one.refresh_from_db()
    assert one.merged_into == first
    assert "没有案件并入" in send(attendant, "merge", tick(first))
    assert "未选择案件" in send(attendant, "merge", [])


def test_officers_are_refused_one_by_one(officer: Client) -> None:
    one, _other = opened()
    assert "未成功 1 件" in send(officer, "accept", tick(one))
    assert officer.post("/console/bulk", {"command": "close"}).status_code == 404


def test_damaged_rows_are_left_out(attendant: Client) -> None:
    assert "未选择案件" in send(attendant, "accept", ["nonsense", "x@y", "@"])


def test_too_many_are_refused_before_anything_happens() -> None:
    chosen = [Chosen("x", 1)] * (MOST + 1)
    with pytest.raises(ProblemError) as error:
        act_on_many("accept", chosen, {}, by=city.SETUP, now=timezone.now() + timedelta())
    assert error.value.problems[0].code == "GOV-105"
