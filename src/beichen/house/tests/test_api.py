"""The one API surface and its errors."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_openapi_document_is_served(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")


def test_unknown_address_is_a_problem_document_for_programs(client: Client) -> None:
    answer = client.get("/api/nowhere", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "WEB-404"


def test_health(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_the_page_of_the_api_needs_no_other_site(client: Client) -> None:
    """Its scripts are served from here, and none stands in the page: the policy would not run it."""
    page = client.get("/api/docs").content.decode()
    assert "//cdn" not in page
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    assert [address for address in addresses if not address.startswith("/static/ninja/")] == []
    assert re.findall(r"<script>", page) == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_json_is_a_problem_document(client: Client, body: bytes) -> None:
    answer = client.post("/api/codes/verify", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "API-400"
    assert answer.json()["where"] == {"pointer": "/body"}
