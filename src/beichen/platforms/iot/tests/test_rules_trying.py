"""Rules tried on history: what they would have raised, over the API, the page and the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import random_code
from beichen.platforms.iot import service
from beichen.platforms.iot.commands import rules as command
from beichen.platforms.iot.models import Firing
from beichen.platforms.iot.service import declare_rules, try_rule
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.test_rules_keeping import RULES, TYPES
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import ProblemError
from beichen.registry.models import ObjectType

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
NOW = timezone.now().replace(second=0, microsecond=0)
SILENT: dict[str, Any] = {"on": "well.level_m", "silent": "30m", "raise": "drainage.silent"}


def keep(thing: str, *levels: float, ago: int) -> None:
    """Levels a minute, the first so many minutes ago."""
    rows = [
        {
            "thing": thing,
            "measure": "level_m",
            "device": "D-1",
            "measured_at": NOW - timedelta(minutes=ago - number),
            "received_at": NOW - timedelta(minutes=ago - number),
            "value": level,
            "quality": "accepted",
        }
        for number, level in enumerate(levels)
    ]
    warehouse.append("readings", rows, by=ground.BY, source="test", load=random_code())


@pytest.fixture(autouse=True)
def built(tables: Path) -> None:
    """Two wells with a past, and rules that never saw it."""
    ground.town()
    ground.well()
    ground.well("MH-2", "990103")
    declare_rules({**RULES, "silent": SILENT}, TYPES, scene="drainage", by=ground.BY)
    keep("MH-1", 1.0, 3.9, 3.9, 3.9, 3.9, 1.0, 1.0, ago=600)
    keep("MH-2", 3.9, 3.9, 3.9, 3.0, 3.9, ago=100)


def test_what_would_have_been_raised() -> None:
    day = timedelta(days=1)
    found = try_rule("drainage.high", NOW - day, NOW, by=ground.BY)
    assert (found.count, found.readings, found.things, sum(found.days.values())) == (2, 12, 2, 2)
    first, second = found.first
    assert (first.thing, first.since, first.cleared_at) == (
        "MH-1", NOW - timedelta(minutes=599), NOW - timedelta(minutes=595),
    )  # fmt: skip
    assert first.values == {"depth_m": 4.0, "level_m": 3.9}
    assert (second.thing, second.cleared_at) == ("MH-2", None)
    assert try_rule("drainage.high", NOW - timedelta(minutes=300), NOW, by=ground.BY).count == 1
    stricter = {**RULES["high"], "for": "3m"}
    assert try_rule(stricter, NOW - day, NOW, by=ground.BY).count == 1
    assert Firing.objects.count() == 0


def test_silences_windows_and_rights() -> None:
    day = timedelta(days=1)
    silent = try_rule("drainage.silent", NOW - day, NOW, by=ground.BY)
    assert [(one.thing, one.cleared_at) for one in silent.first] == [("MH-1", None), ("MH-2", None)]
    above = try_rule({**RULES["above"], "when": "level_m > hour_m + 1"}, NOW - day, NOW, by=ground.BY)
    assert [one.thing for one in above.first] == ["MH-1"]
    east = try_rule("drainage.high", NOW - day, NOW, by=ground.officer(region="990103"))
    assert (east.count, east.things) == (1, 1)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("drainage.none", "IOT-120"),
        ({"on": "well.level_m", "raise": "a.b"}, "IOT-121"),
        ({"on": "well.level_m", "raise": "a.b", "when": "levl_m > 1"}, "SCN-241"),
        ({"on": "well.depth", "raise": "a.b", "when": "level_m > 1"}, "IOT-121"),
        ({"on": "well.level_m", "raise": "a.b", "when": 3}, "IOT-121"),
        (
            {"on": "well.level_m", "raise": "a.b", "when": "w > 1", "windows": {"w": {"over": "1h"}}},
            "IOT-122",
        ),
    ],
)
def test_what_cannot_be_tried_says_why(rule: Any, code: str) -> None:
    with pytest.raises(ProblemError, match=code):
        try_rule(rule, NOW - timedelta(days=1), NOW, by=ground.BY)
    with pytest.raises(ProblemError, match="IOT-126"):
        try_rule("drainage.high", NOW - timedelta(days=99), NOW, by=ground.BY)


def test_the_api_and_the_command_say_the_same() -> None:
    headers = {"Authorization": f"Bearer {create_client('e', 'E', 'engineer', by=ground.BY)}"}
    body = {"key": "drainage.high", "since": (NOW - timedelta(days=1)).isoformat(), "until": NOW.isoformat()}
    client = Client()
    tried = client.post(
        "/api/rules/try", orjson.dumps(body), content_type="application/json", headers=headers
    )
    assert tried.json()["count"] == 2, tried.content
    listed = client.get("/api/rules", headers=headers).json()["rules"]
    assert [one["key"] for one in listed] == ["drainage.above", "drainage.high", "drainage.silent"]
    off = client.post(
        "/api/rules/drainage.high/switch", orjson.dumps({"on": False, "reason": "清淤"}),
        content_type="application/json", headers=headers,
    )  # fmt: skip
    assert (off.json()["on"], off.json()["reason"]) == (False, "清淤")
    assert client.get("/api/rules/drainage.high", headers=headers).json()["firings"] == []
    said = CliRunner().invoke(command, ["try", "drainage.high", "--json"])
    assert orjson.loads(said.output)["count"] == 2
    for arguments in (["list"], ["show", "drainage.high"], ["try", "drainage.high"]):
        assert "drainage.high" in CliRunner().invoke(command, arguments).output or arguments[0] == "try"


def test_pages() -> None:
    headers = {"Authorization": f"Bearer {create_client('e', 'E', 'engineer', by=ground.BY)}"}
    client = Client()
    listed = client.get("/rules?state=True", headers=headers).content.decode()
    assert "水位过高" in listed
    page = client.get("/rules/drainage.high?days=7", headers=headers)
    assert page.status_code == 200
    assert "会触发 2 次" in page.content.decode()
    assert client.get("/rules/drainage.nothing", headers=headers).status_code == 404
    assert client.get("/rules/drainage.high?days=x", headers=headers).status_code == 422


def test_a_changed_condition_is_tried_on_its_page_before_it_goes_live() -> None:
    headers = {"Authorization": f"Bearer {create_client('e', 'E', 'engineer', by=ground.BY)}"}
    client = Client()
    asked = {"days": "7", "when": "level_m > 0.9 * depth_m", "for": "3m", "clear": "level_m < 0.7 * depth_m"}
    page = client.get("/rules/drainage.high", asked, headers=headers).content.decode()
    assert "会触发 1 次" in page
    assert "现行规则会触发 2 次" in page
    assert 'value="3m"' in page
    assert Firing.objects.count() == 0
    for wrong, said in (
        ({"when": "levl_m > 1"}, "level_m"),
        ({"for": "forever"}, "forever"),
        ({"for": "9d"}, "for"),
        ({"when": ""}, ""),
    ):
        refused = client.get("/rules/drainage.high", {**asked, **wrong}, headers=headers)
        assert refused.status_code == 422, wrong
        assert said in refused.content.decode()
    window = {
        "days": "7",
        "when": "level_m > hour_m + 1",
        "for": "",
        "clear": "",
        "windows/hour_m/over": "3m",
    }
    assert "会触发 1 次" in client.get("/rules/drainage.above", window, headers=headers).content.decode()
    silent = client.get("/rules/drainage.silent", {"days": "7", "silent": "2h"}, headers=headers)
    assert "会触发 1 次" in silent.content.decode()


def test_nobody_asks_by_a_field_that_is_not_theirs_to_read() -> None:
    ObjectType.objects.filter(key="well").update(levels={"depth_m": 4})
    by = ground.officer()
    with pytest.raises(ProblemError, match="ACC-403"):
        try_rule(dict(RULES["high"]), NOW - timedelta(days=1), NOW, by=by)
    assert (
        try_rule(
            {**RULES["high"], "when": "level_m > 3", "clear": "level_m < 1"},
            NOW - timedelta(days=1),
            NOW,
            by=by,
        ).count
        == 2
    )
    assert {row.key for row in service.rules(by=ground.officer())} >= {"drainage.high"}
