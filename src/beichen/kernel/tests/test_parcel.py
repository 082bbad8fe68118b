"""A parcel writes what its writers would have written one after another, on PostgreSQL with one statement."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from beichen.kernel.actor import system
from beichen.kernel.audit import service as audit
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus import service as bus
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Person, Region
from beichen.kernel.parcel import Parcel
from beichen.kernel.planned import MOST_APART
from beichen.kernel.statements import Change, Insertion
from beichen.problem import ProblemError

BY = system("parcel")
PEOPLE, NAMED, CODED = Insertion(Person), Change(Person, "name"), Change(Person, "code")
IS_SERVED = connection.vendor == "postgresql"
pytestmark = pytest.mark.django_db


def names() -> list[str]:
    """Of all people, in the order of their codes."""
    return list(Person.objects.order_by("code").values_list("name", flat=True))


def sent(parcel: Parcel) -> list[str]:
    """The statements with which it was sent."""
    with CaptureQueriesContext(connection) as seen:
        parcel.send()
    return [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]


def test_what_several_write_is_one_statement() -> None:
    """Values are those of the moment of sending; a parcel that was sent is empty."""
    first = PEOPLE.add(Person(name="甲", code="P-1"))
    region = Region(code="990100", name="市", level="city", path="/990100/")
    parcel = Parcel()
    first.name = "子"
    parcel.add(NAMED, [first])
    parcel.add(PEOPLE, [Person(name="乙", code="P-2")])
    parcel.add(Insertion(Region), [region])
    parcel.add(PEOPLE, [Person(name="丙", code="P-3")])
    first.name = "丑"
    assert names() == ["甲"], "nothing is written before it is sent"
    assert len(sent(parcel)) == (1 if IS_SERVED else 3)
    assert names() == ["丑", "乙", "丙"]
    assert Region.objects.get().name == "市"
    assert sent(parcel) == []


def test_a_row_that_is_changed_twice_is_changed_in_two_statements() -> None:
    """Of two changes within one PostgreSQL would make only one."""
    one = PEOPLE.add(Person(name="甲", code="P-1"))
    one.name, one.code = "乙", "P-2"
    parcel = Parcel()
    parcel.add(NAMED, [one])
    parcel.add(CODED, [one])
    parcel.add(PEOPLE, [Person(name="丙", code="P-3")])
    assert len(sent(parcel)) == (2 if IS_SERVED else 3)
    assert list(Person.objects.order_by("code").values_list("name", "code")) == [("乙", "P-2"), ("丙", "P-3")]


def test_more_values_than_fit_are_sent_as_several() -> None:
    parcel = Parcel()
    width = len(Person._meta.local_concrete_fields) - 1
    many = MOST_APART // width
    parcel.add(PEOPLE, [Person(name="甲", code=f"P-{number}") for number in range(many)])
    parcel.add(Insertion(Person), [Person(name="乙", code=f"Q-{number}") for number in range(many)])
    assert len(sent(parcel)) == 2
    assert len(names()) == 2 * many


def test_a_row_that_is_gone_is_told_and_nothing_is_written() -> None:
    here, gone = (PEOPLE.add(Person(name="甲", code=code)) for code in ("P-1", "P-2"))
    Person.objects.filter(pk=gone.pk).delete()
    parcel = Parcel()
    here.name = "乙"
    parcel.add(NAMED, [here, gone])
    parcel.add(PEOPLE, [Person(name="丙", code="P-3")])
    with pytest.raises(DatabaseError, match="not there any more"), transaction.atomic():
        parcel.send()
    assert names() == ["甲"]


def test_what_the_database_refuses_is_refused_as_ever() -> None:
    """Also who adds the same twice within one parcel; and the whole parcel is refused."""
    PEOPLE.add(Person(name="甲", code="P-1"))
    for codes in (["P-2", "P-1"], ["P-2", "P-2"]):
        parcel = Parcel()
        for code in codes:
            parcel.add(Insertion(Person), [Person(name="乙", code=code)])
        with pytest.raises(IntegrityError), transaction.atomic():
            parcel.send()
        assert names() == ["甲"]
    parcel = Parcel()
    parcel.add(PEOPLE, [Person(name="乙\x00", code="P-2"), Person(name="丙", code="P-3")])
    parcel.add(Insertion(Region), [Region(code="990100", name="市", level="city", path="/990100/")])
    if IS_SERVED:
        with pytest.raises((DataError, ValueError)), transaction.atomic():
            parcel.send()
        assert names() == ["甲"]


def test_acts_events_and_records_are_in_their_order() -> None:
    """Records are linked when they are sent: another's in between takes the place before them."""
    (start, _hash), parcel = audit.head(), Parcel()
    drafts = [bus.Draft("crash.thing.happened", f"{number}", number) for number in range(5)]
    bus.publish_many(drafts[:2], by=BY, parcel=parcel)
    mine = [audit.record(BY, "test.thing", f"mine:{number}", parcel=parcel) for number in range(2)]
    bus.publish_many(drafts[2:], by=BY, parcel=parcel)
    assert not OutboxEvent.objects.exists()
    other = audit.record(BY, "test.thing", "another's")
    parcel.add(PEOPLE, [Person(name="甲", code="P-1")])
    parcel.send()
    subjects = OutboxEvent.objects.order_by("id").values_list("payload", flat=True)
    assert ['"subject":"%d"' % number in payload for number, payload in enumerate(subjects)] == [True] * 5  # noqa: UP031
    assert [other.sequence, *(one.sequence for one in mine)] == [start + 1, start + 2, start + 3]
    assert [one.hash for one in mine] == list(
        AuditRecord.objects.filter(sequence__gt=start + 1).order_by("sequence").values_list("hash", flat=True)
    )
    found = audit.verify()
    assert (found.problems, found.records) == ([], start + 3)
    assert names() == ["甲"]


def test_an_event_that_is_none_is_refused_before_it_is_put_in() -> None:
    parcel = Parcel()
    with pytest.raises(ProblemError) as error:
        bus.publish_many([bus.Draft("no type", "x", 1)], by=BY, parcel=parcel)
    assert error.value.problems[0].code == "BUS-101"
    assert sent(parcel) == []


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_of_the_caller_it_is_one_of_its_own() -> None:
    start, _hash = audit.head()
    PEOPLE.add(Person(name="甲", code="P-1"))
    parcel = Parcel()
    audit.record(BY, "test.thing", "mine", parcel=parcel)
    parcel.add(PEOPLE, [Person(name="乙", code="P-2"), Person(name="丙", code="P-1")])
    with pytest.raises(IntegrityError):
        parcel.send()
    assert names() == ["甲"]
    assert audit.head()[0] == start


def test_what_everybody_waits_for_is_locked_when_all_else_is_written() -> None:
    parcel = Parcel()
    audit.record(BY, "test.thing", "mine", parcel=parcel)
    parcel.add(PEOPLE, [Person(name="甲", code="P-1")])
    parcel.add(Insertion(Region), [Region(code="990100", name="市", level="city", path="/990100/")])
    told = [re.findall(r"kernel_(?:org_\w+|audit_\w+)", sql) for sql in sent(parcel)]
    head = told.index(["kernel_audit_head"])
    assert "kernel_audit_record" in chain(*told[head:])
    assert {"kernel_org_person", "kernel_org_region"} <= set(chain(*told[:head]))
    assert not {"kernel_org_person", "kernel_org_region"} & set(chain(*told[head:]))
