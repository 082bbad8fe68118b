"""A prepared query says what its queryset says; an insertion writes what ``save`` writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from beichen.kernel.org.models import Body, Person, Region
from beichen.kernel.statements import Change, Insertion, Prepared, keys, slot

pytestmark = pytest.mark.django_db


def town() -> Region:
    """A county below a city."""
    above = Region.objects.create(code="990100", name="上市", level="city", path="/990100/")
    return Region.objects.create(
        code="990101", name="下区", level="county", parent=above, path="/990100/990101/"
    )


def test_rows_with_their_relations() -> None:
    """One statement gives rows, converted, with what hangs on them or None; again with other values."""
    region = town()
    Body.objects.create(key="here", name="在", region=region, path="/here/")
    Body.objects.create(key="nowhere", name="不在", path="/nowhere/")
    prepared = Prepared(lambda: Body.objects.select_related("region__parent").filter(key=slot(Body, "key")))
    with CaptureQueriesContext(connection) as sent:
        here, nowhere, none = (prepared.first(key=key) for key in ("here", "nowhere", "none"))
        assert here is not None
        assert nowhere is not None
        assert here.region == region
        assert here.region.parent == region.parent
        assert (here.name, here.is_current, nowhere.region) == ("在", True, None)
        assert none is None
    assert len(sent) == 3
    here.name = "改"
    here.save()
    assert Body.objects.get(key="here").name == "改"


def test_values() -> None:
    """A list of values, with two slots for one column and one for another."""
    town()
    codes = [slot(Region, name, "code") for name in ("one", "other")]
    prepared = Prepared(
        lambda: Region.objects.filter(code__in=codes, is_current=True).values_list("code", "level")
    )
    assert list(prepared.tuples(one="990100", other="990101")) == [("990100", "city"), ("990101", "county")]
    assert list(prepared.tuples(one="990100", other="0")) == [("990100", "city")]
    assert [prepared.count(one="990100", other=other) for other in ("990101", "0")] == [2, 1]
    some = Prepared(lambda: Region.objects.filter(code__gte=slot(Region, "code")).values_list("pk")[:1])
    assert [some.count(code=code) for code in ("990100", "990102")] == [1, 0]


def test_many_keys() -> None:
    """One statement for any number of them."""
    region = town()
    prepared = Prepared(lambda: Region.objects.filter(pk__in=keys(Region)).order_by("code"))
    wanted = [region.pk, region.parent_id, 0]
    assert [[row.code for row in prepared.rows(keys=wanted[:most])] for most in (0, 1, 3)] == [
        [], ["990101"], ["990100", "990101"],
    ]  # fmt: skip


def test_a_query_that_can_give_nothing_is_not_sent() -> None:
    town()
    prepared = Prepared(lambda: Region.objects.filter(pk__in=[], code=slot(Region, "code")))
    with CaptureQueriesContext(connection) as sent:
        assert prepared.rows(code="990100") == []
        assert prepared.first(code="990100") is None
        assert list(prepared.tuples(code="990100")) == []
        assert prepared.count(code="990100") == 0
    assert not sent.captured_queries


def test_an_insertion_is_a_save() -> None:
    """Defaults, conversions and the key; what the database refuses is refused."""
    insertion = Insertion(Person)
    one = insertion.add(Person(name="甲"))
    assert Person.objects.get(pk=one.pk).code == one.code
    one.name = "乙"
    one.save()
    assert Person.objects.get().name == "乙"
    with pytest.raises(IntegrityError), transaction.atomic():
        insertion.add(Person(name="丙", code=one.code))


def test_times() -> None:
    """A time goes in and is asked for as on every database."""
    from beichen.kernel.bus.models import Subscription

    moment = datetime(2026, 11, 28, 8, 30, tzinfo=UTC)
    Insertion(Subscription).add(Subscription(name="t", moved_at=moment))
    column = slot(Subscription, "since", "moved_at")
    prepared = Prepared(lambda: Subscription.objects.filter(moved_at__gte=column))
    assert [row.moved_at for row in prepared.rows(since=moment)] == [moment]


def test_many_at_once() -> None:
    """One statement for all rows, in their order; none for none; one that clashes is as was said."""
    insertion = Insertion(Person)
    with CaptureQueriesContext(connection) as sent:
        insertion.add_all([])
        insertion.add_all([Person(name="甲", code="P-1"), Person(name="乙", code="P-2")])
    assert len(sent) == 1
    assert list(Person.objects.order_by("id").values_list("name", flat=True)) == ["甲", "乙"]
    Insertion(Person, "ON CONFLICT DO NOTHING").add_all(
        [Person(name="丙", code="P-1"), Person(name="丁", code="P-3")]
    )
    assert sorted(Person.objects.values_list("name", flat=True)) == sorted(["甲", "乙", "丁"])


def test_a_change_is_a_save_of_these_fields() -> None:
    """Other fields stay as they are in the database; a row that is gone is told."""
    change = Change(Person, "name")
    one = Insertion(Person).add(Person(name="甲", code="P-1"))
    one.name, one.code = "乙", "P-2"
    change.save(one)
    assert Person.objects.values_list("name", "code").get() == ("乙", "P-1")
    Person.objects.all().delete()
    with pytest.raises(DatabaseError, match="not there any more"):
        change.save(one)
