"""The base map: built of the layers, served by parts, drawn by a style, within rights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django.test import Client
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.lock import Lock
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.levels import Level
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.basemap import commands, jobs, service, subscribers
from beichen.platforms.geo.basemap.palette import Theme, palette
from beichen.platforms.geo.basemap.ranges import Span, span_of
from beichen.problem import ProblemError
from beichen.settings import Settings

BY = system("tests")
AREA = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"220102","name":"X","name_en":"X"},'
    b'"geometry":{"type":"Polygon","coordinates":[[[125,43],[126,43],[126,44],[125,44],[125,43]]]}}]}'
)
FACTS = geo.LayerFacts(
    key="districts", name="区", name_en="Districts", kind="polygon", source="A survey", licence="CC0-1.0",
    attribution="The survey", file="layers/districts.geojson", content=AREA, style={"role": "boundary"},
    region_property="code",
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(service, "settings", lambda: Settings(data_dir=tmp_path))
    monkeypatch.setattr(service, "ZOOMS", range(4, 8))
    return tmp_path


@pytest.fixture
def layers(db: None) -> None:
    load_roles(by=BY)
    geo.install_layers([FACTS], owner="city:invented", by=BY)


@pytest.fixture
def built(layers: None) -> service.Built:
    return service.build(by=BY)


def use(monkeypatch: pytest.MonkeyPatch, folder: Path, url: str) -> None:
    monkeypatch.setattr(service, "settings", lambda: Settings(data_dir=folder, map_url=url))


def test_it_is_built_once_and_again_when_a_layer_changes(built: service.Built) -> None:
    assert service.is_current()
    first = service.archive_file().stat().st_mtime_ns
    assert service.build(by=BY) == built
    assert service.archive_file().stat().st_mtime_ns == first
    geo.install_layers([replace(FACTS, min_zoom=5)], owner="city:invented", by=BY)
    assert not service.is_current()
    assert service.build(by=BY).signature != built.signature
    assert AuditRecord.objects.filter(action="geo.map.build").count() == 2


def test_without_layers_there_is_none(db: None) -> None:
    with pytest.raises(ProblemError, match="GEO-701"):
        service.build(by=BY)
    assert service.is_current()
    jobs.build_base_map.call()
    assert service.built() is None


def test_two_builds_do_not_meet(layers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "WAIT_SECONDS", 0.0)
    lock = Lock("geo.basemap")
    assert lock.take()
    try:
        with pytest.raises(ProblemError, match="GEO-702"):
            service.build(by=BY)
    finally:
        lock.release()


def test_layers_that_change_say_so_and_the_map_follows(layers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "run_aside", lambda work: work())  # another process sees another database
    event = OutboxEvent.objects.get(type="geo.layers.changed")
    assert "city:invented" in event.payload
    geo.install_layers([FACTS], owner="city:invented", by=BY)
    assert OutboxEvent.objects.filter(type="geo.layers.changed").count() == 1
    subscribers.follow_layers(None)  # type: ignore[arg-type]
    assert DBTaskResult.objects.filter(task_path__endswith="build_base_map").count() == 1
    jobs.build_base_map.call()
    assert service.is_current()


def test_parts_are_served_with_a_tag(built: service.Built, client: Client) -> None:
    whole = client.get(service.ADDRESS)
    assert whole.status_code == 200
    assert whole.content[:7] == b"PMTiles"
    assert whole["Content-Length"] == str(built.size)
    part = client.get(service.ADDRESS, headers={"range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert part["Content-Range"] == f"bytes 0-6/{built.size}"
    assert part["Cache-Control"].startswith("public")
    last = client.get(service.ADDRESS, headers={"range": "bytes=-5"})
    assert last.content == whole.content[-5:]
    assert client.get(service.ADDRESS, headers={"if-none-match": part["ETag"]}).status_code == 304
    other = client.get(service.ADDRESS, headers={"range": "bytes=0-6", "if-range": '"other"'})
    assert other.status_code == 200
    head = client.head(service.ADDRESS)
    assert (head.content, head["Accept-Ranges"]) == (b"", "bytes")


def test_a_range_outside_and_a_map_that_is_not_there(built: service.Built, client: Client) -> None:
    answer = client.get(
        service.ADDRESS, headers={"range": f"bytes={built.size}-", "accept": "application/json"}
    )
    assert answer.status_code == 416
    assert b"GEO-704" in answer.content
    service.archive_file().unlink()
    answer = client.get(service.ADDRESS, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert b"GEO-703" in answer.content


@given(st.text("bytes=-,0123456789 ", max_size=20), st.integers(1, 5000))
def test_any_range_is_a_part_of_the_file_or_none(header: str, size: int) -> None:
    try:
        span = span_of(header, size)
    except ValueError:
        return
    if span is not None:
        assert 0 <= span.start < size
        assert 0 < span.length <= size - span.start


def test_a_range_is_read_as_the_standard_says() -> None:
    assert span_of("bytes=0-99", 1000) == Span(0, 100)
    assert span_of("bytes=900-2000", 1000) == Span(900, 100)
    assert span_of("bytes=-100", 1000) == Span(900, 100)
    assert span_of("bytes=9-3", 1000) is None
    assert span_of("bytes=0-1,5-6", 1000) is None


def test_who_may_not_read_layers_reads_no_map(built: service.Built, client: Client) -> None:
    save_role("public", "公众", [], Level.L1, by=BY)
    assert client.get(service.ADDRESS).status_code == 403
    assert client.get("/map/style.json").status_code == 403


def test_the_style_is_light_and_dark_in_two_languages(built: service.Built, client: Client) -> None:
    light = client.get("/map/style.json?theme=light&lang=zh").json()
    dark = client.get("/map/style.json?theme=dark&lang=en").json()
    assert light["sources"]["base"]["url"].startswith(f"pmtiles://{service.ADDRESS}?v=")
    assert light["sources"]["base"]["attribution"] == "The survey"
    assert light["layers"][0]["paint"]["background-color"] == palette(Theme.LIGHT)["map-outside"]
    assert dark["layers"][0]["paint"]["background-color"] == palette(Theme.DARK)["map-outside"]
    named = {one["key"]: one["name"] for one in light["metadata"]["groups"]}
    assert named["water"] == "水系"
    assert {one["key"]: one["name"] for one in dark["metadata"]["groups"]}["water"] == "Water"
    assert {one["metadata"]["group"] for one in light["layers"][1:]} == set(named)
    assert "glyphs" not in light
    answer = client.get("/map/style.json?theme=dusk", headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert b"GEO-705" in answer.content
    tag = client.get("/map/style.json")["ETag"]
    assert client.get("/map/style.json", headers={"if-none-match": tag}).status_code == 304


def test_every_colour_of_the_style_is_a_token_of_both_appearances() -> None:
    assert set(palette(Theme.LIGHT)) == set(palette(Theme.DARK))
    assert palette(Theme.LIGHT)["map-water"] != palette(Theme.DARK)["map-water"]


def test_while_nothing_is_built_the_style_says_so(layers: None, client: Client) -> None:
    told = client.get("/map/style.json").json()
    assert told["metadata"]["built"] is False
    assert told["sources"] == {}


def test_a_tile_server_of_the_city_takes_its_place(
    built: service.Built, client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, folder, "https://tiles.example/{z}/{x}/{y}.png")
    told = client.get("/map/style.json").json()
    assert told["sources"]["outside"]["tiles"] == ["https://tiles.example/{z}/{x}/{y}.png"]
    assert [one["id"] for one in told["layers"]] == ["ground", "outside", "regions-fill", "regions", "city"]
    use(monkeypatch, folder, "https://tiles.example/style.json")
    told = client.get("/map/style.json").json()
    assert told["metadata"]["outside"] == "https://tiles.example/style.json"
    service.archive_file().unlink()
    assert client.get("/map/style.json").json()["sources"] == {}


def test_the_command_builds_and_shows(layers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner()
    assert "no base map is built" in run.invoke(commands.show).output
    told: dict[str, Any] = orjson.loads(run.invoke(commands.build, ["--json"]).stdout)
    assert told["layers"] == ["districts"]
    assert "current" in run.invoke(commands.show).output
    assert orjson.loads(run.invoke(commands.show, ["--json"]).stdout)["current"] is True
