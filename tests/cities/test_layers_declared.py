"""Every key of `layers.yaml`: what is declared is what the layer is, and what is declared wrongly is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.source import Asked

pytestmark = pytest.mark.django_db

BY = system("tests")
INVENTED = Path(__file__).parent / "invented"
RING = [[100.5, 30.4], [100.6, 30.4], [100.6, 30.5], [100.5, 30.4]]
HOUSES = """
houses:
  name: {zh: 楼, en: Houses}
  file: layers/houses.geojson
  kind: polygon
  source: Invented
  licence: CC0-1.0
  attribution: Nobody
"""
HOUSE = {"id": "h", "m": 30, "n": 9, "under": 6, "geometry": 1.5, "from": "2001-05-01", "to": "2020-01-01"}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of the invented city with one more file."""
    load_roles(by=BY)
    folder = Path(shutil.copytree(INVENTED, tmp_path / "invented"))
    feature = {"type": "Feature", "properties": HOUSE, "geometry": {"type": "Polygon", "coordinates": [RING]}}
    content = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    (folder / "layers" / "houses.geojson").write_bytes(content)
    return folder


def declare(city: Path, *lines: str) -> None:
    """Add the layer with some more keys."""
    with (city / "layers.yaml").open("a", encoding="utf-8") as file:
        file.write(HOUSES + "".join(f"  {line}\n" for line in lines))


def declared(city: Path, *lines: str) -> Layer:
    """The layer as the loaded city has it."""
    declare(city, *lines)
    packages.install(city, by=BY, kind=PackageKind.CITY)
    return Layer.objects.get(key="houses")


def refused(city: Path, *lines: str) -> list[tuple[str, str]]:
    """Code and place of what a check finds."""
    declare(city, *lines)
    found = packages.check(city, PackageKind.CITY).problems
    return [(one.code, f"{Path(str(one.where.file)).name}:{one.where.line}") for one in found]


def test_nothing_said_is_an_open_layer_drawn_alike(city: Path) -> None:
    row = declared(city)
    assert (row.group, row.group_en, row.level) == ("", "", 1)
    assert (row.dimensions, row.legend) == ({}, {})


def test_a_group_has_a_name_in_two_languages(city: Path) -> None:
    row = declared(city, "group: {zh: 建筑, en: Buildings}")
    assert (row.group, row.group_en) == ("建筑", "Buildings")


def test_a_level_decides_who_sees_it(city: Path) -> None:
    assert declared(city, "level: 2").level == 2
    assert "houses" not in set(service.layers_for(PUBLIC).values_list("key", flat=True))
    officer = Actor("person:1", "Officer", (Scope("officer"),))
    assert "houses" in set(service.layers_for(officer).values_list("key", flat=True))


@pytest.mark.parametrize(
    ("moment", "found"), [("2000-01-01", 0), ("2001-05-01", 1), ("2019-12-31", 1), ("2021-01-01", 0)]
)
def test_times_say_when_a_feature_is(city: Path, moment: str, found: int) -> None:
    from beichen.platforms.geo.ogc.questions import during_of

    row = declared(city, "time: {from: from, to: to}")
    assert row.dimensions == {"valid_from": "from", "valid_to": "to"}
    source = service.source_of(row, BY)
    assert source.columns(Asked(limit=9, during=during_of(moment))).num_rows == found
    begin, end = source.described().span
    assert begin is not None
    assert end is not None
    assert (begin.year, end.year) == (2001, 2020)


def test_heights_name_fields_also_those_whose_names_are_taken(city: Path) -> None:
    row = declared(city, "height: {height: m, base: geometry, storeys: n, depth: under}")
    assert row.dimensions == {"height": "m", "base": "geometry_", "storeys": "n", "depth": "under"}
    names = {field.name for field in service.source_of(row, BY).described().fields}
    assert set(row.dimensions.values()) <= names


def test_a_model_names_its_address_heading_and_scale(city: Path) -> None:
    row = declared(city, "model: {address: id, heading: n, scale: m}", "time: {from: from}")
    assert row.dimensions == {"valid_from": "from", "model": "id_", "heading": "n", "scale": "m"}


LEGENDS: list[tuple[str, dict[str, Any]]] = [
    (
        "legend: {by: n, ramp: [{from: 1, colour: '#00ff00'}, {from: 7, colour: '#ff0000'}], unit: 层}",
        {
            "by": "n",
            "ramp": [{"from": 1, "colour": "#00ff00"}, {"from": 7, "colour": "#ff0000"}],
            "unit": "层",
        },
    ),
    (
        (
            "legend: {by: id, categories: [{value: h, colour: '#0000ff', name: 甲, name_en: A}],"
            " other: '#cccccc'}"
        ),
        {
            "by": "id",
            "categories": [{"value": "h", "colour": "#0000ff", "name": "甲", "name_en": "A"}],
            "other": "#cccccc",
        },
    ),
]


@pytest.mark.parametrize(("line", "legend"), LEGENDS, ids=["ramp", "categories"])
def test_a_legend_is_kept_as_it_is_said(city: Path, line: str, legend: dict[str, Any]) -> None:
    row = declared(city, line)
    assert row.legend == legend


@pytest.mark.parametrize(
    "line",
    [
        "group: 建筑",
        "level: 5",
        "level: L2",
        "time: {since: from}",
        "time: from",
        "height: {height: 30}",
        "height: {floors: n}",
        "model: {url: id}",
        "legend: {ramp: []}",
        "legend: {by: n, ramp: [{from: low, colour: '#00ff00'}]}",
        "legend: {by: n, categories: [{value: 1, colour: red}]}",
        "legend: {by: n, other: '#ccc'}",
    ],
)
def test_what_is_said_wrongly_is_told_with_its_line(city: Path, line: str) -> None:
    found = refused(city, line)
    where = len((city / "layers.yaml").read_text(encoding="utf-8").splitlines())
    assert found, line
    assert {place for _code, place in found} == {f"layers.yaml:{where}"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("legend: {by: nothing, ramp: [{from: 1, colour: '#00ff00'}]}", "GEO-810"),
        ("legend: {by: n, ramp: [{from: 7, colour: '#00ff00'}, {from: 1, colour: '#ff0000'}]}", "GEO-810"),
        ("time: {from: nothing}", "GEO-109"),
        ("height: {height: nothing}", "GEO-109"),
        ("model: {address: nothing}", "GEO-109"),
    ],
)
def test_a_name_that_no_feature_has_is_told(city: Path, line: str, code: str) -> None:
    where = len((city / "layers.yaml").read_text(encoding="utf-8").splitlines()) + len(HOUSES.splitlines())
    assert refused(city, line) == [(code, f"layers.yaml:{where + 1}")]
