"""Clients that we did not write: OWSLib, GDAL's OAPIF driver, schemathesis over the definition."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

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


READ = """
import json, sys, pyogrio
source, questions = sys.argv[1], json.loads(sys.argv[2])
layers = [name for name, _kind in pyogrio.list_layers(source)]
system = pyogrio.read_info(source, layer="stations")["crs"]
found = []
for one in questions:
    if "bbox" in one:
        one["bbox"] = tuple(one["bbox"])
    about, _keys, shapes, values = pyogrio.raw.read(source, layer="stations", **one)
    found.append(sorted(dict(zip(about["fields"], values))["name"]))
print(json.dumps({"layers": layers, "system": system, "found": found}))
"""


def test_gdal_reads_it(root: str) -> None:
    """Layers, features, a box, a condition that GDAL hands over, pages; in a process beside the server's."""
    box = (125.3, 43.88, 125.33, 43.92)
    questions = [{}, {"bbox": box}, {"where": "storeys > 5"}, {"PAGE_SIZE": 1}]
    command = [sys.executable, "-c", READ, f"OAPIF:{root}", json.dumps(questions)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    names = sorted(name for _key, name, *_place in ground.PLACES)
    assert read["layers"] == ["areas", "stations"]
    assert read["system"].endswith('AUTHORITY["OGC","CRS84"]]')
    assert read["found"][0] == read["found"][3] == names
    assert read["found"][1] == ["人民广场站", "长春站"]
    assert read["found"][2] == ["净月潭站", "长春站"]


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
