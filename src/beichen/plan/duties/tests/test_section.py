"""Loading a city opens its plan's duties; what is made up is there only where the setting asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from beichen.kernel.access.service import load_roles
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.plan.duties.models import Duty, Milestone, Report, SupervisionNote
from beichen.plan.duties.tests.conftest import BY
from beichen.plan.importer.output import write_facts
from beichen.plan.tests.facts import TEXT, plan_facts
from beichen.problem import ProblemError
from beichen.settings import settings

CITY = """city: star
name: {zh: 星河市, en: Xinghe}
version: 1.0.0
region: "990100"
timezone: Asia/Shanghai
languages: [zh, en]
centre: [125.3, 43.8]
zoom: 10
"""
PLAN = """plan: star-14
title: {zh: 星河市规划, en: The plan of Xinghe}
start_year: 2021
end_year: 2025
"""
BODIES = """gardens: {name: {zh: 星河市园林局, en: Gardens Bureau}, region: "990100", kind: department}
"""
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
    found = tmp_path / "star"
    write_facts(plan_facts(), found / "plan")
    files = {"city.yaml": CITY, "bodies.yaml": BODIES, "plan/source.txt": TEXT, "plan/plan.yaml": PLAN}
    files["regions.csv"] = "code,name,name_en,level,parent_code\n990100,星河市,Xinghe,city,\n"
    files["demo-duties.yaml"] = DEMO
    for name, text in files.items():
        (found / name).write_text(text, encoding="utf-8")
    return found


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The setting `demo`, on."""
    monkeypatch.setenv("BEICHEN_DEMO", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def load(folder: Path) -> None:
    packages.install(folder, by=BY, kind=PackageKind.CITY)


@pytest.mark.django_db
def test_without_demo_there_are_duties_and_nothing_made_up(folder: Path) -> None:
    load(folder)
    assert Duty.objects.count() == 2
    assert not Duty.objects.filter(lead__isnull=False).exists()
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_with_demo_duties_are_seen_at_work_and_marked(folder: Path, demo: None, client: Client) -> None:
    load_roles(by=BY)
    load(folder)
    load(folder)
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
        load(folder)
    assert len(refused.value.problems) == 2
    assert not Duty.objects.exists()
