"""Files that people bring: every format, every fault, told feature by feature."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from openpyxl import Workbook
from pyproj import Transformer

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, system
from beichen.platforms.geo import coordinates, service
from beichen.platforms.geo.models import Layer, Revision, Upload
from beichen.platforms.geo.snapshots import gathering
from beichen.platforms.geo.snapshots.building import build
from beichen.platforms.geo.source import Asked
from beichen.platforms.geo.tests.test_layers import FACTS
from beichen.platforms.geo.tests.test_sources import officer
from beichen.platforms.geo.uploads import bringing, geojson, opening
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db

BY = system("tests")
WORDS = service.LayerWords(key="posts", name="灯杆", source="A survey", licence="CC0-1.0")
PLACES = [(125.31, 43.81), (125.32, 43.82), (125.33, 43.83)]


@pytest.fixture(autouse=True)
def _roles() -> None:
    load_roles(by=BY)


def bring(content: bytes, name: str, words: service.LayerWords = WORDS, **options: str) -> Upload:
    """Bring a file and read it."""
    upload = service.bring_layer(io.BytesIO(content), name, words, by=BY, options=options)
    return service.read_upload(upload.code, by=BY)


def features() -> list[dict[str, Any]]:
    """What is in the layer now."""
    layer = Layer.objects.get(key="posts")
    page = service.source_of(layer, BY).page(Asked(limit=10_000))
    return sorted((orjson.loads(one) for one in page.features), key=lambda one: str(one["id"]))


def collection(*geometries: Any, **more: Any) -> bytes:
    """A FeatureCollection of shapes, or of features as they are."""
    found = []
    for number, one in enumerate(geometries):
        geometry = orjson.loads(shapely.to_geojson(one)) if hasattr(one, "geom_type") else one
        found.append({"type": "Feature", "properties": {"n": number}, "geometry": geometry})
    return orjson.dumps({"type": "FeatureCollection", **more, "features": found})


def points() -> bytes:
    """Three points."""
    return collection(*(shapely.Point(place) for place in PLACES))


def outcomes(upload: Upload) -> list[tuple[str, str]]:
    """What the report says."""
    return [(line["outcome"], line["reason"]) for line in upload.problems]


def _table() -> pa.Table:
    return pa.table(
        {
            "geometry": pa.array(shapely.to_wkb(shapely.points(PLACES)), pa.binary()),
            "name": ["一", "二", "三"],
            "n": [0, 1, 2],
        }
    )


def _vector(folder: Path, name: str, driver: str, **options: Any) -> Path:
    target = folder / name
    pyogrio.write_arrow(
        _table(),
        target,
        driver=driver,
        geometry_name="geometry",
        geometry_type="Point",
        crs="EPSG:4326",
        **options,
    )
    return target


def _gpkg(folder: Path) -> tuple[str, bytes]:
    return "a.gpkg", _vector(folder, "a.gpkg", "GPKG").read_bytes()


def _zipped(folder: Path, **options: Any) -> tuple[str, bytes]:
    _vector(folder, "a.shp", "ESRI Shapefile", **options)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("a.*")):
            archive.write(file, f"data/{file.name}")
    return "a.zip", buffer.getvalue()


def _gbk(folder: Path) -> tuple[str, bytes]:
    name, content = _zipped(folder, encoding="GB18030")
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            if not member.endswith(".cpg"):  # as such files come
                new.writestr(member, old.read(member))
    return name, buffer.getvalue()


def _sequence(_folder: Path) -> tuple[str, bytes]:
    found = orjson.loads(points())["features"]
    for feature, name in zip(found, "一二三", strict=True):
        feature["properties"]["name"] = name
    return "a.geojsonl", b"\x1e" + b"\n\x1e".join(orjson.dumps(one) for one in found) + b"\n"


def _csv(_folder: Path) -> tuple[str, bytes]:
    lines = [f"{x},{y},{name},{n}" for (x, y), name, n in zip(PLACES, "一二三", range(3), strict=True)]
    return "a.csv", "\r\n".join(["经度,纬度,name,n", *lines]).encode("gb18030")


def _wkt(_folder: Path) -> tuple[str, bytes]:
    lines = [
        f"POINT ({x} {y});{name};{n}" for (x, y), name, n in zip(PLACES, "一二三", range(3), strict=True)
    ]
    return "a.csv", "\n".join(["wkt;name;n", *lines]).encode("utf-8-sig")


def _xlsx(_folder: Path) -> tuple[str, bytes]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["lng", "lat", "name", "n"])
    for (x, y), name, n in zip(PLACES, "一二三", range(3), strict=True):
        sheet.append([x, y, name, n])
    buffer = io.BytesIO()
    book.save(buffer)
    return "a.xlsx", buffer.getvalue()


def _parquet(folder: Path) -> tuple[str, bytes]:
    found = orjson.loads(_sequence(folder)[1].split(b"\n")[0][1:])
    rest = [orjson.loads(line.strip(b"\x1e")) for line in _sequence(folder)[1].split(b"\n")[1:-1]]
    layout = gathering.layout_of([found, *rest])
    batches = gathering.batches_of([found, *rest], layout, lambda shapes, told: [""] * len(told))
    build(batches, layout, folder / "a.parquet")
    return "a.parquet", (folder / "a.parquet").read_bytes()


@pytest.mark.parametrize("make", [_gpkg, _zipped, _gbk, _sequence, _csv, _wkt, _xlsx, _parquet])
def test_every_format_gives_the_same_features(
    make: Callable[[Path], tuple[str, bytes]], tmp_path: Path
) -> None:
    name, content = make(tmp_path)
    upload = bring(content, name)
    assert (upload.state, upload.kept, upload.refused) == ("done", 3, 0), upload.problems
    found = sorted(features(), key=lambda one: one["properties"]["n"])
    assert [one["properties"]["name"] for one in found] == ["一", "二", "三"]
    assert [tuple(one["geometry"]["coordinates"]) for one in found] == PLACES


@pytest.mark.parametrize("system", ["EPSG:4548", "EPSG:3857", "EPSG:4490", "GCJ-02", "BD-09"])
def test_other_systems_are_brought_to_wgs84(system: str, tmp_path: Path) -> None:
    if system.startswith("EPSG"):
        there: Any = Transformer.from_crs("OGC:CRS84", system, always_xy=True).transform
    else:
        datum = {"GCJ-02": coordinates.Datum.GCJ02, "BD-09": coordinates.Datum.BD09}[system]
        there = partial(coordinates.from_wgs84, datum=datum)

    told = collection(*(shapely.Point(*there(*place)) for place in PLACES))
    upload = bring(told, "a.geojson", crs=system)
    assert upload.state == "done", upload.problems
    found = [one["geometry"]["coordinates"] for one in features()]
    for (x, y), place in zip(found, PLACES, strict=True):
        assert abs(x - place[0]) < 1e-6
        assert abs(y - place[1]) < 1e-6


def test_the_file_itself_may_name_its_system() -> None:
    there = Transformer.from_crs("OGC:CRS84", "EPSG:4548", always_xy=True).transform
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
    told = collection(*(shapely.Point(*there(*place)) for place in PLACES), crs=crs)
    assert bring(told, "a.geojson").state == "done"
    assert features()[0]["geometry"]["coordinates"] == pytest.approx(PLACES[0], abs=1e-6)


def test_an_unknown_system_is_refused_before_anything_is_kept() -> None:
    with pytest.raises(ProblemError, match="GEO-804"):
        bring(points(), "a.geojson", crs="EPSG:999999")
    assert not Upload.objects.exists()


SQUARE = [[125.3, 43.8], [125.4, 43.8], [125.4, 43.9], [125.3, 43.9]]
BOWTIE = [[125.3, 43.8], [125.4, 43.9], [125.4, 43.8], [125.3, 43.9], [125.3, 43.8]]


def test_broken_areas_are_repaired_or_refused_and_told() -> None:
    closed = [*SQUARE, SQUARE[0]]
    told = collection(
        {"type": "Polygon", "coordinates": [closed]},
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "Polygon", "coordinates": [BOWTIE]},
        {"type": "Polygon", "coordinates": [[[125, 43], [125, 43], [125, 43], [125, 43]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[["a", "b"]]]},
        {"type": "Circle", "coordinates": [1, 2]},
        None,
        {"type": "Point", "coordinates": [125.3, 43.8]},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "Polygon", "coordinates": [[[126, 43], *closed[1:-1], [126, 43]]]}],
        },
    )
    upload = bring(told, "areas.geojson")
    assert upload.state == "done", upload.problems
    by_feature: dict[str, list[str]] = {}
    for line in upload.problems:
        by_feature.setdefault(line["feature"], []).append(f"{line['outcome']}: {line['reason']}")
    assert by_feature["2"] == ["repaired: a ring was closed"]
    assert by_feature["3"] == ["repaired: made valid: self-intersection"]
    assert by_feature["4"][-1].startswith("refused: cannot be repaired")
    assert by_feature["5"] == ["refused: the geometry is empty"]
    assert by_feature["6"] == ["refused: the coordinates are not those of a Polygon"]
    assert by_feature["7"] == ["refused: the coordinates are not those of a Circle"]
    assert by_feature["8"] == ["refused: the feature has no geometry"]
    assert by_feature["9"] == ["refused: a point in a layer of the kind polygon"]
    assert "repaired: a collection became one geometry" in by_feature["10"]
    kept = [shapely.from_geojson(orjson.dumps(one["geometry"]).decode()) for one in features()]
    assert len(kept) == upload.kept
    assert all(shape.is_valid for shape in kept)
    assert "1" not in by_feature
    assert upload.kept + upload.refused == 10


def test_what_lies_elsewhere_is_refused_or_remarked() -> None:
    area = FACTS.content.replace(b"Point", b"Polygon").replace(
        b"[125.3,43.8]", b"[[[125,43],[126,43],[126,45],[125,45],[125,43]]]"
    )
    regions = replace(FACTS, kind="polygon", region_property="name", content=area)
    service.install_layers([regions], owner="city:x", by=BY)
    told = collection(
        shapely.Point(125.3, 43.8),
        shapely.Point(43.8, 125.3),
        shapely.Point(500, 500),
        shapely.Point(116.4, 39.9),
        shapely.Point(125.3, 43.8),
    )
    upload = bring(told, "a.geojson")
    assert outcomes(upload) == [
        ("refused", "outside the globe: latitude and longitude look swapped"),
        ("refused", "outside the globe"),
        ("noted", "outside the city"),
    ]
    assert upload.kept == 3


def test_what_comes_twice_is_taken_once() -> None:
    one = {
        "type": "Feature",
        "id": 7,
        "properties": {"a": 1},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    other = {**one, "properties": {"a": 2}}
    told = orjson.dumps({"type": "FeatureCollection", "features": [one, one, other]})
    upload = bring(told, "a.geojson")
    assert outcomes(upload) == [("refused", "the same feature came before"), ("noted", "the key 7 was taken")]
    assert [feature["id"] for feature in features()] == ["7", "7-3"]


def test_rows_without_a_place_are_refused_with_their_line() -> None:
    upload = bring(b"lon,lat,name\n125.3,43.8,a\n,,b\nx,y,c\nnan,inf,d\n125,95,e", "a.csv")
    assert [(line["where"], line["outcome"]) for line in upload.problems] == [
        ("3", "refused"),
        ("4", "refused"),
        ("5", "refused"),
        ("6", "refused"),
    ]
    assert [one["properties"]["name"] for one in features()] == ["a"]


def test_codes_with_zeros_stay_text_and_numbers_become_numbers() -> None:
    bring(b"lon,lat,code,n,mixed\n125.3,43.8,007,1.5,1\n125.4,43.8,10,2,x", "a.csv")
    values = [one["properties"] for one in features()]
    assert values == [{"code": "007", "n": 1.5, "mixed": "1"}, {"code": "10", "n": 2.0, "mixed": "x"}]


def test_the_second_file_is_the_next_revision_and_a_bad_one_is_none() -> None:
    bring(points(), "a.geojson")
    layer = Layer.objects.get(key="posts")
    assert not layer.is_shown
    assert not service.layers_for(PUBLIC).exists()
    second = bring(points().replace(b"125.31", b"125.41"), "a.geojson")
    assert second.revision is not None
    assert second.revision.number == 2
    third = bring(b'{"type":"FeatureCollection","features":[]}', "a.geojson")
    assert third.state == "refused"
    assert third.problems[0]["reason"].startswith("GEO-806")
    layer.refresh_from_db()
    assert layer.revision == second.revision
    assert Revision.objects.count() == 2
    assert features()[0]["geometry"]["coordinates"][0] == 125.41


def test_reading_again_changes_nothing() -> None:
    upload = bring(points(), "a.geojson")
    assert service.read_upload(upload.code, by=BY).revision == upload.revision
    assert Revision.objects.count() == 1


def test_what_was_never_brought_is_not_found() -> None:
    with pytest.raises(ProblemError, match="GEO-808"):
        service.find_upload("NOBODY", by=BY)


def test_who_may_not_keep_layers_brings_none() -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        service.bring_layer(io.BytesIO(points()), "a.geojson", WORDS, by=officer())
    assert not Upload.objects.exists()


def test_a_packages_layer_is_not_overwritten() -> None:
    service.install_layers([FACTS], owner="city:x", by=BY)
    with pytest.raises(ProblemError, match="GEO-106"):
        bring(points(), "a.geojson", service.LayerWords(key="wells", name="x", source="y", licence="z"))


def test_all_that_is_missing_is_said_at_once() -> None:
    words = service.LayerWords(key="A b", name=" ", source="", licence="", kind="cube", level=9, body="none")
    with pytest.raises(ProblemError) as error:
        bring(points(), "a.geojson", words)
    fields = [problem.where.field for problem in error.value.problems]
    assert fields == ["key", "name", "source", "licence", "kind", "level", "body"]
    assert {problem.code for problem in error.value.problems} == {"GEO-809"}


def _reason(upload: Upload) -> str:
    assert upload.state == "refused"
    assert not Layer.objects.filter(key="posts").exists()
    return str(upload.problems[0]["reason"])[:7]


_VRT = (
    b"<OGRVRTDataSource><OGRVRTLayer name='passwd'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "GEO-801"),
        ("a.kml", b"<kml/>", "GEO-801"),
        ("a.geojson", b"", "GEO-802"),
        ("a.geojson", _VRT, "GEO-802"),
        ("a.gpkg", _VRT, "GEO-802"),
        ("a.csv", _VRT, "GEO-802"),
        ("a.gpkg", b"SQLite format 3\0" + b"x" * 5000, "GEO-802"),
        ("a.parquet", b"PAR1" + b"x" * 100, "GEO-802"),
        ("a.zip", b"PK\x03\x04" + b"x" * 100, "GEO-802"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 100, "GEO-802"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature"', "GEO-802"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[{}', "GEO-802"),
        ("a.geojson", b'{"type":"Topology"}', "GEO-802"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[' + b"[" * 100_000, "GEO-802"),
        ("a.geojson", b"{" + b'"a":{' * 100_000, "GEO-802"),
        ("a.geojson", b'{"features":[\xff\xfe]}', "GEO-802"),
        ("a.geojson", b'{"features":["\\ud800", 1, null, {"properties":{"a":"\\ud800"}}]}', "GEO-806"),
        ("a.geojsonl", b"{]\n{", "GEO-806"),
        ("a.csv", b"name\nx", "GEO-805"),
        ("a.csv", b"lon,lat", "GEO-806"),
        ("a.csv", b"lon,lat\n" + b"1" * 2_000_000, "GEO-802"),
        ("a.csv", b",".join([b"x"] * 600), "GEO-803"),
    ],
)
def test_what_is_broken_or_hostile_is_refused_clearly(name: str, content: bytes, code: str) -> None:
    assert _reason(bring(content, name)) == code


def _archive(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


_BOMB = b"\0" * (50 << 20)
_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "l"><!ENTITY b "&a;&a;">]><l>&b;</l>'


@pytest.mark.parametrize(
    ("name", "members", "code"),
    [
        ("a.zip", [("a.shp", _BOMB)], "GEO-803"),
        ("a.xlsx", [("xl/workbook.xml", _BOMB)], "GEO-803"),
        ("a.xlsx", [("xl/workbook.xml", _ENTITIES)], "GEO-803"),
        ("a.zip", [(f"{number}.txt", b"") for number in range(300)], "GEO-803"),
        ("a.zip", [("../a.shp", b"x")], "GEO-802"),
        ("a.zip", [("/etc/a.shp", b"x")], "GEO-802"),
        ("a.zip", [("readme.txt", b"x")], "GEO-807"),
        ("a.zip", [("a.shp", b"x"), ("b.shp", b"x")], "GEO-807"),
        ("a.zip", [("a.shp", b"xxxx")], "GEO-802"),
        ("a.zip", [("a.shp", b"\x00\x00\x27\x0a")], "GEO-802"),
        ("a.zip", [("a.shp", b"\x00\x00\x27\x0a" + b"x" * 96), ("a.dbf", b"x")], "GEO-802"),
    ],
)
def test_archives_are_looked_through_first(name: str, members: list[tuple[str, bytes]], code: str) -> None:
    assert _reason(bring(_archive(*members), name)) == code


def test_of_several_layers_one_is_named(tmp_path: Path) -> None:
    target = _vector(tmp_path, "a.gpkg", "GPKG", layer="one")
    _vector(tmp_path, "a.gpkg", "GPKG", layer="two", append=True)
    assert _reason(bring(target.read_bytes(), "a.gpkg")) == "GEO-807"
    assert _reason(bring(target.read_bytes(), "a.gpkg", layer="three")) == "GEO-807"
    assert bring(target.read_bytes(), "a.gpkg", layer="two").state == "done"


def test_a_parquet_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beichen.platforms.geo.uploads.parquet.LARGEST_GROUP", 100)
    _name, content = _parquet(tmp_path)
    assert _reason(bring(content, "a.parquet")) == "GEO-803"
    pq.write_table(pa.table({"a": [1]}), tmp_path / "plain.parquet")
    assert _reason(bring((tmp_path / "plain.parquet").read_bytes(), "a.parquet")) == "GEO-802"


def test_features_longer_than_the_window_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "WINDOW", 64)
    upload = bring(
        points().replace(b'"features":[', b'"features":[\n').replace(b"}},{", b"}},\n{"), "a.geojson"
    )
    assert (upload.state, upload.kept) == ("done", 3)
    monkeypatch.setattr(geojson, "LARGEST", 100)
    large = collection(shapely.LineString([(125 + number / 100, 43) for number in range(90)]))
    again = bring(large, "a.geojson")
    assert again.problems[0]["reason"].startswith("GEO-803")


def test_an_unforeseen_fault_is_told_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(bringing, "keep_features", fail)
    upload = bring(points(), "a.geojson")
    assert upload.state == "refused"
    assert upload.problems[0]["reason"].startswith("GEO-802")
    assert not Revision.objects.exists()


def test_names_are_the_only_taken_ones() -> None:
    assert "shp" not in opening.TAKEN
