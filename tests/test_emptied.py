"""What a test commits is gone for the next one, whatever refers to what."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import TransactionTestCase

from beichen.kernel.access.models import Account
from beichen.kernel.org.models import Body, Person, Region
from tests.emptied import empty, filled

FILLED = {"kernel_org_body", "kernel_org_person", "kernel_org_region", "kernel_access_account"}


@pytest.mark.django_db(transaction=True)
def test_rows_that_refer_to_each_other_go_together() -> None:
    city = Region.objects.create(code="220100", name="长春市", level="city", path="220100/")
    below = Region.objects.create(
        code="220102", name="南关区", level="county", path="220100/220102/", parent=city
    )
    Body.objects.create(key="city", name="市政府", region=below, path="city/")
    Account.objects.create_user("an", password="long-enough-secret", person=Person.objects.create(name="安"))
    assert set(filled(connection)) == FILLED
    empty(connection, filled(connection))
    assert filled(connection) == []
    connection.check_constraints()


def test_every_test_that_commits_ends_so() -> None:
    assert vars(TransactionTestCase)["_fixture_teardown"].__module__ == "tests.emptied"
