"""Instances made of rows are those that Django makes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from beichen.kernel.instances import instance
from beichen.kernel.org.models import Region

pytestmark = pytest.mark.django_db


def row(*names: str) -> Any:
    """A region of a row that holds these columns alone."""
    values = Region.objects.filter(code="990101").values_list(*names).get()
    return instance(Region, names, values)


def test_what_was_not_asked_for_is_read_when_looked_at() -> None:
    above = Region.objects.create(code="990100", name="上市", level="city", path="/990100/")
    Region.objects.create(code="990101", name="下区", level="county", parent=above, path="/990100/990101/")
    one = row("id", "name", "parent_id")
    assert one.get_deferred_fields() >= {"code", "level"}
    with CaptureQueriesContext(connection) as sent:
        assert (one.name, one.parent_id) == ("下区", above.pk)
        assert not sent.captured_queries
        assert (one.level, one.parent) == ("county", above)
    assert len(sent) == 2
    assert one == Region.objects.get(code="990101")
    one.name = "改"
    one.save(update_fields=["name"])
    assert Region.objects.get(code="990101").name == "改"


def test_who_listens_hears_of_them() -> None:
    Region.objects.create(code="990101", name="下区", level="county", path="/990101/")
    heard: list[Any] = []

    def hear(instance: Any, **_about: Any) -> None:
        heard.append(instance)

    post_init.connect(hear, sender=Region)
    try:
        one = row("id", "name")
    finally:
        post_init.disconnect(hear, sender=Region)
    assert heard == [one]
    assert one.level == "county"
