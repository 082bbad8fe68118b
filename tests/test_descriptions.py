"""Whatever the descriptions of the event hub's two doors allow, made up and sent: no server error.

What fits a description and what does not, with and without a key, about things that are there and things that
are not. Few examples, the same each time;
``TEST_EXAMPLES=2000 pytest tests/test_descriptions.py`` looks longer.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from beichen.house.wsgi import application
from beichen.hubs.events.open311 import reading
from beichen.hubs.events.open311.description import document
from beichen.hubs.events.tests import city
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "3"))
DESCRIBED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What no client can send as a form: there is no name for the value.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NO_FORM = (bool, int, float, list, type(None))
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction: none closes the connection, as with Django's own client."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


def _known() -> dict[str, str]:
    """What a parameter is filled with, so that requests get beyond "there is no such thing"."""
    receipt = city.report()
    return {
        "case_code": receipt.case.code,
        "report_code": receipt.report.code,
        "service_code": "works.road-damaged",
        "command": "accept",
        "form": "json",
        "kind": "works.road-damaged",
        "region": city.EAST,
    }


def _call_all(schema: Any, key: str, checks: list[Any]) -> int:
    known = _known()
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    for operation in operations:
        for mode in MODES:

            @given(
                case=operation.as_strategy(generation_mode=mode),
                has_key=st.sampled_from([True, True, False]),
                filled=st.sets(st.sampled_from(sorted(known))),
            )
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=HEALTH,
            )
            def call(case: Any, has_key: bool, filled: set[str]) -> None:
                assume(case.media_type not in FORMS or not isinstance(case.body, NO_FORM))
                forget_rates()
                for name in filled:
                    for values in (case.path_parameters, case.query, case.body):
                        if isinstance(values, dict) and name in values:
                            values[name] = known[name]
                headers = {"Authorization": f"Bearer {key}"} if has_key else {}
                answer = case.call(headers=headers)
                case.validate_response(answer, checks=checks)

            try:
                call()
            except Unsatisfiable:
                continue  # nothing about this operation can be wrong
    return len(operations)


@pytest.mark.django_db
def test_georeport() -> None:
    """Every status, type and body of an answer is as described, whatever is sent."""
    city.build()
    key = create_client("app", "App", "public", by=city.SETUP)
    schema = schemathesis.openapi.from_wsgi("/open311/v2/openapi.json", application)
    assert _call_all(schema, key, DESCRIBED) == 7


@pytest.mark.django_db
def test_cases_for_programs() -> None:
    """No server error at `/api/events`, for a client of the centre."""
    city.build()
    key = create_client("desk", "Desk", "attendant", body=Body.objects.get(key="centre"), by=city.SETUP)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application).include(
        path_regex="^/api/events"
    )
    assert _call_all(schema, key, [not_a_server_error]) == 5


def test_what_is_read_is_described() -> None:
    """The names that the code reads from a query or a form stand in the description, and no others."""
    source = inspect.getsource(reading)
    read = set(re.findall(r'(?:values\.get\(|_(?:number|instant)\(values, )"(\w+)"', source))
    described = {
        name
        for operations in document()["paths"].values()
        for operation in operations.values()
        for name in (
            *(one["name"] for one in operation["parameters"] if one["in"] == "query"),
            *operation.get("requestBody", {})
            .get("content", {})
            .get("application/x-www-form-urlencoded", {})
            .get("schema", {})
            .get("properties", {}),
        )
    }
    assert described - read == {"api_key", "jurisdiction_id"}
    assert read <= described
