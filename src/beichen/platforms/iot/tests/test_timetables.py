"""Timetables: when the sun rises, what is due, who may set them, and that nothing is told twice or lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Command, Device, Following
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.test_pages import signed_in
from beichen.platforms.iot.timetables.declaration import SUNRISE, SUNSET, read_entry
from beichen.platforms.iot.timetables.forms import read_parameters, shown_parameters
from beichen.platforms.iot.timetables.reckoning import due_between, next_due
from beichen.platforms.iot.timetables.sun import city_place, sun_at
from beichen.problem import ProblemError

BY = ground.BY
CITY = (125.32, 43.88)
ZONE = ZoneInfo("Asia/Shanghai")
GROUPS = "/api/devices/groups"
DECLARED = {
    "steady": {
        "name": {"zh": "早晚校准", "en": "Morning and evening"},
        "of": "well",
        "entries": [
            {"at": "sunset + 10m", "order": "calibrate", "parameters": {"zero_m": 1}, "wait": "4h"},
            {"at": "06:00", "order": "calibrate", "parameters": {"zero_m": 2}},
        ],
    }
}


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time of the city."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "rises", "sets"),
    [
        # The almanac's times of Changchun, to the minute or two that its place in the city makes.
        (date(2026, 6, 21), "03:55", "19:25"),
        (date(2026, 12, 22), "07:10", "16:03"),
        (date(2026, 3, 20), "05:41", "17:49"),
    ],
)
def test_the_sun_is_where_the_almanac_says(day: date, rises: str, sets: str) -> None:
    for which, text in ((SUNRISE, rises), (SUNSET, sets)):
        found = sun_at(which, day, CITY, ZONE)
        assert found is not None
        wanted = datetime.combine(day, datetime.strptime(text, "%H:%M").time(), ZONE)  # noqa: DTZ007
        assert abs(found - wanted) < timedelta(minutes=4), (which, found)


def test_where_the_sun_does_not_set_nothing_is_due() -> None:
    north = (20.0, 78.0)
    assert sun_at(SUNSET, date(2026, 6, 21), north, ZONE) is None
    assert sun_at(SUNRISE, date(2026, 12, 21), north, ZONE) is None
    entries = [read_entry({"at": "sunset", "order": "x"})]
    assert next_due(entries, local(2026, 6, 1), north) is None


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    longitude=st.floats(-180, 180),
    latitude=st.floats(-60, 60),
)
def test_a_day_has_its_rising_before_its_setting(day: date, longitude: float, latitude: float) -> None:
    """Anywhere between the circles, in the zone of the place or far from it."""
    zone = timezone(timedelta(hours=round(longitude / 15)))
    rises, sets = (sun_at(which, day, (longitude, latitude), zone) for which in (SUNRISE, SUNSET))
    assert rises is not None
    assert sets is not None
    assert timedelta(hours=5) < sets - rises < timedelta(hours=19)
    assert rises.astimezone(zone).date() == sets.astimezone(zone).date() == day


entry = st.fixed_dictionaries(
    {
        "at": st.one_of(
            st.times().map(lambda one: f"{one:%H:%M}"),
            st.tuples(st.sampled_from(["sunrise", "sunset"]), st.sampled_from("+-"), st.integers(0, 300)).map(
                lambda one: f"{one[0]} {one[1]} {one[2]}m"
            ),
        ),
        "order": st.sampled_from(["light", "dim"]),
    }
)


@given(
    told=st.lists(entry, min_size=1, max_size=6),
    begins=st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    minutes=st.integers(1, 3 * 24 * 60),
)
def test_who_looks_seldom_tells_what_who_looks_often_told_last(
    told: list[dict[str, Any]], begins: datetime, minutes: int
) -> None:
    """Walking from one due moment to the next ends with the commands that one look over all of it gives."""
    entries = [read_entry(one) for one in told]
    ends = begins + timedelta(minutes=minutes)
    walked: dict[str, Any] = {}
    at = next_due(entries, begins, CITY)
    while at is not None and at <= ends:
        walked |= due_between(entries, at, at, CITY)
        after = next_due(entries, at, CITY)
        assert after is None or after > at
        at = after
    assert walked == due_between(entries, begins + timedelta(microseconds=1), ends, CITY)


@pytest.mark.django_db
def test_days_off_and_working_days() -> None:
    entries = [read_entry({"at": "08:00", "order": "x", "days": "workdays"})]
    # The National Day's holiday of 2025 ran from 1 to 8 October, and Saturday the 11th was worked.
    assert next_due(entries, local(2025, 9, 30, 9), CITY) == local(2025, 10, 9, 8)
    assert next_due(entries, local(2025, 10, 10, 9), CITY) == local(2025, 10, 11, 8)


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.integers(-9, 9), st.booleans()), max_size=2))
def test_parameters_come_back_from_the_form_as_they_were(parameters: dict[str, Any]) -> None:
    kinds = {
        name: {"type": "boolean" if isinstance(value, bool) else "integer"}
        for name, value in parameters.items()
    }
    assert read_parameters(shown_parameters(parameters), kinds) == parameters


@pytest.fixture
def group(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A group of two wells in two districts, and a timetable for wells; in a city whose place is known."""
    monkeypatch.setattr("beichen.platforms.iot.timetables.sun.city_place", lambda _city: CITY)
    ground.town()
    service.save_group("ring", "环路", by=BY)
    for number, region in enumerate(("990102", "990103"), 1):
        ground.well(f"MH-{number}", region)
        ground.device(f"D-{number}", f"MH-{number}", group="ring")
    service.declare_timetables(DECLARED, scene="drainage", by=BY)
    return "ring"


