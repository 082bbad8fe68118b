"""Where a report belongs, what a city without centre says, and who may follow it."""

from __future__ import annotations

import math

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Dispatch
from beichen.hubs.events.intake import places, receive
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.tests import city
from beichen.kernel.access.rates import check_rate, forget_rates
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body
from beichen.platforms.geo.addresses.facts import AddressFacts
from beichen.platforms.geo.addresses.library import add_addresses
from beichen.problem import ProblemError


def refusal(error: pytest.ExceptionInfo[ProblemError]) -> str:
    """Its code."""
    return error.value.problems[0].code


@given(st.floats(-179, 179), st.floats(-70, 70), st.floats(0, 360), st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_cells_cover_the_distance(longitude: float, latitude: float, bearing: float, share: float) -> None:
    for metres in (30.0, 80.0, 500.0, 2000.0):
        cell = places.cell_of(longitude, latitude)
        assert cell is not None
        step = metres * share * 0.999 / places.EARTH_RADIUS_M
        angle = math.radians(bearing)
        north = latitude + math.degrees(step * math.cos(angle))
        east = longitude + math.degrees(step * math.sin(angle) / math.cos(math.radians(latitude)))
        if places.metres_between((longitude, latitude), (east, north)) <= metres:
            assert places.cell_of(east, north) in places.cells_within(cell, metres)


@pytest.mark.django_db
def test_a_city_must_be_there_with_a_centre() -> None:
    with pytest.raises(ProblemError) as error:
        city.report(kind="", by=city.SETUP)
    assert refusal(error) == "EVT-404"
    org.load_regions(city.REGIONS, by=city.SETUP)
    with pytest.raises(ProblemError) as error:
        city.report(kind="", by=city.SETUP)
    assert refusal(error) == "EVT-405"


@pytest.mark.django_db
def test_a_place_outside_the_city_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    city.build()
    monkeypatch.setattr(places, "region_at", lambda *_: "")
    with pytest.raises(ProblemError) as error:
        city.report(region="", longitude=1.0, latitude=1.0)
    assert refusal(error) == "EVT-402"
    monkeypatch.setattr(places, "region_at", lambda *_: city.WEST)
    assert city.report(region="", longitude=125.0, latitude=43.0).case.region.code == city.WEST
    assert city.report(region="").case.region.code == city.CITY
    with pytest.raises(ProblemError) as error:
        city.report(region="110000")
    assert refusal(error) == "EVT-403"


@pytest.mark.django_db
def test_a_report_is_followed_with_both_words_only() -> None:
    city.build()
    report = city.report().report
    assert service.follow(report.code.lower(), f" {report.secret.lower()} ") == report
    for code, secret in (
        (report.code, "wrong"),
        ("20250609-AAAAAA", report.secret),
        ("", ""),
        (report.code, "密"),
    ):
        with pytest.raises(ProblemError) as error:
            service.follow(code, secret)
        assert refusal(error) == "EVT-406"


@pytest.mark.django_db
def test_a_table_without_a_row_that_fits_is_said() -> None:
    city.build()
    case = city.report().case
    centre = city.attendant()
    service.declare_kinds(
        {
            **city.KINDS,
            "works.road-damaged": {**city.KINDS["works.road-damaged"], "route": [{"to": "nobody"}]},
        },
        scene="works",
        by=city.SETUP,
    )
    service.act(case.code, Accept(), by=centre, now=city.MONDAY)
    assert Case.objects.get(code=case.code).stage == "dispatch"
    with pytest.raises(ProblemError) as error:
        service.act(case.code, Dispatch(), by=centre, now=city.MONDAY)
    assert refusal(error) == "EVT-309"
    with pytest.raises(ProblemError) as error:
        service.act(case.code, Dispatch(lead="nobody"), by=centre, now=city.MONDAY)
    assert refusal(error) == "EVT-304"
    with pytest.raises(ProblemError) as error:
        service.act("none", Dispatch(), by=centre)
    assert refusal(error) == "EVT-308"


@pytest.mark.django_db
def test_two_senders_of_one_report_get_one_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    city.build()
    first = city.report(key="k")
    seen = iter([None, first])
    monkeypatch.setattr(receive, "_known", lambda _draft: next(seen))
    assert city.report(key="k").report == first.report  # the second was written at the same moment
    assert Report.objects.count() == 1
    monkeypatch.setattr(receive, "_known", lambda _draft: None)
    with pytest.raises(IntegrityError):
        city.report(key="k")


@pytest.mark.django_db
def test_a_body_that_is_gone_is_passed_over() -> None:
    city.build()
    Body.objects.filter(key="east").update(is_current=False)
    case = service.act(city.report().case.code, Accept(), by=city.attendant(), now=city.MONDAY)
    assert case.desk is not None
    assert case.desk.key == "roads"


def test_a_rate_lets_so_many_through() -> None:
    forget_rates()
    for _ in range(3):
        check_rate("test", "somebody", "3/hour")
    check_rate("test", "somebody else", "3/hour")
    with pytest.raises(ProblemError) as error:
        check_rate("test", "somebody", "3/hour")
    assert refusal(error) == "ACC-429"
    assert "seconds" in error.value.problems[0].hint
    forget_rates()


@pytest.mark.django_db
def test_characters_that_nobody_sees_are_left_out() -> None:
    """Right-to-left overrides and bells come with pasted text, and would turn what stands beside them."""
    city.build()
    report = city.report("井盖\u202e没了\x07\n很危险\u2066", address="幸福街\u200f1号").report
    assert (report.text, report.case.address) == ("井盖没了\n很危险", "幸福街1号")
    with pytest.raises(ProblemError) as error:
        city.report("\u202e \u2069")
    assert refusal(error) == "EVT-401"


@pytest.mark.django_db
def test_an_address_gives_the_place_that_a_report_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found with its score, marked in the case and its stream; never outside of the region that was named."""
    city.build()
    facts = AddressFacts("a-1", "星河市东区东大街12号", 125.33, 43.89, "x", "x", region=city.EAST)
    add_addresses([facts], by=city.SETUP)
    monkeypatch.setattr(places, "region_at", lambda *_: city.EAST)
    found = city.report(region="", address="东大街12号", longitude=None, latitude=None).case
    assert (found.longitude, found.latitude, found.region.code) == (125.33, 43.89, city.EAST)
    assert found.place_score == pytest.approx(1, abs=0.05)
    opened = found.stream.get(number=1).data
    assert opened["place"] == {"longitude": 125.33, "latitude": 43.89, "score": found.place_score}
    elsewhere = city.report(region=city.WEST, address="东大街12号", longitude=None, latitude=None).case
    assert (elsewhere.longitude, elsewhere.place_score, elsewhere.region.code) == (None, None, city.WEST)
    unclear = city.report(region="", address="某个地方", longitude=None, latitude=None).case
    assert (unclear.longitude, unclear.region.code) == (None, city.CITY)
    given = city.report(region="", address="东大街12号", longitude=125.4, latitude=43.9).case
    assert (given.longitude, given.place_score) == (125.4, None)
