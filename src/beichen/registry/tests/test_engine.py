"""A database without a spatial index is refused before anything is made in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection

from beichen.problem import ProblemError
from beichen.registry.engine import check_engine

pytestmark = pytest.mark.django_db


def test_this_database_has_a_spatial_index() -> None:
    check_engine(connection)


def test_a_database_without_one_is_refused() -> None:
    def without(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if "postgis" in sql.lower():
            raise DatabaseError
        return execute(sql.replace("ENABLE_RTREE", "ENABLE_NOTHING"), parameters, many, context)

    with connection.execute_wrapper(without), pytest.raises(ProblemError, match="REG-501"):
        check_engine(connection)