def told() -> list[tuple[str, Any]]:
    """What devices were told, in the order of time."""
    return [(one.device.code, one.parameters.get("zero_m")) for one in Command.objects.order_by("pk")]


def test_each_entry_is_told_once_and_the_next_time_is_kept(group: str) -> None:
    row = service.follow(group, "drainage.steady", by=BY, now=local(2026, 6, 21, 12))
    assert row.next_at is not None
    assert abs(row.next_at - local(2026, 6, 21, 19, 35)) < timedelta(minutes=4)
    assert service.tell_due(local(2026, 6, 21, 19), by=BY) == 0
    for _again in range(2):
        service.tell_due(local(2026, 6, 21, 19, 40), by=BY)
    assert told() == [("D-1", 1), ("D-2", 1)]
    command = Command.objects.first()
    assert command is not None
    assert command.due_at - command.created_at == timedelta(hours=4)
    kept = Following.objects.get()
    assert kept.next_at == local(2026, 6, 22, 6)
    assert kept.outcome["told"][0]["ordered"] == 2


def test_a_house_that_stood_still_says_what_holds_now(group: str) -> None:
    service.follow(group, "drainage.steady", by=BY, now=local(2026, 6, 21, 12))
    service.tell_due(local(2026, 6, 24, 12), by=BY)
    assert told() == [("D-1", 2), ("D-2", 2)]
    assert Following.objects.get().next_at is not None


def test_a_group_that_cannot_be_told_says_why_and_goes_on(
    group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.follow(group, "drainage.steady", by=BY, now=local(2026, 6, 21, 12))
    monkeypatch.setattr("beichen.platforms.iot.grouping.MOST_OF_GROUP", 1)
    assert service.tell_due(local(2026, 6, 22, 7), by=BY) == 1
    kept = Following.objects.get()
    assert "at most" in kept.outcome["told"][0]["trouble"]
    assert kept.next_at is not None
    assert kept.next_at > local(2026, 6, 22, 7)
    assert told() == []


def test_what_a_scene_says_anew_holds_and_what_it_no_longer_says_is_followed_on(group: str) -> None:
    service.follow(group, "drainage.steady", by=BY)
    changed = {"steady": {**DECLARED["steady"], "entries": [{"at": "04:00", "order": "calibrate"}]}}
    service.declare_timetables(changed, scene="drainage", by=BY)
    row = Following.objects.get()
    assert row.next_at is not None
    assert row.next_at.astimezone(ZONE).hour == 4
    service.declare_timetables({}, scene="drainage", by=BY)
    assert service.tell_due(row.next_at, by=BY) == 1
    assert [one.key for one in service.timetables(by=BY)] == []


def test_a_group_switched_off_is_told_nothing(group: str) -> None:
    service.follow(group, "drainage.steady", by=BY, now=local(2026, 6, 21, 12))
    service.follow(group, "drainage.steady", is_on=False, by=BY, now=local(2026, 6, 21, 13))
    assert service.tell_due(local(2026, 6, 22, 7), by=BY) == 0
    service.unfollow(group, by=BY)
    assert not Following.objects.exists()


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        ([{"at": "25:00", "order": "calibrate"}], "entries.0.at"),
        ([{"at": "sunset + 9h", "order": "calibrate"}], "entries.0.at"),
        ([{"at": "noon", "order": "calibrate"}], "entries.0.at"),
        ([{"at": "06:00", "order": "calibrate", "wait": "2d"}], "entries.0.at"),
        ([{"at": "06:00", "order": "calibrat"}], "entries.0.order"),
        (
            [{"at": "06:00", "order": "calibrate", "parameters": {"zero_m": "x"}}],
            "entries.0.parameters.zero_m",
        ),
        ([{"at": "06:00", "order": "calibrate", "parameters": {"one": 1}}], "entries.0.parameters"),
        ([{"at": "06:00", "order": "calibrate"}] * 25, "entries"),
    ],
)
def test_entries_that_cannot_be_are_refused_with_their_place(
    group: str, entries: list[dict[str, Any]], place: str
) -> None:
    with pytest.raises(ProblemError, match="IOT-115") as caught:
        service.follow(group, "", entries, by=BY)
    assert caught.value.problems[0].where.field == place
    assert not Following.objects.exists()


