"""A city's `plan/` folder: read, checked, installed, and installed again."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.plan.models import Measure, Plan
from beichen.plan.section import MALFORMED, MISSING
from beichen.plan.tests.city import PLAN, write_city
from beichen.problem import ProblemError

BY = system("test")
MEASURES = """- number: 1
  name: 绿道长度
  direction: higher
  how: level
  measured_by:
    - {statistic: greenways, convert: 0.001, note: {zh: 定义相同。, en: Same definition.}}
- number: 2
  name: 地区生产总值增长
  direction: higher
  how: annual-average
  measured_by: none
  reason: {zh: 没有数据。, en: No data.}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city package that holds little more than its plan."""
    found = write_city(tmp_path / "star", plan_indicators=MEASURES)
    said = PLAN + "english: {绿道长度: Length of greenways}\n"
    (found / "plan/plan.yaml").write_text(said, encoding="utf-8")
    return found


def codes(folder: Path) -> list[str]:
    return [problem.code for problem in packages.check(folder, PackageKind.CITY).errors]


@pytest.mark.django_db
def test_a_city_brings_its_plan_and_again_changes_nothing(folder: Path) -> None:
    load_roles(by=BY)
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    plan = Plan.objects.select_related("region").get()
    assert (plan.key, plan.title_en) == ("star-14", "The plan of Xinghe")
    assert plan.region is not None
    assert plan.region.code == "990100"
    assert plan.english["绿道长度"] == "Length of greenways"
    found = list(Measure.objects.values_list("number", "statistic", "factor", "note_en"))
    assert found == [(1, "greenways", 0.001, "Same definition."), (2, "", 1.0, "No data.")]
    (report,) = packages.preview(folder, by=BY, kind=PackageKind.CITY)
    assert not report.sections["plan"]
    assert not report.sections["plan-indicators"]


def test_a_list_that_is_missing_is_named(folder: Path) -> None:
    (folder / "plan/targets.json").unlink()
    (folder / "plan/bodies.json").unlink()
    assert codes(folder) == [MISSING, MISSING]


def test_a_list_that_does_not_fit_is_named(folder: Path) -> None:
    (folder / "plan/targets.json").write_bytes(orjson.dumps([{"key": 1}]))
    assert codes(folder) == [MALFORMED]
    (folder / "plan/targets.json").write_text("[", encoding="utf-8")
    assert codes(folder) == [MALFORMED]


def test_nothing_of_a_broken_plan_is_installed(folder: Path, db: None) -> None:
    load_roles(by=BY)
    (folder / "plan/targets.json").unlink()
    with pytest.raises(ProblemError):
        packages.install(folder, by=BY, kind=PackageKind.CITY)
    assert not Plan.objects.exists()
