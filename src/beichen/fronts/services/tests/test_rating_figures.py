"""Ratings in the figures: by item and body, none of so few that it would say whose it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
from django.utils import timezone

from beichen.fronts.services.applicant import rating
from beichen.fronts.services.facts import record_all
from beichen.fronts.services.items.statistics import FEWEST, Figures, figures
from beichen.fronts.services.models import Affair, AffairEvent
from beichen.fronts.services.tables import AFFAIRS
from beichen.fronts.services.tests import stall
from beichen.fronts.services.tests.stall import papers
from beichen.fronts.services.tests.test_pages import signed_in
from beichen.fronts.services.tests.town import SETUP, do, person
from beichen.hubs.data import service as data
from beichen.hubs.data.computing.declaration import declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.hubs.data.models import IndicatorValue
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Where
from beichen.settings import settings

pytestmark = pytest.mark.django_db
FILE = built_in(PackageKind.SCENE)["appointments"] / "indicators/service-satisfaction.sql"


@pytest.fixture(autouse=True)
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    stall.build()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def concluded(item: str = "licence") -> Affair:
    """An affair that has ended just now."""
    now = timezone.now()
    affair = stall.apply(item, {"number": 1}, now=now, materials=papers(articles="uploaded"))
    return do(affair, "look", "granted", now=now)


def rated(*grades: int, item: str = "licence") -> list[Affair]:
    """Affairs of an item, each rated once."""
    found = [concluded(item) for _grade in grades]
    for affair, grade in zip(found, grades, strict=True):
        rating.rate(affair, "online", grade, (), "", by=SETUP)
    record_all()
    return found


def told(group: str) -> dict[str, Figures]:
    """Figures of this year, by their groups."""
    today = timezone.localtime().date()
    first, end = date(today.year, 1, 1), today + timedelta(days=1)
    return {one.group: one for one in figures(group, first, end, by=SETUP)}


def test_the_share_of_a_few_is_not_told_of_enough_it_is() -> None:
    rated(5, 4, 3, 1)
    one = told("item")["licence"]
    assert (one.count, one.rated, one.pleased) == (FEWEST - 1, FEWEST - 1, None)
    rated(2)
    one = told("item")["licence"]
    assert (one.rated, one.pleased) == (FEWEST, 60.0)
    assert told("body")["window"].pleased == 60.0
    rated(1, item="seal")
    assert told("item")["seal"].pleased is None
    assert told("body")["fire"].pleased is None


def test_many_ratings_of_a_few_affairs_are_not_enough() -> None:
    affair, *others = rated(5, 5)
    for contact in ("window", "phone"):
        for one in (affair, *others):
            rating.rate(one, contact, 5, (), "", by=SETUP)
    record_all()
    found = told("item")["licence"]
    assert (found.rated, found.pleased) == (6, None), "six ratings of two people"


def test_the_page_says_so() -> None:
    rated(5, 4, 3, 3, 1)
    page = signed_in("supervisor", "government").get("/services/statistics").content.decode()
    assert "80" in page[page.index("<table") :]
    assert f"{FEWEST}" in page


def test_who_asks_the_table_without_a_purpose_sees_nobody_s_rating() -> None:
    rated(1)
    reader = person("officer", "window")
    found = warehouse.ask("select code, rated, pleased from affairs", by=reader)
    assert [(row["rated"], row["pleased"]) for row in found.rows.to_pylist()] == [(None, None)]
    assert set(found.masked) == {"affairs.rated", "affairs.pleased"}


def test_a_grade_does_not_leave_the_affair() -> None:
    affair = rated(1)[0]
    event = OutboxEvent.objects.filter(type="services.affair.rated").get()
    assert not {"grade", "outcome", "contact"} & set(orjson.loads(event.payload)["data"])
    assert AffairEvent.objects.get(affair=affair, name="rated").data["grade"] == 1


def test_the_indicator_counts_by_item_and_body_and_says_nothing_of_a_few() -> None:
    known = {AFFAIRS.name: AFFAIRS.types}
    declared = declare(FILE.read_text("utf-8"), "service-satisfaction", known)
    declare_computations([declared], owner="scene:test", package="test 1.0.0", where=Where(), by=SETUP)
    rated(5, 4, 3, 3, 1)
    rated(1, 1, item="seal")
    data.compute(["service-satisfaction"], by=SETUP)
    rows = IndicatorValue.everything.filter(indicator__key="service-satisfaction", length="month")
    values = {(row.dimension, row.member): float(row.value) for row in rows.filter(region__code="990100")}
    assert values[("item", "licence")] == values[("body", "window")] == 80.0
    assert ("item", "seal") not in values
    assert ("body", "fire") not in values
    assert values[("", "")] == round(400 / 7, 1), "the city has seven"