def test_who_may_command_only_some_sets_no_timetable_for_all(group: str) -> None:
    with pytest.raises(ProblemError, match="IOT-117"):
        service.follow(group, "drainage.steady", by=ground.officer("engineer", "990102"))
    with pytest.raises(ProblemError, match="ACC-403"):
        service.follow(group, "drainage.steady", by=ground.officer("operator"))
    with pytest.raises(ProblemError, match="IOT-116"):
        service.follow(group, "drainage.stady", by=ground.officer())
    assert not Following.objects.exists()


def test_a_program_sets_and_reads_it(group: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {create_client('p', 'p', 'engineer', by=BY)}"})
    assert client.get(f"{GROUPS}/{group}/timetable").json()["entries"] == []
    listed = client.get("/api/devices/timetables").json()["timetables"]
    assert [one["key"] for one in listed] == ["drainage.steady"]
    entries = [{"at": "sunrise - 15m", "order": "calibrate", "parameters": {"zero_m": 3}}]
    answer = client.put(f"{GROUPS}/{group}/timetable", {"entries": entries}, "application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["entries"] == entries
    wrong = client.put(
        f"{GROUPS}/{group}/timetable", {"entries": [{"at": "x", "order": "y"}]}, "application/json"
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "IOT-115")
    assert client.delete(f"{GROUPS}/{group}/timetable").status_code == 204


def test_it_is_chosen_and_changed_at_the_desk(group: str) -> None:
    Device.objects.update(body=Body.objects.get(key="water"))
    browser = signed_in("engineer")
    page = f"/devices/groups/{group}"
    assert "环路" in browser.get("/devices/groups").content.decode()
    chosen = browser.post(f"{page}/timetable", {"timetable": "drainage.steady", "is_on": "on"})
    assert chosen.status_code == 302
    shown = browser.get(page).content.decode()
    assert "早晚校准" in shown
    assert "sunset + 10m" in shown
    form = {
        "timetable": "drainage.steady",
        "shown": "drainage.steady",
        "is_on": "on",
        "entries.0.at": "",
        "entries.1.at": "05:30",
        "entries.1.order": "calibrate",
        "entries.1.parameters": "zero_m=2.5",
    }
    wrong = browser.post(f"{page}/timetable", {**form, "entries.1.at": "5:30"})
    assert wrong.status_code == 422
    assert 'id="timetable-entries.1.at_error"' in wrong.content.decode()
    assert browser.post(f"{page}/timetable", {**form, "entries.1.parameters": "zero"}).status_code == 422
    assert browser.post(f"{page}/timetable", form).status_code == 302
    row = Following.objects.get()
    assert row.entries == [{"at": "05:30", "order": "calibrate", "parameters": {"zero_m": 2.5}}]
    assert row.timetable is not None
    assert browser.post(f"{page}/timetable", {"timetable": "", "shown": "drainage.steady"}).status_code == 302
    assert not Following.objects.exists()
    assert signed_in("steward").post(f"{page}/timetable", form).status_code == 403


def test_a_city_without_a_centre_follows_the_clock_and_not_the_sun(
    group: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "city.yaml").write_text("city: nowhere\n")
    monkeypatch.setattr("beichen.platforms.iot.timetables.sun.packages.find_package", lambda *_: tmp_path)
    monkeypatch.setattr("beichen.platforms.iot.timetables.sun.city_place", city_place)
    city_place.cache_clear()
    service.follow(group, "drainage.steady", [{"at": "04:00", "order": "calibrate"}], by=BY)
    with pytest.raises(ProblemError) as told:
        service.follow(group, "drainage.steady", [{"at": "sunset", "order": "calibrate"}], by=BY)
    city_place.cache_clear()
    assert [(one.code, one.where.field) for one in told.value.problems] == [("IOT-115", "timetable")]
