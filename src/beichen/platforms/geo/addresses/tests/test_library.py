"""The library: loaded once, corrected with history, retired and never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils.translation import override

from beichen.kernel.actor import PUBLIC
from beichen.kernel.audit.models import AuditRecord
from beichen.platforms.geo.addresses import library
from beichen.platforms.geo.addresses.matching import match
from beichen.platforms.geo.addresses.places import search_places
from beichen.platforms.geo.addresses.tests import town
from beichen.platforms.geo.addresses.tests.town import ADDRESSES, BY, OWNER, address
from beichen.platforms.geo.addresses.words import reason_words
from beichen.platforms.geo.models import Address, Place
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built() -> None:
    town.build()


def test_loading_twice_changes_nothing() -> None:
    changes = library.load_addresses(ADDRESSES, owner=OWNER, by=BY)
    assert not changes
    assert changes.unchanged == len(ADDRESSES)


def test_a_change_is_remembered() -> None:
    moved = [replace(one, longitude=125.34) if one.code == "a-1388" else one for one in ADDRESSES]
    assert library.load_addresses(moved, owner=OWNER, by=BY).changed == ["a-1388"]
    row = library.find_address("a-1388", by=BY)
    (before,) = library.versions_of(row)
    assert (row.longitude, row.version) == (125.34, 2)
    assert (before.values["longitude"], before.version, before.changed_by) == (125.3386, 1, BY.key)
    with override("zh-hans"):
        assert reason_words(before.reason) == f"由 {OWNER} 载入"
        assert reason_words("路名更正") == "路名更正"


def test_what_is_no_longer_brought_is_retired() -> None:
    assert library.load_addresses(ADDRESSES[1:], owner=OWNER, by=BY).removed == ["a-1138"]
    row = Address.objects.get(code="a-1138")
    assert (row.standing, row.version) == ("retired", 2)
    with override("zh-hans"):
        assert [reason_words(one.reason) for one in library.versions_of(row)] == ["来源已不再提供"]
    assert match("亚泰大街1138号", by=BY).code == ""
    assert not search_places("新天地", by=BY)
    assert library.load_addresses(ADDRESSES, owner=OWNER, by=BY).changed == ["a-1138"]
    assert match("亚泰大街1138号", by=BY).code == "a-1138"


def test_a_correction_stays_when_its_package_is_loaded_again() -> None:
    row = library.correct_address(
        "a-1388", {"text": "长春市南关区亚泰大街1389号", "name": "邮局"}, by=BY, reason="new sign", version=1
    )
    assert (row.number, row.version, row.is_corrected) == ("1389", 2, True)
    assert match("亚泰大街1389号", by=BY).code == "a-1388"
    library.load_addresses(ADDRESSES, owner=OWNER, by=BY)
    assert library.find_address("a-1388", by=BY).number == "1389"
    record = AuditRecord.objects.filter(action="geo.address.correct").get()
    assert (record.resource, record.reason) == ("platforms_geo.address:a-1388", "new sign")
    assert [one.name for one in search_places("youju", by=BY)] == ["邮局"]


def test_a_correction_of_an_old_state_is_refused() -> None:
    library.correct_address("a-1388", {"name": "邮局"}, by=BY, reason="x")
    with pytest.raises(ProblemError, match="GEO-124"):
        library.correct_address("a-1388", {"name": "银行"}, by=BY, reason="x", version=1)


def test_all_that_is_wrong_with_a_correction_is_said() -> None:
    values = {"text": "", "longitude": 200.0, "latitude": "x", "standing": "gone", "region": "1", "code": "y"}
    with pytest.raises(ProblemError) as refused:
        library.correct_address("a-1388", values, by=BY, reason="x")
    assert {one.where.field for one in refused.value.problems} == set(values)
    assert {one.code for one in refused.value.problems} == {"GEO-125"}


def test_who_may_not_write_writes_nothing() -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        library.correct_address("a-1388", {"name": "邮局"}, by=PUBLIC, reason="x")
    with pytest.raises(ProblemError, match="ACC-403"):
        library.add_addresses([], by=PUBLIC)
    assert library.find_address("a-1388", by=BY).version == 1


def test_an_address_that_is_not_there() -> None:
    with pytest.raises(ProblemError, match="GEO-122"):
        library.find_address("none", by=BY)
    with pytest.raises(ProblemError, match="GEO-122"):
        library.find_address("r-1", by=PUBLIC)
    with pytest.raises(ProblemError, match="GEO-122"):
        library.correct_address("none", {}, by=BY, reason="x")


def test_another_cannot_take_a_code() -> None:
    with pytest.raises(ProblemError, match="GEO-123"):
        library.add_addresses([address("a-1388", "长春市某路1号", 125.3, 43.9)], by=BY)
    with pytest.raises(ProblemError, match="GEO-123"):
        library.load_addresses(ADDRESSES[:1], owner="city:other", by=BY)


def test_the_citys_own_are_added() -> None:
    changes = library.add_addresses(
        [address("own-1", "长春市南关区新城巷9号", 125.33, 43.89)], by=BY, reason="survey"
    )
    assert changes.added == ["own-1"]
    assert match("新城巷9号", by=BY).code == "own-1"
    assert Place.objects.get(ref="road:新城巷").kind == "road"
    library.load_addresses(ADDRESSES, owner=OWNER, by=BY)
    assert library.find_address("own-1", by=BY).standing == "current"


def test_words_are_searched_in_texts_and_names() -> None:
    def found(text: str) -> set[str]:
        rows = library.searched(library.addresses(by=BY), text)
        return set(rows.values_list("code", flat=True))

    assert found("长通家园") == {"b-7", "b-6", "r-1"}
    assert found("新天地 亚泰") == {"a-1138"}
    assert found("没有的路") == set()
    assert len(found("")) == len(ADDRESSES)
