"""Clients that we did not write: OWSLib, GDAL's OAPIF driver, schemathesis over the definition."""

from __future__ import annotations

from typing import Any

import pyogrio
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from owslib.ogcapi.features import Features
from pytest_django.live_server_helper import LiveServer
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from beichen.kernel.access import service as access
from beichen.platforms.geo.ogc.tests import ground

pytestmark = pytest.mark.django_db(transaction=True)
# A condition that is refused, or a collection that is not there, is no fault of the interface.
UNLISTED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    positive_data_acceptance,
]


@pytest.fixture
def root(live_server: LiveServer) -> str:
    """The interface, with two layers."""
    access.load_roles(by=ground.BY)
    ground.keep_layers()
    return f"{live_server.url}/ogc"


def test_owslib_reads_it(root: str) -> None:
    client = Features(root)
    assert client.feature_collections() == ["areas", "stations"]
    assert client.collection("stations")["title"] == "车站"
    assert client.collection_queryables("stations")["properties"]["storeys"]["type"] == "integer"
    found = client.collection_items("stations", bbox=[125.3, 43.88, 125.33, 43.92], limit=1)
    assert (found["numberReturned"], len(found["features"])) == (1, 1)
    found = client.collection_items("stations", filter="storeys > 5")
    assert sorted(one["id"] for one in found["features"]) == ["s2", "s3"]
    assert client.collection_item("stations", "s1")["properties"]["name"] == "人民广场站"
    assert any("ogcapi-features-3" in one for one in client.conformance()["conformsTo"])


def test_gdal_reads_it(root: str) -> None:
    """Layers, features, a box, a condition that GDAL hands over, and another system's coordinates."""
    source = f"OAPIF:{root}"
    assert [name for name, _kind in pyogrio.list_layers(source)] == ["areas", "stations"]
    assert pyogrio.read_info(source, layer="stations")["crs"].endswith('AUTHORITY["OGC","CRS84"]]')
    about, _keys, shapes, values = pyogrio.raw.read(source, layer="stations")
    names = dict(zip(about["fields"], values, strict=True))
    assert sorted(names["name"]) == sorted(name for _key, name, *_place in ground.PLACES)
    assert len(shapes) == 4
    boxed = pyogrio.raw.read(source, layer="stations", bbox=(125.3, 43.88, 125.33, 43.92))
    assert len(boxed[2]) == 2
    asked = pyogrio.raw.read(source, layer="stations", where="storeys > 5")
    assert len(asked[2]) == 2
    paged = pyogrio.raw.read(source, layer="stations", PAGE_SIZE=1)
    assert len(paged[2]) == 4


def test_schemathesis_finds_no_server_error(root: str) -> None:
    schema = schemathesis.openapi.from_url(f"{root}/api", headers={"Accept": "application/json"})
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 20
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
        def call(case: schemathesis.Case[Any]) -> None:
            if "collectionId" in (case.path_parameters or {}):
                case.path_parameters["collectionId"] = "stations"
            case.call_and_validate(excluded_checks=UNLISTED)

        call()
