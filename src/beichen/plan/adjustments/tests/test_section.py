"""What is made up of adjustments: there only where the setting asks for it, marked, never in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.plan.adjustments.models import Adjustment, AdjustmentState, Version
from beichen.plan.models import PlanIndicator, Project
from beichen.plan.tests.city import demonstration, load, write_city
from beichen.problem import ProblemError

BY = system("test")
DEMO = """adjustments:
  - title: 演示：延长绿道
    reason: 演示
    changes:
      - {kind: indicators, fact: "1", field: target_value, new: 90, reason: 演示}
    steps:
      - {step: submit, on: "2024-03-04"}
      - {step: approve, on: "2024-03-18", document: 演示文号}
  - title: 演示：工程更名
    reason: 演示
    changes:
      - {kind: projects, fact: 星河公园工程, field: name, new: 星河森林公园工程, reason: 演示}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_city(tmp_path / "star", demo_adjustments=DEMO)


@pytest.fixture
def demo() -> Iterator[None]:
    with demonstration():
        yield


@pytest.mark.django_db
def test_without_demo_nothing_is_made_up(folder: Path) -> None:
    load(folder, by=BY)
    assert not Adjustment.objects.exists()


@pytest.mark.django_db
def test_with_demo_proposals_are_on_their_way_and_marked(folder: Path, demo: None, client: Client) -> None:
    load_roles(by=BY)
    load(folder, by=BY)
    load(folder, by=BY)
    states = dict(Adjustment.objects.values_list("title", "state"))
    assert states == {"演示：延长绿道": AdjustmentState.APPROVED, "演示：工程更名": AdjustmentState.DRAFT}
    assert set(Adjustment.objects.values_list("is_demo", flat=True)) == {True}
    page = client.get("/plan/adjustments").content.decode()
    assert page.count('class="badge">演示</span>') >= 1


@pytest.mark.django_db
def test_the_plan_stays_as_it_was_adopted(folder: Path, demo: None) -> None:
    load(folder, by=BY)
    assert PlanIndicator.objects.get(number=1).target_value == 80
    assert Project.objects.filter(name="星河公园工程").exists()
    assert not Version.objects.filter(adjustment__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (("fact: 星河公园工程", "fact: 月球公园"), "SCN-"),
        (("new: 90", "new: 80"), "PLN-803"),
        (("document: 演示文号", "note: 演示"), "PLN-814"),
        (("step: approve", "step: enact"), "SCN-"),
    ],
)
def test_a_demo_that_would_be_refused_installs_nothing(
    folder: Path, demo: None, spoilt: tuple[str, str], code: str
) -> None:
    text = DEMO.replace(*spoilt)
    assert text != DEMO
    (folder / "demo-adjustments.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        load(folder, by=BY)
    assert [problem.code.startswith(code) for problem in refused.value.problems] == [True]
    assert not Adjustment.objects.exists()
