"""What people write finds the address that they mean, with a score and the reasons."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.kernel.actor import PUBLIC
from beichen.platforms.geo.addresses.matching import ACCEPTED, match, match_many
from beichen.platforms.geo.addresses.reverse import around
from beichen.platforms.geo.addresses.tests import town
from beichen.platforms.geo.addresses.tests.town import BY
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built() -> None:
    town.build()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("吉林省长春市南关区亚泰大街1138号", "a-1138"),
        ("亚泰大街１１３８號", "a-1138"),
        ("亚泰大街1138#", "a-1138"),
        ("亚太大街1138号", "a-1138"),
        ("亚泰街1138号", "a-1138"),
        ("新天地购物公园", "a-1138"),
        ("亚泰大街新天地购物公圆三楼", "a-1138"),
        ("长春市亚泰大街一三八八号", "a-1388"),
        ("长通家园A7栋", "b-7"),
        ("南关区长通家圆A6栋2单元", "b-6"),
        ("宽城区东七条街316-a号附近", "d-316"),
        ("长通路与亚泰大街交汇", "j-1"),
        ("亚泰大街和长通路路口", "j-1"),
        ("亚泰大街与长同路交汇处", "j-1"),
        ("亚泰大街雨长通路交汇处", "j-1"),
        ("中环十一区三十四号楼", "e-34"),
        ("宽城区光复路110栋5号门", "b-110"),
    ],
)
def test_the_address_that_is_meant(text: str, code: str) -> None:
    found = match(text, by=BY)
    assert (found.code, found.precision) == (code, "address")
    assert found.is_accepted


def test_reasons_say_what_agrees() -> None:
    found = match("宽城区亚泰大街1138号", by=BY)
    assert found.code == "a-1138"
    assert [(reason.part, reason.how) for reason in found.reasons] == [
        ("road", "same"),
        ("number", "same"),
        ("county", "other"),
    ]
    assert match("南关区亚泰大街1138号", by=BY).score > found.score > ACCEPTED


def test_a_number_between_others_lies_between_them() -> None:
    found = match("亚泰大街1120号", by=BY)
    assert found.precision == "nearby"
    assert found.latitude is not None
    assert 43.8972 < found.latitude < 43.8978
    assert found.code == ""


def test_far_along_the_road_only_the_road_is_known() -> None:
    found = match("吉林大路535号", by=BY)
    assert (found.precision, found.address, found.is_accepted) == ("road", "吉林大路", False)


def test_a_direction_moves_the_place() -> None:
    there, away = match("新天地购物公园", by=BY), match("新天地购物公园北侧约100米", by=BY)
    assert away.precision == "nearby"
    assert there.latitude is not None
    assert away.latitude is not None
    assert (away.latitude - there.latitude) * 111_195 == pytest.approx(100, abs=1)


@pytest.mark.parametrize("text", ["", "   ", "264路", "不知道在哪里", "\x00\x01", "号号号号号"])
def test_what_means_nothing_is_refused(text: str) -> None:
    found = match(text, by=BY)
    assert not found.is_accepted
    assert found.code == ""


def test_a_region_alone_is_a_region() -> None:
    found = match("长春市宽城区", by=BY)
    assert (found.precision, found.region, found.is_accepted) == ("region", "220103", False)


def test_a_household_is_found_by_those_alone_who_may_see_it() -> None:
    text = "长通家园A7栋1单元302室"
    assert match(text, by=BY).code == "r-1"
    assert match(text, by=PUBLIC).code == "b-7"


def test_many_are_asked_together() -> None:
    """A hundred sound addresses cost no more statements than five."""
    texts = ["亚泰大街1138号", "长通家园A7栋", "长通路与亚泰大街交汇", "中环11区34号楼", "亚泰大街1388号"]
    match_many(texts, by=BY)
    with CaptureQueriesContext(connection) as few:
        match_many(texts, by=BY)
    with CaptureQueriesContext(connection) as many:
        found = match_many(texts * 20, by=BY)
    assert len(many) == len(few)
    assert all(one.is_accepted for one in found)


def test_what_is_at_a_point() -> None:
    here = around(125.3386, 43.8946, by=BY)
    assert here.address is not None
    assert (here.address.code, here.region) == ("a-1388", "220102")
    assert here.address_m == pytest.approx(11, abs=2)
    far = around(125.3301, 43.885, by=BY)
    assert (far.road, far.address) == ("亚泰大街", None)
    assert far.road_m == pytest.approx(8, abs=1)


def test_nothing_is_near_the_sea() -> None:
    here = around(0, 0, by=BY)
    assert (here.address, here.road, here.region) == (None, "", "")


@pytest.mark.parametrize("point", [(181.0, 0.0), (0.0, -91.0), (float("nan"), 0.0)])
def test_a_point_off_the_globe_is_refused(point: tuple[float, float]) -> None:
    with pytest.raises(ProblemError, match="GEO-126"):
        around(*point, by=BY)
