"""Updates of firmware: offered to a group, seen by the devices' own words, asked again after failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import region_by_code
from beichen.platforms.iot import service
from beichen.platforms.iot.commanding import Answer, outgoing, settle, time_out
from beichen.platforms.iot.models import Command, Device, Update
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.test_pages import signed_in
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander

BY = ground.BY
UPDATES = "/api/devices/groups/ring/updates"
BODY = {"version": "2.1.0", "url": "https://files.example/2.1.0.bin", "sha256": "ab" * 32}
TEXT = {"type": "string", "required": True}
LIGHT = registry.TypeFacts(
    key="light",
    name="灯",
    commands={
        "update-firmware": {
            "zh": "固件升级",
            "timeout": "30m",
            "parameters": {"version": TEXT, "url": TEXT, "sha256": TEXT},
        }
    },
)


@pytest.fixture(autouse=True)
def _fleet(db: None) -> None:
    """Four lamps, of which one runs the version already, and a meter that takes no updates."""
    ground.town()
    registry.declare_types([LIGHT], scene="x", by=BY)
    service.save_group("ring", "环路", by=BY)
    for number in range(1, 5):
        entity = Expander(CORE_ONLY).entity({"id": f"urn:ngsi-ld:light:{number}", "type": "light"})
        registry.write_object(registry.Draft(entity, code=f"LIGHT-{number}"), by=BY)
        service.register_device(
            service.DeviceFacts(f"L-{number}", thing=f"LIGHT-{number}", group="ring"), by=BY
        )
    service.register_device(service.DeviceFacts("METER", group="ring"), by=BY)
    Device.objects.filter(code="L-4").update(firmware="2.1.0")


@pytest.fixture
def program() -> Client:
    """A program that keeps devices."""
    return Client(headers={"Authorization": f"Bearer {create_client('p', 'p', 'engineer', by=BY)}"})


def says(device: str, **content: Any) -> None:
    """The device answers its newest command."""
    code = Command.objects.filter(device__code=device).values_list("code", flat=True)[0]
    settle([Answer(code, device, content, timezone.now())], by=BY)


def seen(program: Client) -> dict[str, tuple[str, float | None, str]]:
    """How far each device is."""
    code = program.get(UPDATES).json()["updates"][0]["code"]
    found = program.get(f"{UPDATES}/{code}").json()["devices"]
    return {one["device"]: (one["progress"], one["percent"], one["reason"]) for one in found}


def test_an_update_is_followed_from_the_offer_to_the_version_that_runs(program: Client) -> None:
    answer = program.post(UPDATES, BODY, "application/json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["ordered"] == 3
    refused = [one for one in answer.json()["devices"] if one["command"] is None]
    assert [(one["device"], one["problems"][0]["code"]) for one in refused] == [("METER", "IOT-112")]
    outgoing(timezone.now(), timedelta(seconds=5), ())
    says("L-1", status="running", progress=40)
    says("L-2", status="running", progress=250)
    says("L-3", status="failed", reason="checksum")
    assert seen(program) == {
        "L-1": ("under-way", 40, ""),
        "L-2": ("under-way", 100, ""),
        "L-3": ("failed", None, "checksum"),
        "L-4": ("runs", None, ""),
        "METER": ("not-asked", None, ""),
    }
    says("L-1", status="done")
    assert seen(program)["L-1"][0] == "done"
    Device.objects.filter(code="L-1").update(firmware="2.1.0")
    assert seen(program)["L-1"][0] == "runs"
    time_out(timezone.now() + timedelta(minutes=31), by=BY)
    assert seen(program)["L-2"][0] == "timed-out"
    code = Update.objects.get().code
    again = program.post(f"{UPDATES}/{code}/again", {}, "application/json").json()
    assert {one["device"] for one in again["devices"] if one["command"]} == {"L-2", "L-3"}
    assert seen(program)["L-3"] == ("asked", None, "")


def test_who_is_at_it_is_not_asked_again_unless_it_comes_in_anew(program: Client) -> None:
    program.post(UPDATES, BODY, "application/json")
    now, again = timezone.now(), timedelta(seconds=5)
    assert len(outgoing(now, again, ())) == 3
    says("L-1", status="running", progress=1)
    later = now + timedelta(seconds=6)
    assert len(outgoing(later, again, ())) == 2
    assert [subject for subject, _content in outgoing(later, again, {"L-1"})] == ["v1.L-1.commands"]


def test_a_word_after_the_last_changes_nothing(program: Client) -> None:
    program.post(UPDATES, BODY, "application/json")
    code = Command.objects.get(device__code="L-1").code
    words = ({"status": "running", "progress": 9}, {"status": "failed", "reason": "x"}, {"status": "done"})
    settle([Answer(code, "L-1", content, timezone.now()) for content in words], by=BY)
    says("L-1", status="running", progress=10)
    row = Command.objects.get(device__code="L-1")
    assert (row.state, row.answer) == ("failed", {"status": "failed", "reason": "x"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"version": "two words"}, "version"),
        ({"url": "ftp://files.example/x"}, "url"),
        ({"url": "https://[/x"}, "url"),
        ({"sha256": "x" * 64}, "sha256"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_whole(program: Client, wrong: dict[str, str], field: str) -> None:
    answer = program.post(UPDATES, {**BODY, **wrong}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "IOT-118")
    assert answer.json()["errors"][0]["field"] == field if "errors" in answer.json() else True
    assert not Update.objects.exists()
    assert not Command.objects.exists()


def test_only_who_keeps_devices_offers_updates(program: Client) -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        service.offer_update("ring", *BODY.values(), by=ground.officer("operator"))
    assert program.get(f"{UPDATES}/nothing").json()["code"] == "IOT-130"


def test_the_pages_offer_show_and_ask_again() -> None:
    Device.objects.update(region=region_by_code("990102"), body=Body.objects.get(key="water"))
    browser = signed_in("engineer")
    page = "/devices/groups/ring"
    assert browser.post(f"{page}/updates", {**BODY, "sha256": "short"}).status_code == 422
    offered = browser.post(f"{page}/updates", BODY)
    assert offered.status_code == 302
    says("L-1", status="failed", reason="no room")
    shown = browser.get(offered["Location"]).content.decode()
    assert "no room" in shown
    assert "2.1.0" in browser.get(page).content.decode()
    export = browser.get(offered["Location"] + "?format=csv&progress=failed")
    assert b"L-1" in b"".join(export.streaming_content)  # type: ignore[attr-defined]
    assert browser.post(f"{offered['Location']}/again").status_code == 302
    assert Command.objects.filter(device__code="L-1").count() == 2
