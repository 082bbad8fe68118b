"""What other rooms know comes in, marked when it is made up; a city brings its template by its package."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from beichen.kernel.org.models import Body
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.plan.duties import service as duties
from beichen.plan.duties.models import Duty
from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import register_projects
from beichen.plan.models import Plan
from beichen.plan.reports.document import Document, Table, as_json, blocks
from beichen.plan.reports.rendering.template import default_template
from beichen.plan.reports.tests.city import BY, build_city, written
from beichen.plan.reports.wordtemplates import templates_in_use

NOON = datetime(2022, 1, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def plan(db: None) -> Plan:
    return build_city()


def table(found: Document, key: str) -> list[list[str]]:
    """The words of a table's rows."""
    held = next(block for block in blocks(found) if isinstance(block, Table) and block.key == key)
    return [[cell.text for cell in row] for row in held.rows]


def test_without_other_rooms_data_the_report_says_so(plan: Plan) -> None:
    text = as_json(written(plan)).decode()
    assert "本系统尚未登记规划责任事项" in text
    assert "本系统尚未登记相关项目" in text
    assert "本系统尚无已通过的2023年度计划" in text
    assert "未收录截至2023年的规划调整" in text


def test_duties_come_by_body_and_in_the_bodys_own_edition(plan: Plan) -> None:
    duties.open_duties(plan, by=BY)
    parks = Body.objects.get(key="parks")
    duty = Duty.objects.select_related("plan__region").get(plan=plan, key="p1")
    given = duties.Assignment(duty, parks, deadline=date(2023, 6, 30))
    duties.assign_duties(plan, [given], reason="分工", by=BY, now=NOON)
    whole = written(plan)
    assert table(whole, "duties") == [["园林局", "1", "0", "1", "0"]]
    assert not whole.is_demo
    own = written(plan, body="parks")
    assert [row[1:3] for row in table(own, "duties")] == [["星河公园工程", "2023-06-30"]]
    Duty.objects.filter(pk=duty.pk).update(is_demo=True)
    own = written(plan, body="parks")
    assert own.is_demo
    assert table(own, "duties")[0][1] == "星河公园工程（演示）"


def test_projects_come_by_stage_and_only_what_is_reported_is_summed(plan: Plan) -> None:
    register_projects(plan, by=BY)
    found = written(plan)
    assert table(found, "stages") == [["未报送阶段", "2"]]
    assert "各年度投资尚未报送" in as_json(found).decode()
    row = Investment.objects.get(key="p1")
    row.stage, row.total = "building", 1200
    row.save()
    row.years.create(year=2023, planned=500, done=300)
    found = written(plan)
    assert table(found, "stages") == [["在建", "1"], ["未报送阶段", "1"]]
    assert ["2023", "500", "1", "300", "1"] in table(found, "investment")
    Investment.objects.filter(key="p1").update(level=2)
    assert table(written(plan), "stages") == [["未报送阶段", "1"]], "the open report knows only L1"


def test_a_citys_package_brings_its_template(plan: Plan, tmp_path: Path) -> None:
    source = Path(__file__).parents[5] / "tests/cities/invented"
    folder = tmp_path / "invented"
    for file in source.rglob("*"):
        if file.is_file():
            (folder / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.relative_to(source)).write_bytes(file.read_bytes())
    (folder / "reports").mkdir()
    (folder / "reports/brief.docx").write_bytes(default_template(is_short=True))
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    row = templates_in_use()["brief"]
    assert row is not None
    assert row.owner.startswith("city:")
    (folder / "reports/report.docx").write_bytes(b"no word file")
    codes = [problem.code for problem in packages.check(folder, PackageKind.CITY).problems]
    assert codes == ["PLN-910"]
