"""A database that is filled once for the tests of a module, each of which finds it so and leaves it so.

The module has its tests marked `django_db`, and names :func:`_django_db_helper` of here, so that
pytest-django begins no transaction of a test's own; a fixture of the module's scope fills within
:func:`taken_back`, and one of each test stands within another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction


@pytest.fixture
def _django_db_helper() -> None:
    """Nothing: the module has transactions of its own."""


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction that ends with a look at what refers to what, and is taken back.

    As in Django's own test cases, the house may begin one inside that is to be the outermost.
    """
    block = transaction.atomic()
    setattr(block, "_from_testcase", True)  # noqa: B010 - its stubs do not have it
    with block:
        yield
        if not connection.needs_rollback:
            connection.check_constraints()
        transaction.set_rollback(True)
