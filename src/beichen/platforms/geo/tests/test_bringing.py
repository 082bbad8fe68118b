"""Within whose rights a file is read, what its report remembers, what becomes of one that nobody can read."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from beichen.kernel.access.service import actor_again, create_account
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.files import store as contents
from beichen.kernel.org.models import Body, Post, Region
from beichen.kernel.org.service import appoint, dismiss, register_person
from beichen.platforms.geo import jobs, service
from beichen.platforms.geo.addresses.tests import town
from beichen.platforms.geo.desk.files import in_language
from beichen.platforms.geo.models import Address, Layer, Upload
from beichen.platforms.geo.tests.test_uploads import BOWTIE, BY, WORDS, bring, collection, features, points
from beichen.platforms.geo.uploads.bringing import give_up_uploads

pytestmark = pytest.mark.django_db

HOUSEHOLD = "南关区长通家园A7栋1单元302室"
PLACE = (125.3499, 43.8999)


@pytest.fixture
def household() -> tuple[float, float]:
    """The town's one household, which is of level L2, at a place of its own."""
    town.build()
    Address.objects.filter(code="r-1").update(longitude=PLACE[0], latitude=PLACE[1])
    return PLACE


def steward(region: str, role: str = "steward") -> Actor:
    """Somebody with an account and a post in a region."""
    person = register_person("甲", by=BY)
    create_account(f"person-{person.code}", "x" * 12, person, by=BY)
    body, _made = Body.objects.get_or_create(key="bureau", defaults={"name": "局", "path": "bureau/"})
    appoint(person, role, body, Region.objects.get(code=region), by=BY)
    by = actor_again(f"person:{person.code}")
    assert by is not None
    return by


def take(by: Actor, level: int = 2) -> Upload:
    """Bring a sheet with the household's address, and let the job read it."""
    words = service.LayerWords(
        key="posts", name="灯杆", source="A survey", licence="CC0-1.0", level=level, body="bureau"
    )
    sheet = f"address,n\n{HOUSEHOLD},1\n".encode()
    upload = service.bring_layer(io.BytesIO(sheet), "a.csv", words, by=by)
    jobs.read_upload.call(upload.code)
    upload.refresh_from_db()
    return upload


def place() -> tuple[float, ...]:
    """Where the one feature is."""
    (feature,) = features()
    return tuple(feature["geometry"]["coordinates"])


def test_addresses_of_a_sheet_are_looked_up_in_the_library() -> None:
    """What is not known well enough is refused with its text; the text stays a property."""
    town.build()
    sheet = "地址,name\n南关区亚泰大街1138号,a\n火星路1号,b\n"
    upload = bring(sheet.encode(), "a.csv")
    assert (upload.kept, upload.refused) == (1, 1)
    (feature,) = features()
    known = Address.objects.get(code="a-1138")
    assert feature["geometry"]["coordinates"] == pytest.approx([known.longitude, known.latitude])
    assert feature["properties"] == {"地址": "南关区亚泰大街1138号", "name": "a"}
    assert [(line["outcome"], line["reason"]) for line in upload.problems] == [
        ("refused", "no such address: 火星路1号")
    ]


def test_who_may_read_households_finds_them(household: tuple[float, float]) -> None:
    assert take(steward("220102")).state == "done"
    assert place() == pytest.approx(household)


def test_who_may_not_read_a_household_does_not_get_its_place(household: tuple[float, float]) -> None:
    upload = take(steward("220103"))
    assert upload.state == "done", upload.problems
    assert place() != pytest.approx(household)


def test_a_household_gives_no_place_to_an_open_layer(household: tuple[float, float]) -> None:
    upload = take(steward("220102"), level=1)
    assert upload.state == "done", upload.problems
    assert place() != pytest.approx(household)


def test_who_was_dismissed_meanwhile_brings_nothing(household: tuple[float, float]) -> None:
    by = steward("220102")
    sheet = f"address,n\n{HOUSEHOLD},1\n".encode()
    words = service.LayerWords(key="posts", name="灯杆", source="A survey", licence="CC0-1.0", body="bureau")
    upload = service.bring_layer(io.BytesIO(sheet), "a.csv", words, by=by)
    dismiss(Post.objects.get(person__code=by.key.partition(":")[2]), by=BY)
    jobs.read_upload.call(upload.code)
    upload.refresh_from_db()
    assert (upload.state, upload.problems[0]["problem"]["code"]) == ("refused", "ACC-403")
    assert not Layer.objects.filter(key="posts").exists()


