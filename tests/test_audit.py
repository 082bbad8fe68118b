"""Every write leaves a record: the watch over the services sees what it should."""

from __future__ import annotations

import re
from types import FunctionType

import pytest
from django.utils.translation import override

from beichen.fronts.citizen.my.deeds import ACTS
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Role
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person
from beichen.kernel.parcel import Parcel
from beichen.kernel.statements import Insertion
from beichen.plan.reports.deeds import DEEDS
from tests import audited

BY = system("test")


def write_silently(*, by: Actor) -> None:
    """A service that forgets the record."""
    Role.objects.create(key="quiet", name="Quiet")


def write_several_silently(*, by: Actor) -> None:
    """The same with what PostgreSQL takes as one statement."""
    parcel = Parcel()
    parcel.add(Insertion(Person), [Person(name="甲")])
    parcel.add(Insertion(Role), [Role(key="quiet", name="Quiet")])
    parcel.send()


def test_every_act_of_every_room_is_watched() -> None:
    """More than thirty, in nine rooms and growing; none is called unwatched."""
    acts = audited.acts()
    assert len(acts) > 30
    assert [name for name, function in acts.items() if not hasattr(function, "__wrapped__")] == []


@pytest.mark.django_db
def test_a_write_without_a_record_fails() -> None:
    assert isinstance(write_silently, FunctionType)
    with pytest.raises(AssertionError, match="wrote kernel_access_role without a record"):
        audited._watched(write_silently)(by=BY)
    Role.objects.all().delete()
    assert isinstance(write_several_silently, FunctionType)
    with pytest.raises(AssertionError, match="wrote kernel_access_role, kernel_org_person without a record"):
        audited._watched(write_several_silently)(by=BY)


@pytest.mark.django_db
def test_a_write_with_one_passes() -> None:
    assert access.save_role("loud", "Loud", [], Level.L1, by=BY).key == "loud"


def test_an_act_that_people_read_has_words_in_both_languages() -> None:
    """On one's own page and in the trail of the plan; what has none fails where it is recorded."""
    for words in (ACTS, DEEDS):
        for key, word in words.items():
            with override("en"):
                english = str(word)
            with override("zh-hans"):
                assert re.search("[一-鿿]", str(word)), key
            assert english != key
    assert audited.wordless("plan.made.up", "plan.plan:x", "") == "plan/reports/deeds.py"
    assert audited.wordless("made.up", "x.y", "ABC") == "fronts/citizen/my/deeds.py"
    assert audited.wordless("made.up", "platforms_x.y", "") == ""


@pytest.mark.django_db
def test_a_record_of_the_house_without_words_fails() -> None:
    act = {"__name__": "beichen.plan.made_up", "record": audit.record, "BY": BY}
    with pytest.raises(AssertionError, match=r"plan\.made\.up"):
        exec("record(BY, 'plan.made.up', 'plan.plan:x')", act)  # noqa: S102 - as if a room did
