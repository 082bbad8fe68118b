"""Analyses as people and programs ask them: checked, within rights, at once or as jobs, kept for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import appoint, register_person
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.analysis import jobs, kinds, service
from beichen.platforms.geo.analysis.codes import Patience
from beichen.platforms.geo.analysis.models import Run, RunState
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("tests")
ASKER = Actor("client:asker", "Asker", (Scope("officer"),))


def layer(key: str, kind: str, features: list[tuple[dict[str, Any], str, Any]]) -> geo.LayerFacts:
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": said, "geometry": {"type": shape, "coordinates": at}}
            for said, shape, at in features
        ],
    }
    return geo.LayerFacts(
        key=key, name=f"{key}层", name_en=key, kind=kind, source="A survey", licence="CC0-1.0",
        attribution="The survey", file=f"layers/{key}.geojson", content=orjson.dumps(document),
    )  # fmt: skip


def block(west: float) -> Any:
    east, south, north = west + 0.01, 43.874, 43.8865
    return [[(west, south), (east, south), (east, north), (west, north), (west, south)]]


POINTS = layer("shops", "point", [
    ({"name": f"店{n}", "kind": ("cloth", "food")[n % 2]}, "Point", (125.3005 + n / 1000, 43.88))
    for n in range(12)
])  # fmt: skip
AREAS = layer("blocks", "polygon", [
    ({"name": "甲", "people": 10}, "Polygon", block(125.30)),
    ({"name": "乙", "people": 20}, "Polygon", block(125.31)),
    ({"name": "丙", "people": 90}, "Polygon", block(125.32)),
])  # fmt: skip
STREETS = layer("streets", "line", [
    ({"name": "一路", "class": "residential"}, "LineString", [(125.29 + n / 500, 43.885) for n in range(30)]),
    ({"name": "二街", "class": "primary"}, "LineString", [(125.312, 43.875 + n / 500) for n in range(15)]),
])  # fmt: skip


@pytest.fixture
def layers() -> None:
    load_roles(by=BY)
    geo.install_layers([POINTS, AREAS, STREETS], owner="city:invented", by=BY)


@pytest.fixture
def key(layers: None) -> str:
    return create_client("asker", "Asker", "officer", by=BY)


CASES: list[tuple[str, dict[str, Any], int]] = [
    ("within", {"layer": "shops", "places": "125.3005,43.88", "distance": 250}, 4),
    ("within", {"layer": "shops", "other": "blocks", "distance": 0}, 12),
    ("nearest", {"layer": "blocks", "other": "shops", "count": 2}, 6),
    ("buffer", {"layer": "shops", "distance": 100}, 12),
    ("buffer", {"layer": "shops", "distance": 100, "dissolve": True}, 1),
    ("overlay", {"layer": "streets", "other": "blocks"}, 4),
    ("density", {"layer": "shops", "bandwidth": 300, "cell": 60}, 5),
    ("hotspots", {"layer": "blocks", "field": "people", "distance": 900}, 3),
    ("service-area", {"roads": "streets", "places": [[125.31, 43.885]], "minutes": "5; 10"}, 2),
    ("route", {"roads": "streets", "places": [[125.30, 43.885], [125.312, 43.891]]}, 1),
    (
        "gaps",
        {"needs": ["吃饭|shops?kind=food", "shops"], "areas": "blocks", "roads": "streets", "minutes": 5},
        5,
    ),
    ("gaps", {"needs": ["shops"], "areas": "blocks", "as_cells": True, "cell": "10"}, 0),
]


@pytest.mark.parametrize(
    ("kind", "parameters", "rows"), CASES, ids=lambda one: one if isinstance(one, str) else None
)
def test_each_analysis_answers(layers: None, kind: str, parameters: dict[str, Any], rows: int) -> None:
    outcome = service.analyse(kind, parameters, by=ASKER)
    if rows:
        assert len(outcome.rows) == rows
    assert len(outcome.shapes) == len(outcome.rows)
    assert all(len(row) == len(outcome.columns) for row in outcome.rows)
    document = orjson.loads(outcome.collection())
    assert len(document["features"]) == len(outcome.rows)
    assert {one["licence"] for one in outcome.sources} == {"CC0-1.0"}


def test_every_analysis_is_tried(layers: None) -> None:
    assert {kind for kind, _parameters, _rows in CASES} == set(kinds.KINDS)


def test_values_are_what_they_should_be(layers: None) -> None:
    near = service.analyse(
        "within", {"layer": "shops", "places": "125.3005,43.88", "distance": 250}, by=ASKER
    )
    assert [row[1] for row in near.rows] == ["店0", "店1", "店2", "店3"]
    assert near.rows[1][2] == pytest.approx(80.4, abs=0.3)
    way = service.analyse("route", {"roads": "streets", "places": "125.30,43.885; 125.312,43.891"}, by=ASKER)
    ((_leg, length, minutes, said),) = way.rows
    assert length == pytest.approx(965 + 667, rel=0.01)
    assert minutes == pytest.approx(length / 80, rel=0.02)
    assert [part.split()[0] for part in said.split(" → ")] == ["一路", "二街"]
    gaps = service.analyse(
        "gaps", {"needs": ["吃饭|shops?kind=food"], "areas": "blocks", "minutes": 3}, by=ASKER
    )
    assert gaps.columns[4].title == "吃饭覆盖率"
    assert [row[2] for row in gaps.rows[:3]] == [1, 1, 1]
    hot = service.analyse("hotspots", {"layer": "blocks", "field": "people", "distance": 900}, by=ASKER)
    assert [row[1] for row in hot.rows] == [10, 20, 90]


@pytest.mark.parametrize(
    ("kind", "parameters", "wanted"),
    [
        ("nothing", {}, "GEO-642"),
        ("within", {}, "GEO-641 it is missing"),
        ("within", {"layer": "shops"}, "GEO-641 either places or a layer"),
        ("within", {"layer": "shop", "places": "1,2"}, "GEO-641 there is no layer shop"),
        ("within", {"layer": "shops", "places": "200,2"}, "GEO-641 longitude and latitude"),
        ("within", {"layer": "shops", "places": "1,2,3"}, "GEO-641 longitude and latitude"),
        ("within", {"layer": "shops", "places": [[1, 2]] * 101}, "GEO-641 at most 100 places"),
        ("within", {"layer": "shops", "places": "125.3,43.8", "distance": -1}, "GEO-641 a number from 0"),
        ("within", {"layer": "shops", "places": "125.3,43.8", "distance": "nan"}, "GEO-641 a number"),
        ("within", {"layer": "shops", "places": "125.3,43.8", "far": 1}, "GEO-641 there is no parameter far"),
        ("within", {"layer": "shops", "places": "5,5"}, "GEO-649"),
        ("within", {"layer": "a' or 1=1", "places": "5,5"}, "GEO-641 this names no layer"),
        ("within", {"layer": "shops?colour=red", "places": "5,5"}, "GEO-641 .* has no field colour"),
        ("density", {"layer": "blocks"}, "GEO-644 blocks has area features"),
        ("density", {"layer": "shops", "weight": "name"}, "GEO-641 the field name holds no numbers"),
        ("density", {"layer": "shops", "bandwidth": 40000, "cell": 1}, "GEO-643 a cell is at least 1600 m"),
        ("hotspots", {"layer": "blocks"}, "GEO-641 areas need a field"),
        ("nearest", {"layer": "shops", "other": "blocks", "count": 2.5}, "GEO-641 a whole number"),
        ("overlay", {"layer": "blocks", "other": "shops"}, "GEO-644 shops has point features"),
        ("overlay", {"layer": "shops", "other": "blocks", "how": "xor"}, "GEO-641 it is none of the choices"),
        (
            "service-area",
            {"roads": "streets", "places": "125.31,43.885", "minutes": "x"},
            "GEO-641 one to 5 numbers",
        ),
        ("service-area", {"roads": "streets", "places": "125.5,43.7"}, "GEO-641 no road within 400 m"),
        ("route", {"roads": "streets", "places": "125.30,43.885"}, "GEO-641 two places"),
        (
            "route",
            {"roads": "streets", "places": "125.30,43.885; 125.6,43.8"},
            "GEO-646 no road within 400 m",
        ),
        (
            "gaps",
            {"needs": ["shops"] * 2 + [f"x{n}" for n in range(12)], "areas": "blocks"},
            "GEO-641 at most 12",
        ),
    ],
)
def test_what_does_not_fit_is_said(layers: None, kind: str, parameters: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ProblemError, match=wanted):
        service.analyse(kind, parameters, by=ASKER)


def test_too_many_features_and_too_long_a_time_are_refused(
    layers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from beichen.platforms.geo.analysis import features

    with pytest.raises(ProblemError, match="GEO-643 shops has 12 features, at most 5"):
        features.read("shops", by=BY, most=5)
    assert len(features.read("shops?kind=food", by=BY, most=6)) == 6
    with pytest.raises(ProblemError, match="GEO-643"):
        features.read("shops?kind=food", by=BY, most=5)
    with pytest.raises(ProblemError, match="GEO-645"):
        service.analyse("buffer", {"layer": "blocks"}, by=ASKER, patience=Patience(-1))
    monkeypatch.setattr(features, "MOST_VERTICES", 5)
    with pytest.raises(ProblemError, match="GEO-643 shops has more than 5 vertices"):
        features.read("shops", by=BY)


def test_who_may_not_analyse_is_refused(layers: None, client: Client) -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        service.analyse("buffer", {"layer": "shops"}, by=Actor("public", "public", (Scope("public"),)))
    assert client.get("/api/geo/analysis").status_code == 403
    assert client.get("/analysis").status_code in (302, 403)


def test_layers_above_the_clearance_do_not_exist(layers: None) -> None:
    from beichen.platforms.geo.models import Layer

    Layer.objects.filter(key="shops").update(level=3)
    with pytest.raises(ProblemError, match="GEO-641 there is no layer shops"):
        service.analyse("buffer", {"layer": "shops"}, by=ASKER)


def test_a_run_is_kept_with_its_result_for_its_asker(key: str, client: Client) -> None:
    told = {"Authorization": f"Bearer {key}"}
    body = {"kind": "buffer", "parameters": {"layer": "shops", "distance": 100}, "title": "百米"}
    made = client.post("/api/geo/analysis/runs", body, content_type="application/json", headers=told)
    assert made.status_code == 201, made.content
    run = made.json()
    assert (run["state"], run["rows"], run["sources"][0]["licence"]) == ("done", 12, "CC0-1.0")
    assert client.get(made["Location"], headers=told).json()["title"] == "百米"
    features = client.get(run["features"], headers=told)
    assert len(orjson.loads(features.content)["features"]) == 12
    assert client.get("/api/geo/analysis/runs", headers=told).json()["runs"][0]["code"] == run["code"]
    other = {"Authorization": f"Bearer {create_client('other', 'Other', 'officer', by=BY)}"}
    refused = client.get(made["Location"], headers=other)
    assert refused.status_code == 404
    assert refused.json()["code"] == "GEO-647"


def test_the_api_answers_at_once_and_says_what_there_is(key: str, client: Client) -> None:
    told = {"Authorization": f"Bearer {key}"}
    known = client.get("/api/geo/analysis", headers=told).json()["analyses"]
    assert [one["key"] for one in known] == list(kinds.KINDS)
    asked = {"layer": "shops", "distance": 50}
    found = client.post("/api/geo/analysis/buffer", asked, content_type="application/json", headers=told)
    assert found["Content-Type"] == "application/geo+json"
    assert len(found.json()["features"]) == 12
    wrong = client.post("/api/geo/analysis/buffer", {}, content_type="application/json", headers=told)
    assert (wrong.status_code, wrong.json()["where"]["field"]) == (422, "layer")


def test_a_long_one_is_a_job_within_the_rights_of_its_asker(key: str, client: Client) -> None:
    told = {"Authorization": f"Bearer {key}"}
    body = {"kind": "buffer", "parameters": {"layer": "shops"}, "wait": False}
    made = client.post("/api/geo/analysis/runs", body, content_type="application/json", headers=told)
    assert made.status_code == 202
    (task,) = DBTaskResult.objects.filter(task_path__endswith="answer_run")
    jobs.answer_run.call(*task.args_kwargs["args"])
    assert client.get(made["Location"], headers=told).json()["state"] == "done"
    gone = service.ask(
        "buffer", {"layer": "shops"}, by=Actor("client:gone", "x", (Scope("officer"),)), is_long=True
    )
    service.carry_out(gone.code)
    gone.refresh_from_db()
    assert gone.state == RunState.REFUSED
    assert gone.problems[0]["code"] == "ACC-403"


def test_what_takes_too_long_goes_on_as_a_job(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SECONDS_AT_ONCE", -1.0)
    row = service.ask("buffer", {"layer": "shops"}, by=ASKER)
    assert row.state == RunState.WAITING
    service.carry_out(row.code)
    row.refresh_from_db()
    assert (row.state, row.row_count) == (RunState.DONE, 12)
    service.carry_out(row.code)  # told twice, done once


def test_a_mistake_of_the_program_is_kept_and_raised(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = service.ask("buffer", {"layer": "shops"}, by=ASKER, is_long=True)

    def broken(*_asked: Any, **_more: Any) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr(service, "analyse", broken)
    with pytest.raises(RuntimeError):
        service.carry_out(row.code)
    row.refresh_from_db()
    assert row.problems[0]["code"] == "GEO-650"


def test_nobody_lets_many_wait(key: str) -> None:
    for _turn in range(service.MOST_WAITING):
        service.ask("buffer", {"layer": "shops"}, by=ASKER, is_long=True)
    with pytest.raises(ProblemError, match="GEO-648"):
        service.ask("buffer", {"layer": "shops"}, by=ASKER)


def test_a_result_is_brought_in_as_a_layer_as_secret_as_its_sources(officer: Client) -> None:
    from beichen.platforms.geo.models import Layer, Upload

    made = officer.post("/analysis?kind=buffer", {"layer": "shops", "distance": "100", "title": "百米"})
    assert officer.post(f"{made['Location']}/keep").status_code == 403
    Layer.objects.filter(key="shops").update(level=2)
    row = service.ask("buffer", {"layer": "shops"}, by=BY, title="百米")
    upload = service.keep_as_layer(row, by=BY)
    assert upload == Upload.objects.get()
    assert (upload.level, upload.facts["name"], upload.facts["licence"]) == (2, "百米", "CC0-1.0")


def test_old_runs_are_forgotten(key: str) -> None:
    row = service.ask("buffer", {"layer": "shops"}, by=ASKER)
    assert service.forget_old(timezone.now()) == 0
    Run.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(days=31))
    jobs.forget_runs.call()
    assert not Run.objects.exists()


@pytest.fixture
def officer(layers: None, client: Client) -> Client:
    city = Region.objects.create(code="220100", name="某市", name_en="City", level="city", path="220100/")
    body = Body.objects.create(key="bureau", name="局", path="bureau/")
    person = register_person("李", by=BY)
    appoint(person, "officer", body, city, by=BY)
    account = Account.objects.create_user("li", password="long-enough-secret", person=person)
    client.force_login(account)
    return client


def test_the_page_asks_and_shows_its_result(officer: Client) -> None:
    page = officer.get("/analysis?kind=buffer")
    assert page.status_code == 200
    assert 'value="shops"' in page.content.decode()
    wrong = officer.post("/analysis?kind=buffer", {"layer": "shop", "distance": "100"})
    assert wrong.status_code == 422
    assert "field-error" in wrong.content.decode()
    made = officer.post("/analysis?kind=buffer", {"layer": "shops", "distance": "100", "title": "百米"})
    assert made.status_code == 302
    result = officer.get(made["Location"]).content.decode()
    assert "百米" in result
    assert "店3" in result
    assert "CC0-1.0" in result
    sheet = officer.get(f"{made['Location']}?format=csv")
    assert b"".join(sheet.streaming_content).count("店".encode()) == 12  # type: ignore[attr-defined]
    document = officer.get(f"{made['Location']}/features?download")
    assert "attachment" in document["Content-Disposition"]
    assert officer.get("/analysis").content.decode().count("百米") == 1


def test_a_page_that_waits_asks_again_until_it_is_done(officer: Client) -> None:
    by = Actor(f"person:{Account.objects.get(username='li').person.code}", "李", (Scope("officer"),))  # type: ignore[union-attr]
    row = service.ask("buffer", {"layer": "shops"}, by=by, is_long=True)
    assert "every 2s" in officer.get(f"/analysis/runs/{row.code}").content.decode()
    assert "HX-Redirect" not in officer.get(f"/analysis/runs/{row.code}/state")
    service.carry_out(row.code)
    assert officer.get(f"/analysis/runs/{row.code}/state")["HX-Redirect"] == f"/analysis/runs/{row.code}"
