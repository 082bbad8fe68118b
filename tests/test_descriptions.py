"""Whatever the descriptions of the event hub's two doors allow, made up and sent: no server error."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error

from beichen.house.wsgi import application
from beichen.hubs.events.open311 import reading
from beichen.hubs.events.open311.description import document
from beichen.hubs.events.tests import city
from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body
from tests.describing import DESCRIBED, call_all, one_connection


@pytest.fixture(autouse=True)
def _shared() -> Iterator[None]:
    with one_connection():
        yield


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


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.django_db
def test_georeport() -> None:
    """Every status, type and body of an answer is as described, whatever is sent."""
    city.build()
    key = create_client("app", "App", "public", by=city.SETUP)
    schema = schemathesis.openapi.from_wsgi("/open311/v2/openapi.json", application)
    assert call_all(schema, _known(), _bearer(key), DESCRIBED) == 7


@pytest.mark.django_db
def test_cases_for_programs() -> None:
    """No server error at `/api/events`, for a client of the centre."""
    city.build()
    key = create_client("desk", "Desk", "attendant", body=Body.objects.get(key="centre"), by=city.SETUP)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application).include(
        path_regex="^/api/events"
    )
    assert call_all(schema, _known(), _bearer(key), [not_a_server_error]) == 5


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
