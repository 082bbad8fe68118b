"""Every operation of the OpenAPI document, called with what schemathesis makes up from it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from pytest_django.live_server_helper import LiveServer
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    status_code_conformance,
)

from beichen.kernel.access import service as access
from beichen.kernel.actor import system

# Handlers answer problems that the document does not list one by one; what must hold is no server error.
UNLISTED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    positive_data_acceptance,
]


@pytest.mark.django_db(transaction=True)
def test_no_call_ends_in_a_server_error(live_server: LiveServer) -> None:
    access.load_roles(by=system("test"))
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 4
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
        def call(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(excluded_checks=UNLISTED)

        call()
