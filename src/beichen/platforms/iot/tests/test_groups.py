"""One command to all devices of a group: each is told, or says why it is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.actor import system
from beichen.platforms.iot import grouping, service
from beichen.platforms.iot.models import Command, Device
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander

BY = system("test")
LIGHT = registry.TypeFacts(
    key="light",
    name="灯",
    commands={
        "dim": {"zh": "调光", "parameters": {"level_pct": {"type": "number", "maximum": 100, "zh": "亮度"}}}
    },
)
GROUPS = "/api/devices/groups"


@pytest.fixture
def program(db: None) -> Any:
    """A program that keeps devices; a group of two lamps and a meter, which has no commands."""
    load_roles(by=BY)
    registry.declare_types([LIGHT], scene="x", by=BY)
    for number in (1, 2):
        entity = Expander(CORE_ONLY).entity({"id": f"urn:ngsi-ld:light:{number}", "type": "light"})
        registry.write_object(registry.Draft(entity, code=f"LIGHT-{number}"), by=BY)
    client = Client(headers={"Authorization": f"Bearer {create_client('p', 'p', 'engineer', by=BY)}"})
    assert client.put(f"{GROUPS}/ring", {"name": "环路"}, "application/json").status_code == 200
    for code, thing in (("L-1", "LIGHT-1"), ("L-2", "LIGHT-2"), ("METER", "")):
        service.register_device(service.DeviceFacts(code, thing=thing, group="ring"), by=BY)
    return client


def told(program: Client, **body: Any) -> Any:
    return program.post(f"{GROUPS}/ring/commands", body, "application/json")


def test_each_device_is_told_or_says_why_not(program: Client) -> None:
    answer = told(program, name="dim", parameters={"level_pct": 60})
    assert answer.status_code == 201, answer.content
    assert answer.json()["ordered"] == 2
    results = {one["device"]: one for one in answer.json()["devices"]}
    assert results["L-1"]["command"]["parameters"] == {"level_pct": 60}
    assert results["METER"]["command"] is None
    assert results["METER"]["problems"][0]["code"] == "IOT-112"
    shown = program.get(f"{GROUPS}/ring/commands").json()["devices"]
    assert [(one["device"], one["command"] and one["command"]["state"]) for one in shown] == [
        ("L-1", "waiting"),
        ("L-2", "waiting"),
        ("METER", None),
    ]
    assert program.get(GROUPS).json() == {"groups": [{"key": "ring", "name": "环路", "devices": 3}]}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("none", {"name": "dim"}, 404, "IOT-105"),
        ("ring", {"name": "x" * 61}, 422, "API-422"),
        ("ring", {}, 422, "API-422"),
    ],
)
def test_what_cannot_be_ordered_is_refused_whole(
    program: Client, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = program.post(f"{GROUPS}/{path}/commands", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Command.objects.exists()


def test_a_group_that_is_too_large_is_not_told_in_part(
    program: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MOST_OF_GROUP", 2)
    answer = told(program, name="dim", parameters={})
    assert (answer.status_code, answer.json()["code"]) == (422, "IOT-114")
    assert not Command.objects.exists()


@pytest.mark.usefixtures("program")
def test_results_cost_one_query(django_assert_num_queries: Any) -> None:
    service.command_group("ring", "dim", {}, by=BY)
    service.command_group("ring", "dim", {"level_pct": 5}, by=BY)
    rows = list(Device.objects.order_by("code"))
    with django_assert_num_queries(1):
        last = service.last_commands(rows)
    assert [last[row.pk].parameters for row in rows[:2]] == [{"level_pct": 5}] * 2
