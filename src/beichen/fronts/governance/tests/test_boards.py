"""Board, wall, desk: what stands where, for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.governance import counts
from beichen.fronts.governance.queue import districts
from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Handle, Supervise, Verify, Wait
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city


def opened(*, hours: float = 0.0, **facts: Any) -> Case:
    return city.report(now=timezone.now() - timedelta(hours=hours), **facts).case


def text_of(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


def test_bodies_and_districts_are_counted() -> None:
    centre, now = city.attendant(), timezone.now()
    late, waiting = opened(hours=5), opened()
    opened(region=city.WEST)
    opened(region=city.CITY)
    for row in (late, waiting):
        service.act(row.code, Accept(), by=centre, now=now)
    handler = city.person("officer", "east", city.EAST)
    service.act(waiting.code, Wait(reason="等"), by=handler, now=now)
    later = now + timedelta(hours=9)
    by_body = {body.key if body else "": load for body, load in counts.body_loads(counts.Seen(centre), later)}
    east = by_body["east"]
    assert (east.open, east.overdue, east.waiting, east.in_hand) == (2, 1, 1, 1)
    assert by_body[""].open == 2
    found = counts.district_loads(counts.Seen(centre), later, districts())
    assert {one.code if one else "": load.open for one, load in found} == {city.EAST: 2, city.WEST: 1, "": 1}
    assert counts.trend(counts.Seen(centre), now)[-1][1] >= 3
    assert [day for day, _came, _closed in counts.trend(counts.Seen(centre), now)][-1] == timezone.localtime(
        now
    ).date()
    assert len(counts.trend(counts.Seen(centre), now)) == counts.DAYS


def test_the_board_leads_to_the_queue(attendant: Client) -> None:
    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    text = text_of(attendant, "/console/board")
    assert "东区城管局" in text
    assert "/console?desk=east" in text
    opened(region=city.WEST)
    assert row.code not in text_of(attendant, "/console?desk=none")
    part = text_of(attendant, "/console/board", **{"HX-Target": "table-board"})
    assert part.strip().startswith('<div class="table-view" id="table-board"')


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_wall_shows_the_whole_and_its_part(supervisor: Client, language: str) -> None:
    row = opened(hours=30, longitude=125.3, latitude=43.8)
    service.act(row.code, Accept(), by=city.attendant(), now=timezone.now() - timedelta(hours=29))
    supervisor.cookies["beichen_language"] = language
    text = text_of(supervisor, "/console/wall")
    for words in ("<bc-chart", "/console/map?cell=", "/console?desk=east"):
        assert words in text
    part = text_of(supervisor, "/console/wall", **{"HX-Target": "wall-part"})
    assert part.strip().startswith('<div class="stack" id="wall-part">')


def test_the_desk_groups_by_what_is_next(officer: Client, attendant: Client) -> None:
    centre, handler = city.attendant(), city.person("officer", "east", city.EAST)
    back, waiting, plain = opened(), opened(), opened()
    for row in (back, waiting, plain):
        service.act(row.code, Accept(), by=centre)
    service.act(back.code, Handle(result="好了"), by=handler)
    service.act(back.code, Verify(is_passed=False, note="没好"), by=centre)
    service.act(waiting.code, Wait(reason="等"), by=handler)
    service.act(plain.code, Supervise(text="为何"), by=city.person("supervisor", "government"))
    text = text_of(officer, "/desk")
    for words in ("待回复督办", "退回重办", "处置中", "挂起"):
        assert words in text
    assert text.index(f"/console/cases/{plain.code}") < text.index(f"/console/cases/{back.code}")
    part = text_of(officer, "/desk", **{"HX-Target": "desk-part"})
    assert part.strip().startswith('<div class="stack" id="desk-part">')
    opened(region=city.WEST)
    assert "待受理" in text_of(attendant, "/desk")


def test_a_body_in_support_sees_its_part(built: None) -> None:
    from beichen.fronts.governance.tests.conftest import signed_in

    row = opened()
    service.act(row.code, Accept(), by=city.attendant())
    text = text_of(signed_in("officer", "roads")[0], "/desk")
    assert "待协办" in text
    assert row.code in text
    assert "暂无待办" in text_of(signed_in("officer", "gardens")[0], "/desk")
