"""Every write leaves a record: the watch over the services sees what it should."""

from __future__ import annotations

from types import FunctionType

import pytest

from beichen.kernel.access import service as access
from beichen.kernel.access.models import Role
from beichen.kernel.actor import Actor, system
from beichen.kernel.levels import Level
from tests import audited

BY = system("test")


def write_silently(*, by: Actor) -> None:
    """A service that forgets the record."""
    Role.objects.create(key="quiet", name="Quiet")


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


@pytest.mark.django_db
def test_a_write_with_one_passes() -> None:
    assert access.save_role("loud", "Loud", [], Level.L1, by=BY).key == "loud"
