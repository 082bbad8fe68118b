"""The queue: who sees which cases, narrowed, searched, ordered, as a file, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.web.counted import MOST, CountedRows


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def opened(text: str, *, hours: float = 0.0, **facts: Any) -> str:
    """A case that came in some hours ago; its code."""
    return city.report(text, now=timezone.now() - timedelta(hours=hours), **facts).case.code


def test_the_public_and_planners_see_no_console(client: Client) -> None:
    for address in ("/console", "/console/board", "/console/wall", "/console/map", "/desk"):
        response = client.get(address, HTTP_ACCEPT="text/html")
        assert response.status_code == 403
        assert "受理员" in response.content.decode()  # who could allow it
    assert client.get("/console/map.json?bbox=1,1,2,2&zoom=9").status_code == 403


def test_the_centre_sees_its_cases_and_others_do_not(attendant: Client, officer: Client) -> None:
    code = opened("路面有一个大坑")
    assert code in text_of(attendant, "/console")
    assert code not in text_of(officer, "/console")
    service.act(code, Accept(), by=city.attendant())
    assert code in text_of(officer, "/console")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_languages_say_the_same(attendant: Client, language: str) -> None:
    opened("路面有一个大坑", hours=5)
    attendant.cookies["beichen_language"] = language
    text = text_of(attendant, "/console")
    assert ("超时" if language == "zh-hans" else " late") in text
    assert ("道路破损" if language == "zh-hans" else "Damaged road") in text


def test_filters_narrow_and_keep_each_other(attendant: Client) -> None:
    east, west = opened("东边的坑", hours=1), opened("西边的坑", region=city.WEST)
    late = text_of(attendant, "/console?time=overdue")
    assert east in late
    assert west not in late
    soon = text_of(attendant, "/console?time=soon&stage=accept&grade=4&kind=works.road-damaged")
    assert west in soon
    assert east not in soon
    path = Case.objects.select_related("region").get(code=west).region.path
    here = text_of(attendant, f"/console?district={path}")
    assert west in here
    assert east not in here
    assert east in text_of(attendant, "/console?mine=yes")
    assert east not in text_of(attendant, "/console?kind=none")
    assert east not in text_of(attendant, "/console?desk=roads")


def test_titles_and_codes_are_searched(attendant: Client) -> None:
    one, other = opened("水管爆裂，水漫街道"), opened("路灯不亮", region=city.WEST)
    found = text_of(attendant, "/console?q=爆裂")
    assert one in found
    assert other not in found
    found = text_of(attendant, f"/console?q={other.lower()}")
    assert other in found
    assert one not in found


def test_closed_cases_come_when_asked_for(attendant: Client) -> None:
    code = opened("路面有一个大坑")
    service.act(code, service.command_of("refuse", {"reason": "重复"}), by=city.attendant())
    assert code not in text_of(attendant, "/console")
    assert code in text_of(attendant, "/console?stage=closed")
    assert code in text_of(attendant, f"/console?q={code}")


@pytest.mark.parametrize("sort", ["code", "-code", "due", "-due", "opened", "-opened", "nothing"])
def test_every_order_gives_a_page(attendant: Client, sort: str) -> None:
    code = opened("路面有一个大坑")
    assert code in text_of(attendant, f"/console?sort={sort}")


def test_a_part_comes_alone_for_htmx(attendant: Client) -> None:
    opened("路面有一个大坑")
    response = attendant.get("/console", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="table-cases")
    text = response.content.decode().strip()
    assert text.startswith('<div class="table-view" id="table-cases">')
    assert "HX-Request" in response["Vary"]


def test_the_selection_is_a_file(attendant: Client) -> None:
    code = opened("=1+1 坑")
    content = b"".join(attendant.get("/console?format=csv")).decode("utf-8-sig")
    assert code in content
    assert "'=1+1 坑" in content
    assert attendant.get("/console?format=xlsx").status_code == 200


def test_the_number_of_queries_does_not_grow(attendant: Client) -> None:
    opened("一个坑")
    attendant.get("/console")
    with CaptureQueriesContext(
        connection,
    ) as few:
        attendant.get("/console")
    for number in range(8):
        opened(f"第{number}个坑", hours=number * 100)
    with CaptureQueriesContext(connection) as many:
        attendant.get("/console")
    assert len(many) == len(few)


def test_a_count_stops() -> None:
    rows = CountedRows.of(Case.objects.all())
    with CaptureQueriesContext(connection) as asked:
        assert rows.count() == 0
    assert f"LIMIT {MOST + 1}" in asked.captured_queries[0]["sql"]
    assert rows[:5] == []