def test_who_left_brings_nothing(household: tuple[float, float]) -> None:
    by = steward("220102")
    upload = service.bring_layer(io.BytesIO(points()), "a.geojson", WORDS, by=BY)
    Upload.objects.filter(pk=upload.pk).update(brought_by=f"{by.key}-gone")
    jobs.read_upload.call(upload.code)
    upload.refresh_from_db()
    assert upload.problems[0]["reason"] == "ACC-403 who brought it may not act any more"


def test_the_record_names_who_brought_it(household: tuple[float, float]) -> None:
    by = steward("220102")
    take(by)
    assert AuditRecord.objects.get(action="geo.layer.revise").actor == by.key


def test_the_report_remembers_what_its_reasons_say() -> None:
    upload = bring(points().replace(b"125.32", b"925.32"), "a.geojson")
    (line,) = service.report_of(upload)
    assert line == upload.problems[0]
    assert line["reason"] == "outside the globe"
    with override("zh-hans"):
        assert in_language(line)["reason"] == "在地球之外"


@pytest.mark.parametrize(
    ("shape", "english", "chinese"),
    [
        (
            {"type": "Polygon", "coordinates": [BOWTIE]},
            "made valid: self-intersection",
            "已修复：自相交",
        ),
        (
            {"type": "Circle", "coordinates": [1, 2]},
            "the coordinates are not those of a Circle",
            "坐标不符合 Circle 的格式",
        ),
        (
            {"type": "Point", "coordinates": [125.3, 43.8]},
            "a point in a layer of the kind polygon",
            "面图层中出现了点",
        ),
        (None, "the feature has no geometry", "要素没有几何"),
    ],
)
def test_reasons_are_said_in_the_readers_language(shape: Any, english: str, chinese: str) -> None:
    square = [[126.3, 43.8], [126.4, 43.8], [126.4, 43.9], [126.3, 43.8]]
    areas = [{"type": "Polygon", "coordinates": [square]} for _time in range(2)]
    upload = bring(collection(*areas, shape), "a.geojson")
    line = upload.problems[-1]
    assert line["reason"] == english
    for language, reason in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert in_language(line)["reason"] == reason


def test_what_is_wrong_with_the_whole_file_is_said_too() -> None:
    upload = bring(b"name\nx", "a.csv")
    with override("zh-hans"):
        said = in_language(upload.problems[0])
    assert (said["where"], said["word"]) == ("第 1 行", "已退回")
    assert said["reason"].startswith("GEO-805 没有经纬度列")


def test_a_report_that_was_kept_as_a_sheet_is_read() -> None:
    upload = bring(points(), "a.geojson")
    old = '\ufefffeature,where,key,outcome,reason\r\n2,1,"a""b",refused,outside the globe\r\n'.encode()
    with contents.spool(io.BytesIO(old), "report.csv", 1_000) as spooled:
        contents.put(spooled)
    upload.report = spooled.hash
    assert list(service.report_of(upload)) == [
        {"feature": "2", "where": "1", "key": 'a"b', "outcome": "refused", "reason": "outside the globe"}
    ]


def test_halves_of_characters_do_not_break_the_report() -> None:
    broken = b',{"type":"Feature","geometry":{"type":"\\ud800"}}]}'
    upload = bring(points()[:-2] + broken, "a.geojson")
    assert (upload.state, upload.kept) == ("done", 3), upload.problems
    assert len(list(service.report_of(upload))) == 1


def test_a_file_that_ends_its_readers_is_given_up() -> None:
    upload = service.bring_layer(io.BytesIO(points()), "a.geojson", WORDS, by=BY)
    assert give_up_uploads() == 0
    assert give_up_uploads(now=timezone.now() + timedelta(days=2)) == 1
    upload.refresh_from_db()
    assert (upload.state, upload.problems[0]["problem"]["code"]) == ("refused", "GEO-802")
