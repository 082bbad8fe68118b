"""The pages of tables in a browser: sound for axe, no sideways scrolling, a question with a chart."""

from __future__ import annotations

import pytest

from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.platforms.warehouse.service import (
    Check,
    CheckKind,
    Column,
    ColumnType,
    TableFacts,
    append,
    declare_tables,
)
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PATHS = (
    "/tables",
    "/tables/seen_wells",
    "/tables/questions",
    "/indicators",
    "/indicators/new",
    "/tables/ask?sql=select%201",
)
COLUMNS = (
    Column("code", ColumnType.TEXT, "编号", "Code"),
    Column("day", ColumnType.DATE, "日期", "Day"),
    Column("count", ColumnType.INTEGER, "数量", "Count"),
)


@pytest.fixture(scope="module")
def steward(house: str, django_db_blocker: object) -> str:
    """A steward `qian`, and a table with rows and a check."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        city = city_region()
        assert city is not None
        person = register_person("钱明远", by=BY)
        appoint(person, "steward", Body.objects.get(key="city-government"), city, by=BY)
        Account.objects.create_user("qian", password="long-enough-secret", person=person)
        check = Check(CheckKind.RANGE, ("count",), most=5)
        facts = TableFacts("seen_wells", "检查井巡查", "Wells seen", COLUMNS, ("code",), checks=(check,))
        declare_tables([facts], owner="scene:wells", by=BY)
        rows = [
            {"code": f"W{number}", "day": f"2025-03-0{number}", "count": number} for number in range(1, 8)
        ]
        append("seen_wells", [*rows, {"day": "2025-03-01"}], by=BY, source="巡查车", load="1")
    return "qian"


@pytest.mark.parametrize(("size", "theme", "language"), [(DESK, "light", "zh-hans"), (PHONE, "dark", "en")])
def test_every_page_is_sound(
    visit: Visit, steward: str, size: tuple[int, int], theme: str, language: str
) -> None:
    visitor = visit(size, theme, language)
    visitor.sign_in(steward)
    found: dict[str, object] = {}
    for path in PATHS:
        page = visitor.go(path)
        if path.startswith("/tables/ask"):
            page.fill("textarea", "select day, sum(count) as total from seen_wells group by day order by day")
            page.locator("form.form button[type=submit]").first.click()
            page.locator("bc-chart canvas, bc-chart svg").first.wait_for()
            page.locator("details.disclosure summary").last.click()
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
    assert visitor.complaints == []
