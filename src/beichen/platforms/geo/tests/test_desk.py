"""The stewards' pages of layers: found, brought, looked at, drawn, published, given as files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.kernel.access.service import create_account, load_roles
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Person, Post, Region
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer, Origin, Upload
from beichen.platforms.geo.tests.test_layers import FACTS
from beichen.platforms.geo.tests.test_sources import _point, new_layer, officer, revise
from beichen.platforms.geo.tests.test_uploads import points
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts
from beichen.problem import ProblemError
from beichen.registry.declaring import TypeFacts
from beichen.registry.service import declare_types

pytestmark = pytest.mark.django_db

BY = system("tests")
_SAID: dict[str, Any] = {"key": "posts", "name": "灯杆", "source": "A survey", "licence": "CC0-1.0"}
WORDS = {"key": "posts", "name": "灯杆", "source": "A survey", "licence": "CC0-1.0", "level": "2"}


@pytest.fixture
def steward() -> Client:
    """Somebody signed in who keeps layers everywhere."""
    load_roles(by=BY)
    person = Person.objects.create(name="甲")
    region = Region.objects.create(code="22", name="省", level="province", path="")
    body = Body.objects.create(key="city", name="市", path="")
    Post.objects.create(person=person, role="steward", body=body, region=region)
    client = Client(headers={"accept-language": "en"})
    client.force_login(create_account("steward", "x" * 12, person, by=BY))
    return client


def bring(client: Client, content: bytes, **said: str) -> Any:
    """Post the form."""
    file = SimpleUploadedFile("a.geojson", content)
    return client.post("/layers/bring", {**WORDS, **said, "file": file})


def test_a_file_is_brought_read_published_and_seen(steward: Client) -> None:
    assert steward.get("/layers/bring").status_code == 200
    sent = bring(steward, points())
    upload = Upload.objects.get()
    assert sent["Location"] == f"/layers/uploads/{upload.code}"
    waiting = steward.get(sent["Location"]).content.decode()
    assert "hx-trigger" in waiting
    service.read_upload(upload.code, by=BY)
    part = steward.get(sent["Location"], headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "Every feature was taken" in part
    assert Client().get("/layers/posts").status_code == 404
    page = steward.get("/layers/posts").content.decode()
    assert page.count("<circle") == 3
    assert not Layer.objects.get().is_shown
    assert steward.post("/layers/posts/switch", {"on": "1"})["Location"] == "/layers/posts"
    assert service.layers_for(officer()).exists()
    assert not service.layers_for(PUBLIC).exists()
    assert "posts" in steward.get("/layers?q=posts").content.decode()
    assert upload.code in steward.get("/layers/uploads").content.decode()


def test_what_is_missing_stands_beside_its_field(steward: Client) -> None:
    answer = bring(steward, points(), key="No key", name="", source="")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(f'id="id_{name}_error"' in text for name in ("key", "name", "source"))
    assert not Upload.objects.exists()


def test_keys_that_are_addresses_of_pages_are_refused(steward: Client) -> None:
    for key in ("bring", "make", "uploads"):
        assert bring(steward, points(), key=key).status_code == 422


def test_the_report_is_shown_and_given(steward: Client) -> None:
    bring(steward, points().replace(b"125.32", b"925.32"))
    upload = Upload.objects.get()
    assert steward.get(f"/layers/uploads/{upload.code}/report.csv").status_code == 404
    service.read_upload(upload.code, by=BY)
    assert "outside the globe" in steward.get(f"/layers/uploads/{upload.code}").content.decode()
    report = f"/layers/uploads/{upload.code}/report.csv"
    english = b"".join(steward.get(report)).decode("utf-8-sig").splitlines()
    assert english == ["Feature,Line or row,Key,Outcome,Reason for it", "2,1,,Sent back,outside the globe"]
    chinese = b"".join(steward.get(report, {"lang": "zh"})).decode("utf-8-sig").splitlines()
    assert chinese[1] == "2,1,,已退回,在地球之外"


def test_the_report_is_a_sheet_that_runs_nothing(steward: Client) -> None:
    told = points().replace(b'"properties":{"n":1}', b'"id":"=cmd()","properties":{}')
    bring(steward, told.replace(b"125.32", b"925.32"))
    upload = Upload.objects.get()
    service.read_upload(upload.code)
    report = b"".join(steward.get(f"/layers/uploads/{upload.code}/report.csv")).decode("utf-8-sig")
    assert report.splitlines()[1] == "2,1,'=cmd(),Sent back,outside the globe"


def test_a_legend_is_kept_when_it_fits(steward: Client) -> None:
    revise(new_layer(), [_point("a", 125, 43, n=1), _point("b", 126, 44, n=9)])
    said = {"by": "n", "form": "ramp", "steps": "0 #00ff00\n5 #ff0000", "other": "#cccccc"}
    assert steward.post("/layers/posts/legend", said).status_code == 302
    assert Layer.objects.get().legend["ramp"][1] == {"from": 5.0, "colour": "#ff0000"}
    page = steward.get("/layers/posts").content.decode()
    assert page.count("#00ff00") >= 2
    assert 'fill="#ff0000"' in page
    for steps in ("", "5 #ff0000\n0 #00ff00", "0 red", "x #ff0000", "0 #ff0000\n" * 101):
        assert steward.post("/layers/posts/legend", {**said, "steps": steps}).status_code == 422
    with pytest.raises(ProblemError, match="GEO-810"):
        service.keep_legend("posts", {"by": "nothing", "ramp": [{"from": 1, "colour": "#ffffff"}]}, by=BY)
    assert steward.post("/layers/posts/legend", {"form": "ramp"}).status_code == 302
    assert Layer.objects.get().legend == {}


def test_who_reads_layers_changes_none(steward: Client) -> None:
    revise(new_layer(level=Level.L1), [_point("a", 125, 43)])
    public = Client()
    assert public.get("/layers").status_code == 200
    assert public.get("/layers/posts").status_code == 200
    assert "Withdraw" not in public.get("/layers/posts").content.decode()
    for address in ("switch", "legend"):
        assert public.post(f"/layers/posts/{address}", {}).status_code in (302, 401, 403)
    for address in ("bring", "make", "uploads"):
        assert public.get(f"/layers/{address}").status_code in (302, 401, 403)
    assert Layer.objects.get().is_shown


def test_pages_of_features_follow_each_other(steward: Client) -> None:
    revise(new_layer(), [_point(f"key-{number}", 125 + number / 1000, 43) for number in range(60)])
    first = steward.get("/layers/posts").content.decode()
    after = first.partition("?after=")[2].partition("#")[0]
    second = steward.get(f"/layers/posts?after={after}").content.decode()
    assert first.count("key-") == 50
    assert second.count("key-") == 10
    assert steward.get("/layers/posts?after=nonsense").status_code == 422


def _export(client: Client, form: str) -> bytes:
    return b"".join(client.get(f"/layers/posts/export.{form}"))


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_a_layer_is_given_in_every_form(kind: str, steward: Client, tmp_path: Path) -> None:
    shapes = {
        "point": shapely.Point(125, 43),
        "line": shapely.LineString([(125, 43), (126, 44)]),
        "polygon": shapely.box(125, 43, 126, 44),
    }
    geometry = orjson.loads(shapely.to_geojson(shapes[kind]))
    features = [
        {
            "type": "Feature",
            "id": f"k{number}",
            "geometry": geometry,
            "properties": {"n": number, "t": "=1+1"},
        }
        for number in range(3)
    ]
    revise(new_layer(kind=kind), features)
    found = orjson.loads(_export(steward, "geojson"))
    assert {one["id"] for one in found["features"]} == {"k0", "k1", "k2"}
    rows = list(csv.DictReader(io.StringIO(_export(steward, "csv").decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == {"k0", "k1", "k2"}
    assert {row["t"] for row in rows} == {"'=1+1"}
    assert ("lon" in rows[0]) is (kind == "point")
    (tmp_path / "a.parquet").write_bytes(_export(steward, "parquet"))
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 3
    (tmp_path / "a.gpkg").write_bytes(_export(steward, "gpkg"))
    about, table = pyogrio.read_arrow(tmp_path / "a.gpkg")
    assert table.num_rows == 3
    assert about["crs"] == "EPSG:4326"
    assert steward.get("/layers/posts/export.exe").status_code == 422


def test_an_empty_layer_is_given_and_shown(steward: Client, tmp_path: Path) -> None:
    new_layer()
    assert "no features yet" in steward.get("/layers/posts").content.decode()
    assert orjson.loads(_export(steward, "geojson"))["features"] == []
    (tmp_path / "a.gpkg").write_bytes(_export(steward, "gpkg"))
    assert pyogrio.read_arrow(tmp_path / "a.gpkg")[1].num_rows == 0


def test_who_keeps_layers_for_a_body_keeps_those_of_it() -> None:
    load_roles(by=BY)
    water = Body.objects.create(key="water", name="水务局", path="/water/")
    heat = Body.objects.create(key="heat", name="供热办", path="/heat/")
    steward = officer(body="/water/", region="/22/", role="steward")
    upload = service.bring_layer(io.BytesIO(points()), "a.geojson", service.LayerWords(**_SAID), by=steward)
    assert upload.body == water
    assert service.uploads_for(steward).get() == upload
    with pytest.raises(ProblemError, match="GEO-808"):
        service.find_upload(upload.code, by=officer(body="/heat/", role="steward"))
    service.read_upload(upload.code, by=BY)
    new_layer("others", body=heat)
    new_layer("citys")
    assert [row.key for row in service.layers_kept_by(steward)] == ["posts"]
    region = Region.objects.create(code="2201", name="市", level="city", path="/22/")
    assert {row.key for row in service.layers_kept_by(steward)} == {"posts", "citys"}
    assert service.regions_of(Layer.objects.get(key="posts"), steward) is None
    region.delete()


def test_a_file_made_whole_has_a_bound(steward: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beichen.platforms.geo.exporting.MOST", 0)
    revise(new_layer(), [_point("a", 125, 43)])
    with pytest.raises(ProblemError, match="GEO-811"):
        service.export_layer(Layer.objects.get(), "gpkg", by=BY)


def test_a_packages_layer_has_a_page(steward: Client) -> None:
    service.install_layers([FACTS], owner="city:x", by=BY)
    assert steward.get("/layers/wells").status_code == 200


def test_a_layer_of_objects_is_made(steward: Client) -> None:
    declare_types([TypeFacts(key="Lamp", name="路灯", geometry="Point")], scene="lights", by=BY)
    said = {**WORDS, "origin": "objects", "type": "Lamp"}
    assert steward.post("/layers/make", said)["Location"] == "/layers/posts"
    layer = Layer.objects.get()
    assert (layer.origin, layer.particulars, layer.kind) == (Origin.OBJECTS, {"type": "Lamp"}, "point")
    assert steward.post("/layers/make", {**said, "key": "other", "type": "Nothing"}).status_code == 422


@pytest.fixture
def wells(tables: Path) -> str:
    """A table with places, a phone number of level 3 and a row of nowhere."""
    columns = (
        Column("code", ColumnType.TEXT, "编号", "Code"),
        Column("x", ColumnType.NUMBER, "经度", "Longitude"),
        Column("y", ColumnType.NUMBER, "纬度", "Latitude"),
        Column("depth", ColumnType.INTEGER, "深", "Depth"),
        Column("phone", ColumnType.TEXT, "电话", "Phone", level=3),
    )
    facts = TableFacts("city_wells", "井", "Wells", columns, ("code",), level=2)
    warehouse.declare_tables([facts], owner="scene:test", by=BY)
    return "city_wells"


def _row(code: str, x: float | None, y: float, depth: int) -> dict[str, Any]:
    return {"code": code, "x": x, "y": y, "depth": depth, "phone": "13800000000"}


def test_a_layer_follows_its_table(steward: Client, wells: str) -> None:
    rows = [
        _row("a", 125.3, 43.8, 4),
        _row("b", 125.4, 43.9, 5),
        _row("nowhere", None, 43.9, 6),
        _row("far", 999, 1, 1),
    ]
    warehouse.upsert(wells, rows, by=BY, source="test", load="1")
    said = {**WORDS, "origin": "table", "table": wells, "longitude": "x", "latitude": "y"}
    assert steward.post("/layers/make", said)["Location"] == "/layers/posts"
    assert service.refresh_tables(by=BY) == ["posts"]
    layer = Layer.objects.select_related("revision").get()
    source = service.source_of(layer, BY)
    assert [field.name for field in source.described().fields] == ["code", "depth"]
    assert source.described().count == 2
    assert orjson.loads(source.feature("a") or b"")["properties"] == {"code": "a", "depth": 4}
    assert service.refresh_tables(by=BY) == []
    warehouse.upsert(wells, [_row("c", 125.5, 43.8, 7)], by=BY, source="test", load="2")
    assert service.refresh_tables(by=BY) == ["posts"]
    assert service.source_of(Layer.objects.select_related("revision").get(), BY).described().count == 3


def test_a_layer_tells_no_more_than_its_table(steward: Client, wells: str) -> None:
    said = {**WORDS, "origin": "table", "table": wells, "longitude": "x", "latitude": "y"}
    assert steward.post("/layers/make", {**said, "level": "1"}).status_code == 422
    assert steward.post("/layers/make", {**said, "longitude": "nothing"}).status_code == 422
    assert steward.post("/layers/make", {**said, "latitude": ""}).status_code == 422
    assert steward.post("/layers/make", {**said, "table": "no_table"}).status_code == 422
    assert not Layer.objects.exists()
