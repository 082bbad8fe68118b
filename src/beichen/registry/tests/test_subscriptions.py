"""Subscriptions: what is matched, what is sent to whom in which form, and what happens when it fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.kernel.access.models import Client as AccessClient
from beichen.kernel.actor import system
from beichen.registry import service
from beichen.registry.models import Notification, Subscription
from beichen.registry.subscriptions.courier import ATTEMPTS, Courier, rest_after
from beichen.registry.subscriptions.rendering import Writer
from beichen.registry.tests.clients import LD_JSON, Program
from beichen.registry.tests.endpoints import SUBSCRIPTION as SUB
from beichen.registry.tests.endpoints import Clock, PostBox, deliver, pump, subscribe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback")]
BY = system("test")
WELL = "urn:ngsi-ld:Well:1"


def read(program: Program, urn: str = SUB) -> Any:
    return program.get(f"subscriptions/{urn}").json()


def test_a_change_reaches_the_endpoint_and_is_counted(program: Program, box: PostBox) -> None:
    subscribe(program, box.uri)
    program.create(WELL, "Well", depth=4)
    assert deliver() == 1
    body = box.bodies[0]
    assert (body["type"], body["subscriptionId"]) == ("Notification", SUB)
    assert body["data"] == [{"id": WELL, "type": "Well", "depth": {"type": "Property", "value": 4}}]
    assert "ngsi-ld-core-context" in box.headers[0]["Link"]
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 5})
    assert deliver() == 1
    shown = read(program)
    assert shown["status"] == "active"
    kept = shown["notification"]
    assert (kept["timesSent"], kept["timesFailed"], kept["status"]) == (2, 0, "ok")
    assert kept["lastSuccess"] == kept["lastNotification"]
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("triggers", "expected"),
    [
        (["entityCreated"], ["created"]),
        (["entityDeleted"], ["removed"]),
        (["attributeCreated"], ["created", "appended"]),
        (["attributeUpdated"], ["updated", "same"]),
        (["attributeDeleted"], ["deleted", "removed"]),
        (["entityUpdated"], ["created", "appended", "updated", "same", "deleted", "removed"]),
    ],
)
def test_triggers_choose_what_notifies(
    program: Program, box: PostBox, triggers: list[str], expected: list[str]
) -> None:
    subscribe(program, box.uri, notificationTrigger=triggers)
    path = f"entities/{WELL}"
    steps = {
        "created": ("POST", "entities", {"id": WELL, "type": "Well", "depth": 4}),
        "appended": ("POST", f"{path}/attrs", {"lid": "iron"}),
        "updated": ("PATCH", f"{path}/attrs", {"depth": 5}),
        "same": ("PATCH", f"{path}/attrs", {"depth": 5}),
        "deleted": ("DELETE", f"{path}/attrs/lid", None),
        "removed": ("DELETE", path, None),
    }
    told = []
    for name, step in steps.items():
        assert program.send(*step).status_code in {201, 204}
        before = len(box.bodies)
        deliver()
        told += [name] if len(box.bodies) > before else []
    assert told == expected


def test_what_was_deleted_is_told_as_the_null_with_what_it_was(program: Program, box: PostBox) -> None:
    notification = {"showChanges": True, "sysAttrs": True}
    subscribe(
        program,
        box.uri,
        notificationTrigger=["attributeUpdated", "attributeDeleted", "entityDeleted"],
        notification=notification,
    )
    program.create(WELL, "Well", depth=4, lid="iron")
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 5})
    program.send("DELETE", f"entities/{WELL}/attrs/lid")
    program.send("DELETE", f"entities/{WELL}")
    deliver()
    updated, deleted, removed = (body["data"][0] for body in box.bodies)
    assert (updated["depth"]["value"], updated["depth"]["previousValue"]) == (5, 4)
    assert (deleted["lid"]["value"], deleted["lid"]["previousValue"]) == ("urn:ngsi-ld:null", "iron")
    assert {"deletedAt", "createdAt"} <= removed.keys()
    assert (removed["depth"]["value"], removed["depth"]["previousValue"]) == ("urn:ngsi-ld:null", 5)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"q": "depth>4"}, ["deep"]),
        ({"q": "lid==%22cast%20iron%22"}, ["shallow"]),
        ({"q": "!lid"}, ["deep"]),
        ({"scopeQ": "/city/north"}, ["deep"]),
        (
            {"geoQ": {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": [125.3, 43.9]}},
            ["shallow"],
        ),
        ({"watchedAttributes": ["lid"]}, ["shallow"]),
        ({"entities": [{"type": "Well", "id": "urn:ngsi-ld:Well:deep"}]}, ["deep"]),
        ({"entities": [{"type": "*", "idPattern": ".*:shal.*"}]}, ["shallow"]),
        ({"entities": [{"type": "(Well|Pump);Thing"}]}, []),
        ({"entities": [{"type": "Well"}, {"type": "Pump"}]}, ["deep", "shallow"]),
    ],
)
def test_conditions_choose_the_entities(
    program: Program, box: PostBox, members: dict[str, Any], told: list[str]
) -> None:
    subscribe(program, box.uri, **members)
    program.create("urn:ngsi-ld:Well:deep", "Well", depth=9, scope="/city/north")
    place = {"type": "Point", "coordinates": [125.301, 43.9]}
    program.create("urn:ngsi-ld:Well:shallow", "Well", depth=2, lid="cast iron", location=place)
    deliver()
    assert sorted(urn.rpartition(":")[2] for urn in box.ids()) == told


def test_forms_and_contexts_are_those_that_were_asked_for(program: Program, box: PostBox) -> None:
    context = {"Brunnen": "https://example.org/Well", "tiefe": "https://example.org/depth"}
    payload = {
        "id": SUB,
        "type": "Subscription",
        "entities": [{"type": "Brunnen"}],
        "notification": {
            "format": "keyValues",
            "attributes": ["tiefe"],
            "endpoint": {"uri": box.uri, "accept": LD_JSON},
        },
        "@context": [context],
    }
    assert program.send("POST", "subscriptions", payload, LD_JSON).status_code == 201
    entity = {"id": WELL, "type": "https://example.org/Well", "https://example.org/depth": 4, "lid": "iron"}
    assert program.send("POST", "entities", entity).status_code == 201
    deliver()
    told = box.bodies[0]["data"][0]
    url = told.pop("@context")
    assert told == {"id": WELL, "type": "Brunnen", "tiefe": 4}
    served = program.client.get(url[url.index("/ngsi-ld") :])
    assert served.json() == {"@context": [context]}


def test_several_entities_come_together_and_one_object_stays_in_order(program: Program, box: PostBox) -> None:
    subscribe(program, box.uri)
    for number in range(5):
        program.create(f"urn:ngsi-ld:Well:{number}", "Well", depth=0)
    for depth in (1, 2):
        program.send("PATCH", "entities/urn:ngsi-ld:Well:0/attrs", {"depth": depth})
    assert deliver() == 3
    first = [item["depth"]["value"] for b in box.bodies for item in b["data"] if item["id"].endswith(":0")]
    assert first == [0, 1, 2]
    assert [len(body["data"]) for body in box.bodies] == [5, 1, 1]


def test_a_failing_endpoint_rests_and_nothing_is_lost_or_overtaken(program: Program, box: PostBox) -> None:
    clock = Clock()
    subscribe(program, box.uri, notification={"endpoint": {"uri": box.uri, "cooldown": 3000}})
    box.status = 503
    program.create(WELL, "Well", depth=1)
    assert deliver(clock) == 1
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 2})
    clock.move(2.9)  # the cooldown is longer than the first rest
    assert deliver(clock) == 0
    kept = read(program)["notification"]
    assert (kept["status"], kept["timesFailed"]) == ("failed", 1)
    assert "503" in Subscription.objects.get().last_error
    box.status = 200
    clock.move(0.2)
    assert deliver(clock) == 2
    assert [body["data"][0]["depth"]["value"] for body in box.bodies] == [1, 1, 2]
    assert read(program)["notification"]["status"] == "ok"


def test_a_notification_that_fails_for_good_is_given_up_and_the_next_one_goes(
    program: Program, box: PostBox
) -> None:
    clock = Clock()
    subscribe(program, box.uri)
    program.create(WELL, "Well", depth=1)
    box.status = 500
    for attempt in range(ATTEMPTS):
        assert deliver(clock) == 1
        clock.move(rest_after(attempt + 1, 0).total_seconds())
    assert not Notification.objects.exists()
    box.status, box.bodies = 200, []
    clock.move(3600)
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 2})
    assert deliver(clock) == 1
    assert box.bodies[0]["data"][0]["depth"]["value"] == 2


def test_a_courier_that_dies_before_its_mark_sends_again(
    program: Program, box: PostBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(program, box.uri)
    program.create(WELL, "Well", depth=1)
    pump()

    def die(*_arguments: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(Courier, "_arrived", die)
        with pytest.raises(SystemExit):
            Courier().drain()
    assert deliver() == 1
    assert box.ids() == [WELL, WELL]


def test_throttling_interval_and_expiry_follow_the_clock(program: Program, box: PostBox) -> None:
    clock = Clock()
    subscribe(program, box.uri, throttling=60)
    urn = "urn:ngsi-ld:Subscription:periodic"
    subscribe(program, box.uri, id=urn, timeInterval=30, expiresAt="2099-01-01T00:00:00Z")
    program.create(WELL, "Well", depth=1)
    assert deliver(clock) == 1
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 2})
    assert deliver(clock) == 0  # throttled
    clock.move(31)
    assert deliver(clock) == 1
    assert box.bodies[-1]["subscriptionId"] == urn
    clock.move(30)
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 3})
    assert deliver(clock) == 2
    Subscription.objects.update(expires_at=clock())
    clock.move(100)
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 4})
    assert deliver(clock) == 0


def test_a_paused_subscription_is_silent_and_forgets_what_waited(program: Program, box: PostBox) -> None:
    subscribe(program, box.uri)
    program.create(WELL, "Well", depth=1)
    pump()
    patch = {"isActive": False}
    assert program.send("PATCH", f"subscriptions/{SUB}", patch).status_code == 204
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 2})
    assert deliver() == 0
    assert read(program)["status"] == "paused"
    service.resume_subscription(SUB, by=BY)
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 3})
    assert deliver() == 1
    assert program.send("DELETE", f"subscriptions/{SUB}").status_code == 204
    assert program.get(f"subscriptions/{SUB}").status_code == 404


# ── rights ────────────────────────────────────────────────────────────────────────────────────────


def test_rights_that_are_withdrawn_stop_a_subscription(program: Program, box: PostBox) -> None:
    other = Program(key="other")
    subscribe(other, box.uri)
    program.create(WELL, "Well", depth=1)
    pump()
    AccessClient.objects.filter(key="other").update(is_active=False)
    assert Courier().drain() == 0
    assert box.bodies == []
    row = Subscription.objects.get()
    assert (row.is_withdrawn, row.waiting.count()) == (True, 0)
    assert read(program)["status"] == "paused"
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": 2})
    assert pump() == 0


def test_fields_above_the_subscribers_clearance_are_neither_sent_nor_asked_about(
    program: Program, box: PostBox
) -> None:
    facts = service.TypeFacts("Person", fields={"phone": {"type": "string"}}, levels={"phone": 4})
    service.declare_types([facts], scene="test", by=BY)
    subscribe(program, box.uri, entities=[{"type": "Person"}])
    guess = "urn:ngsi-ld:Subscription:guess"
    subscribe(program, box.uri, id=guess, entities=[{"type": "Person"}], q='phone=="110"')
    entity = {"id": "urn:ngsi-ld:Person:1", "type": "Person", "phone": "110", "name": "张"}
    assert program.send("POST", "entities", entity).status_code == 201
    deliver()
    assert [body["subscriptionId"] for body in box.bodies] == [SUB]
    assert box.bodies[0]["data"][0].keys() == {"id", "type", "name"}


def test_secrets_are_their_owners_alone(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    other = Program(key="other")
    secret = {"key": "Authorization", "value": "Bearer hush"}
    uri = "mqtt://name:hush@broker.example.org/topic"
    subscribe(other, uri, notification={"endpoint": {"uri": uri, "receiverInfo": [secret]}})
    assert read(other)["notification"]["endpoint"] == {"uri": uri, "receiverInfo": [secret]}
    assert "hush" not in program.get(f"subscriptions/{SUB}").content.decode()
    assert "hush" not in program.get("subscriptions").content.decode()
    row = Subscription.objects.get()
    assert "hush" not in row.document + row.endpoint + caplog.text
    # A change keeps them.
    assert other.send("PATCH", f"subscriptions/{SUB}", {"description": "x"}).status_code == 204
    assert read(other)["notification"]["endpoint"]["receiverInfo"] == [secret]


def test_only_who_may_subscribe_does_and_sees_its_own(program: Program) -> None:
    reader = Program(role="public", key="reader")
    uri = "https://example.org/n"
    subscribe(reader, uri, status=403)
    subscribe(program, uri)
    assert reader.get("subscriptions").json() == []
    assert reader.get(f"subscriptions/{SUB}").status_code == 404
    assert reader.send("DELETE", f"subscriptions/{SUB}").status_code == 404


# ── many ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_work_for_an_event_does_not_grow_with_subscriptions_that_do_not_match(program: Program) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert pump() == 1
        return len(caught)

    subscribe(program, "https://example.org/n")
    program.create("urn:ngsi-ld:Well:a", "Well", depth=1)
    few = queries()
    for number in range(30):
        entities = [{"type": "Well", "id": f"urn:ngsi-ld:Well:other{number}"}]
        subscribe(program, "https://example.org/n", id=f"urn:x:{number}", entities=entities)
        subscribe(program, "https://example.org/n", id=f"urn:y:{number}", watchedAttributes=[f"a{number}"])
    program.create("urn:ngsi-ld:Well:b", "Well", depth=1)
    assert queries() == few


def test_an_unreadable_subscription_does_not_stop_the_others(
    program: Program, box: PostBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(program, box.uri)
    subscribe(program, box.uri, id="urn:x:broken")
    program.create(WELL, "Well", depth=1)
    pump()
    write = Writer.write

    def fragile(self: Any, notes: Any) -> Any:
        if self.row.urn == "urn:x:broken":
            raise KeyError("document")
        return write(self, notes)

    monkeypatch.setattr(Writer, "write", fragile)
    assert Courier().drain() == 1
    assert box.ids() == [WELL]
    assert Subscription.objects.get(urn="urn:x:broken").last_error == "KeyError"
