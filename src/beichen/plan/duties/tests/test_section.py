"""Loading a city opens its plan's duties; what is made up is there only where the setting asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from beichen.kernel.access.service import load_roles
from beichen.plan.duties.models import Duty, Milestone, Report, SupervisionNote
from beichen.plan.duties.tests.conftest import BY
from beichen.plan.tests.city import demonstration, load, write_city
from beichen.problem import ProblemError

DEMO = """assigned_on: "2024-01-15"
reason: 演示
rounds: [2024-S1]
duties:
  - title: 星河公园工程
    location: 专栏2
    lead: gardens
    deadline: "2025-12-31"
    milestones:
      - {title: 开工, due: "2024-05-01", done_on: "2024-04-30", note: 演示}
    reports:
      2024-S1: {state: in-progress, percent: 40, text: 演示进展}
    note:
      on: "2024-07-20"
      title: 演示督查
      text: 演示
      due: "2024-07-30"
      answer: 演示答复
      answered_on: "2024-07-29"
      closing: 演示
      closed_on: "2024-07-30"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_city(tmp_path / "star", demo_duties=DEMO)


@pytest.fixture
def demo() -> Iterator[None]:
    with demonstration():
        yield


@pytest.mark.django_db
def test_without_demo_there_are_duties_and_nothing_made_up(folder: Path) -> None:
    load(folder, by=BY)
    assert Duty.objects.count() == 2
    assert not Duty.objects.filter(lead__isnull=False).exists()
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_with_demo_duties_are_seen_at_work_and_marked(folder: Path, demo: None, client: Client) -> None:
    load_roles(by=BY)
    load(folder, by=BY)
    load(folder, by=BY)
    duty = Duty.objects.get(lead__isnull=False)
    assert (duty.is_demo, duty.percent) == (True, 40)
    assert [model.objects.get().is_demo for model in (Milestone, Report, SupervisionNote)] == [True] * 3
    for page in ("/plan/duties", f"/plan/duties/{duty.pk}", "/plan/duties/rounds"):
        assert "演示</span>" in client.get(page).content.decode()


@pytest.mark.django_db
def test_a_demo_that_names_what_there_is_not_installs_nothing(folder: Path, demo: None) -> None:
    spoilt = DEMO.replace("lead: gardens", "lead: parks").replace("星河公园工程", "月球公园")
    (folder / "demo-duties.yaml").write_text(spoilt, encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        load(folder, by=BY)
    assert len(refused.value.problems) == 2
    assert not Duty.objects.exists()
