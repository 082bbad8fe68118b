"""Layers: installed once, changed where they differ, served fast."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beichen.kernel.access.service import create_client, load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db

BY = system("tests")
POINTS = (
    b'{"type":"FeatureCollection","features":[\n'
    b'{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[125.3,43.8]}}\n]}'
)
FACTS = service.LayerFacts(
    key="wells",
    name="水井",
    name_en="Wells",
    kind="point",
    source="A survey",
    licence="CC0-1.0",
    attribution="The survey",
    file="layers/wells.geojson",
    content=POINTS,
    style={"role": "thing"},
)


@pytest.fixture
def installed() -> None:
    load_roles(by=BY)
    service.install_layers([FACTS], owner="city:invented", by=BY)


def test_installing_twice_changes_nothing(installed: None) -> None:
    changes = service.install_layers([FACTS], owner="city:invented", by=BY)
    assert not changes
    assert changes.unchanged == 1


def test_a_new_word_and_new_content_are_changes(installed: None) -> None:
    renamed = replace(FACTS, name="老水井")
    assert service.install_layers([renamed], owner="city:invented", by=BY).changed == ["wells"]
    moved = replace(renamed, content=POINTS.replace(b"125.3", b"125.4"))
    assert service.install_layers([moved], owner="city:invented", by=BY).changed == ["wells"]
    assert service.features("wells")[0]["geometry"]["coordinates"] == [125.4, 43.8]
    assert service.layer("wells").west == 125.4


def test_a_layer_that_vanished_is_kept_but_not_served(installed: None) -> None:
    assert service.install_layers([], owner="city:invented", by=BY).removed == ["wells"]
    assert not service.layers().exists()
    assert Layer.objects.filter(key="wells").exists()
    assert service.install_layers([FACTS], owner="city:invented", by=BY).changed == ["wells"]


def test_another_package_cannot_take_a_layer(installed: None) -> None:
    with pytest.raises(ProblemError, match="GEO-106 the layer wells belongs to city:invented"):
        service.install_layers([FACTS], owner="city:other", by=BY)
    assert service.install_layers([], owner="city:other", by=BY).removed == []


def test_nothing_is_written_when_one_of_two_is_wrong() -> None:
    bad = replace(FACTS, key="broken", file="layers/broken.geojson", content=b"{}")
    with pytest.raises(ProblemError, match=r"layers/broken\.geojson: error: GEO-101"):
        service.install_layers([FACTS, bad], owner="city:invented", by=BY)
    assert not Layer.objects.exists()


def test_a_steward_switches_a_layer_off_and_loading_leaves_it_off(installed: None) -> None:
    service.switch_layer("wells", on=False, by=BY)
    service.install_layers([replace(FACTS, name="老水井")], owner="city:invented", by=BY)
    with pytest.raises(ProblemError, match="GEO-404"):
        service.layer("wells")
    service.switch_layer("wells", on=True, by=BY)
    assert service.layer("wells").name == "老水井"
    assert AuditRecord.objects.filter(action="geo.layer.switch").count() == 2


def test_switching_what_is_not_there_is_refused() -> None:
    with pytest.raises(ProblemError, match="GEO-404 there is no layer nothing"):
        service.switch_layer("nothing", on=False, by=BY)


def test_the_list_names_source_licence_and_hash(installed: None, client: Client) -> None:
    (row,) = client.get("/api/geo/layers").json()
    assert row["licence"] == "CC0-1.0"
    assert row["attribution"] == "The survey"
    assert row["sha256"] == hashlib.sha256(POINTS).hexdigest()
    assert row["box"] == [125.3, 43.8, 125.3, 43.8]
    assert row["name"] == {"zh": "水井", "en": "Wells"}


def test_a_layer_is_served_packed_and_unpacked(installed: None, client: Client) -> None:
    plain = client.get("/api/geo/layers/wells")
    assert plain.content == POINTS
    assert plain.headers["Content-Type"] == "application/geo+json"
    packed = client.get("/api/geo/layers/wells", headers={"accept-encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.content) == POINTS


def test_a_map_that_has_the_layer_gets_no_content(
    installed: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    etag = client.get("/api/geo/layers/wells").headers["ETag"]
    queries: CaptureQueriesContext
    with django_assert_max_num_queries(3) as queries:
        answer = client.get("/api/geo/layers/wells", headers={"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert not any("layercontent" in query["sql"] for query in queries.captured_queries)
    stale = client.get("/api/geo/layers/wells", headers={"if-none-match": 'W/"0"'})
    assert stale.status_code == 200


def test_an_unknown_layer_names_the_nearest(installed: None, client: Client) -> None:
    answer = client.get("/api/geo/layers/well")
    assert answer.status_code == 404
    assert answer.json()["code"] == "GEO-404"
    assert answer.json()["hint"] == "did you mean 'wells'?"


def test_the_list_costs_one_query_however_long(installed: None, django_assert_num_queries: Any) -> None:
    more = [replace(FACTS, key=f"wells-{number}") for number in range(20)]
    service.install_layers([FACTS, *more], owner="city:invented", by=BY)
    with django_assert_num_queries(1):
        assert len(service.layers()) == 21


def test_what_the_public_may_not_see_is_kept_by_no_shared_cache(client: Client, installed: None) -> None:
    assert client.get("/api/geo/layers/wells")["Cache-Control"].startswith("public")
    save_role("public", "公众", [], Level.L1, by=BY)
    assert client.get("/api/geo/layers/wells").status_code == 403
    key = create_client("maps", "Maps", "steward", by=BY)
    answer = client.get("/api/geo/layers/wells", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, max-age=300")
