"""`/api/geo/addresses` and `/api/geo/places` as programs meet them; files of addresses from end to end."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_client
from beichen.kernel.actor import PUBLIC
from beichen.platforms.geo.addresses import batch, sheets
from beichen.platforms.geo.addresses.tests import town
from beichen.platforms.geo.addresses.tests.town import BY
from beichen.platforms.geo.coordinates import Datum, from_wgs84
from beichen.platforms.geo.models import Address, AddressSheet
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
ROOT = "/api/geo/addresses"
FILE = "编号,地址\n1,亚泰大街1138号\n2,不知道\n3,长通家园A7栋\n"


@pytest.fixture
def steward() -> Client:
    """A program with a steward's key, in the town."""
    cache.clear()
    forget_rates()
    town.build()
    key = create_client("stewards", "Stewards", "steward", by=BY)
    return Client(headers={"Authorization": f"Bearer {key}"})


def upload(client: Client, content: bytes, name: str = "a.csv", **more: str) -> Any:
    """The answer to a file of addresses."""
    return client.post(f"{ROOT}/sheets", {"file": ContentFile(content, name), **more})


def run(code: str) -> None:
    """Let the job work until the file is done."""
    while batch.match_rows(AddressSheet.objects.get(code=code).pk):
        pass


def test_texts_are_matched_in_their_order(steward: Client) -> None:
    told = {"addresses": ["亚泰大街1138号", "不知道"]}
    answer = steward.post(f"{ROOT}/match", told, content_type="application/json")
    first, second = answer.json()["matches"]
    assert (first["code"], first["accepted"], first["precision"]) == ("a-1138", True, "address")
    assert first["reasons"][0] == {"part": "road", "how": "same", "found": "亚泰大街"}
    assert first["parts"]["number"] == "1138"
    assert (second["code"], second["accepted"]) == (None, False)


def test_coordinates_go_out_in_the_datum_that_is_asked_for(steward: Client) -> None:
    told = {"addresses": ["亚泰大街1138号"], "datum": "gcj02"}
    (found,) = steward.post(f"{ROOT}/match", told, content_type="application/json").json()["matches"]
    expected = from_wgs84(125.3381, 43.8972, Datum.GCJ02)
    assert (found["longitude"], found["latitude"]) == pytest.approx(expected)
    x, y = expected
    here = steward.get(f"{ROOT}/reverse?longitude={x}&latitude={y}&datum=gcj02").json()
    assert (here["code"], here["region"], here["address_m"]) == (
        "a-1138",
        "220102",
        pytest.approx(0, abs=0.2),
    )


@pytest.mark.parametrize(
    "told",
    [{}, {"addresses": []}, {"addresses": ["x"] * 1001}, {"addresses": ["x" * 401]}, {"addresses": [1]}],
)
def test_what_is_no_list_of_texts_is_refused(steward: Client, told: dict[str, Any]) -> None:
    assert steward.post(f"{ROOT}/match", told, content_type="application/json").status_code == 422


@pytest.mark.parametrize(
    "query", ["", "longitude=x&latitude=1", "longitude=181&latitude=1", "longitude=nan&latitude=1"]
)
def test_a_point_that_is_none_is_refused(steward: Client, query: str) -> None:
    assert steward.get(f"{ROOT}/reverse?{query}").status_code == 422


def test_places_and_addresses_are_searched(steward: Client) -> None:
    found = steward.get("/api/geo/places?q=ytdj").json()["places"]
    assert (found[0]["name"], found[0]["how"], found[0]["kind"]) == ("亚泰大街", "initials", "road")
    page = steward.get(f"{ROOT}/search?q=长通家园&limit=1").json()
    assert [one["code"] for one in page["addresses"]] == ["b-6"]
    rest = steward.get(f"{ROOT}/search?q=长通家园&after={page['next']}").json()
    assert [one["code"] for one in rest["addresses"]] == ["b-7", "r-1"]
    assert rest["next"] is None
    assert [one["code"] for one in Client().get(f"{ROOT}/search?q=长通家园").json()["addresses"]] == [
        "b-6",
        "b-7",
    ]


def test_an_address_is_corrected_and_says_what_it_was(steward: Client) -> None:
    told = {"name": "邮局", "reason": "new sign", "version": 1}
    assert steward.patch(f"{ROOT}/a-1388", told, content_type="application/json").status_code == 200
    shown = steward.get(f"{ROOT}/a-1388").json()
    assert (shown["name"]["zh"], shown["version"]) == ("邮局", 2)
    assert [(one["version"], one["reason"]) for one in shown["versions"]] == [(1, "new sign")]
    late = steward.patch(f"{ROOT}/a-1388", told, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "GEO-124")
    public = Client().patch(f"{ROOT}/a-1388", told, content_type="application/json")
    assert public.status_code == 403


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_gets_its_places(steward: Client, encoding: str) -> None:
    begun = upload(steward, FILE.encode(encoding))
    assert (begun.status_code, begun.json()["state"], begun.json()["waiting"]) == (202, "running", 3)
    run(begun.json()["code"])
    told = steward.get(begun.json()["url"]).json()
    assert (told["state"], told["matched"], told["refused"], told["waiting"]) == ("done", 2, 1, 0)
    content = b"".join(steward.get(f"{told['url']}/rows.csv"))
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [row["code"] for row in rows] == ["a-1138", "", "b-7"]
    assert rows[0]["编号"] == "1"
    content = b"".join(steward.get(f"{told['url']}/rows.csv?refused=true"))
    assert [row["地址"] for row in csv.DictReader(io.StringIO(content.decode()))] == ["不知道"]


def test_a_file_is_ones_own(steward: Client) -> None:
    url = upload(steward, FILE.encode()).json()["url"]
    key = create_client("others", "Others", "steward", by=BY)
    other = Client(headers={"Authorization": f"Bearer {key}"})
    assert (other.get(url).status_code, other.get(url).json()["code"]) == (404, "GEO-129")
    assert Client().get(url).status_code == 404


def test_a_stopped_job_goes_on_where_it_was(steward: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 2)
    row = AddressSheet.objects.get(code=upload(steward, FILE.encode()).json()["code"])
    assert batch.match_rows(row.pk) == 2
    assert batch.sweep_sheets(by=BY, now=timezone.now() + timedelta(minutes=6)) == 1
    assert batch.match_rows(row.pk) == 1
    row.refresh_from_db()
    assert (row.matched, row.refused, row.state) == (2, 1, "done")
    assert batch.match_rows(row.pk) == 0
    batch.sweep_sheets(by=BY, now=timezone.now() + timedelta(days=31))
    assert not AddressSheet.objects.exists()


def test_who_lost_the_right_stops_the_file(steward: Client) -> None:
    row = AddressSheet.objects.get(code=upload(steward, FILE.encode()).json()["code"])
    AddressSheet.objects.filter(pk=row.pk).update(owner="client:gone")
    assert batch.match_rows(row.pk) == 0
    row.refresh_from_db()
    assert row.state == "stopped"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        ("地址\n".encode(), "a.csv"),
        ("别的\n某路1号\n".encode(), "a.csv"),
        (b"\xff\xfe\x00", "a.csv"),
        (b"PK\x03\x04rest", "a.xlsx"),
        (("地址\n" + "x\n" * 50_001).encode(), "a.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(steward: Client, content: bytes, name: str) -> None:
    answer = upload(steward, content or b" ", name)
    assert (answer.status_code, answer.json()["code"]) == (422, "GEO-128")
    assert not AddressSheet.objects.exists()


def test_nobody_has_no_file(steward: Client) -> None:
    with pytest.raises(ProblemError, match="GEO-130"):
        batch.begin_sheet(FILE.encode(), "a.csv", by=PUBLIC)
    answer = upload(Client(enforce_csrf_checks=True), FILE.encode())
    assert (answer.status_code, answer.json()["code"]) == (403, "GEO-131")


def test_a_workbook_comes_into_the_library_and_wrong_rows_are_told(steward: Client) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    x, y = from_wgs84(125.33, 43.89, Datum.BD09)
    for row in (
        ("标准地址", "经度", "纬度", "名称"),
        ("长春市南关区新城巷9号", x, y, "驿站"),
        ("", x, y, ""),
        ("长春市南关区新城巷11号", 999, y, ""),
    ):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    taken = sheets.take_sheet(content.getvalue(), "a.xlsx", by=BY, source="survey", datum=Datum.BD09)
    assert (taken.rows, len(taken.changes.added)) == (3, 1)
    assert [(one.where.row, one.where.field) for one in taken.problems] == [(3, "text"), (4, "longitude")]
    kept = Address.objects.get(code=taken.changes.added[0])
    assert kept.longitude == pytest.approx(125.33, abs=1e-6)
    assert kept.latitude == pytest.approx(43.89, abs=1e-6)
    again = sheets.take_sheet(content.getvalue(), "a.xlsx", by=BY, source="survey", datum=Datum.BD09)
    assert not again.changes


@pytest.mark.parametrize("head", ["地址,经度", "地址,经度,纬度,未知", "x"])
def test_a_library_file_without_its_columns_is_refused(steward: Client, head: str) -> None:
    with pytest.raises(ProblemError, match="GEO-128"):
        sheets.take_sheet(f"{head}\na,1,2,3\n".encode(), "a.csv", by=BY)
