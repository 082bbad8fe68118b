"""A session of the public client FiLiP with a broker on loopback; runs in its own environment."""

from __future__ import annotations

import sys

from filip.clients.ngsi_ld.cb import ContextBrokerLDClient
from filip.models.base import FiwareLDHeader
from filip.models.ngsi_ld.context import (
    ActionTypeLD,
    ContextLDEntity,
    ContextProperty,
    NamedContextGeoProperty,
    NamedContextProperty,
    NamedContextRelationship,
)
from filip.models.ngsi_ld.subscriptions import Endpoint, NotificationParams, SubscriptionLD

WELL, PUMP = "urn:ngsi-ld:Manhole:1", "urn:ngsi-ld:Pump:1"


def say(word: str, done: bool) -> None:
    """Print a step that was done; stop at one that was not."""
    if not done:
        raise SystemExit(f"{word}: not done")
    sys.stdout.write(f"step {word}\n")


def entities(client: ContextBrokerLDClient) -> None:
    """Make, read, change, query and remove entities one by one."""
    well = ContextLDEntity(id=WELL, type="Manhole")
    well.add_properties([NamedContextProperty(name="depth", value=4, unitCode="MTR")])
    place = {"type": "Point", "coordinates": [125.3, 43.9]}
    well.add_geo_properties([NamedContextGeoProperty(name="location", value=place)])
    well.add_relationships([NamedContextRelationship(name="drainsTo", object=PUMP)])
    say("created", bool(client.post_entity(well)))
    found = client.get_entity(WELL)
    say("read", found.get_properties()[0].value == 4 and found.get_relationships()[0].object == PUMP)
    say("key-values", client.get_entity(WELL, options="keyValues").model_dump()["depth"] == 4)
    client.update_entity_attribute(WELL, ContextProperty(value=5, unitCode="MTR"), attr_name="depth")
    more = ContextLDEntity(id=WELL, type="Manhole")
    more.add_properties([NamedContextProperty(name="cover", value="iron")])
    client.append_entity_attributes(more)
    changed = client.get_entity(WELL, options="keyValues").model_dump()
    say("changed", (changed["depth"], changed["cover"]) == (5, "iron"))
    by_text = client.get_entity_list(entity_type="Manhole", q='cover=="iron"', id_pattern="urn:ngsi-ld:.*")
    say("queried", [one.id for one in by_text] == [WELL])
    near = client.get_entity_list(
        entity_type="Manhole", georel="near;maxDistance==100", geometry="Point", coordinates="[125.3,43.9]"
    )
    far = client.get_entity_list(
        entity_type="Manhole", georel="near;maxDistance==100", geometry="Point", coordinates="[125.4,43.9]"
    )
    say("near", [one.id for one in near] == [WELL] and far == [])
    say("posted-again", client.post_entity(more, append=True) is None)
    client.delete_attribute(WELL, "cover")
    say("attribute-removed", "cover" not in client.get_entity(WELL, options="keyValues").model_dump())
    client.delete_entity_by_id(WELL)
    say("removed", client.get_entity_list(entity_type="Manhole") == [])


def batches(client: ContextBrokerLDClient) -> None:
    """Make, replace, update and remove a thousand and one entities, read page by page."""
    wells = [
        ContextLDEntity(id=f"urn:ngsi-ld:Well:{number}", type="Well", level=ContextProperty(value=number))
        for number in range(1_001)
    ]
    client.entity_batch_operation(entities=wells, action_type=ActionTypeLD.CREATE)
    say("batch-created", len(client.get_entity_list(entity_type="Well")) == 1_001)
    fresh = [ContextLDEntity(id=one.id, type="Well", level=ContextProperty(value=-1)) for one in wells[:10]]
    client.entity_batch_operation(entities=fresh, action_type=ActionTypeLD.UPSERT)
    client.entity_batch_operation(entities=fresh[:5], action_type=ActionTypeLD.UPDATE)
    say("batch-changed", len(client.get_entity_list(entity_type="Well", q="level==-1")) == 10)
    client.entity_batch_operation(entities=wells, action_type=ActionTypeLD.DELETE)
    say("batch-removed", client.get_entity_list(entity_type="Well") == [])


def subscriptions(client: ContextBrokerLDClient) -> None:
    """Keep, list, change and end a subscription."""
    told = NotificationParams(
        attributes=["level"],
        format="normalized",
        endpoint=Endpoint(uri="http://127.0.0.1:9/told", accept="application/json"),
    )
    wanted = SubscriptionLD(
        id="urn:ngsi-ld:Subscription:1", entities=[{"type": "Well"}], notification=told, q="level>3"
    )
    say("subscribed", client.post_subscription(wanted) == wanted.id)
    kept = client.get_subscription(wanted.id)
    say("subscription-read", (kept.q, kept.entities[0].type) == ("level>3", "Well"))
    kept.q = "level>4"
    client.update_subscription(wanted.model_copy(update={"q": "level>4"}))
    say("subscription-changed", [one.q for one in client.get_subscription_list()] == ["level>4"])
    client.delete_subscription(wanted.id)
    say("unsubscribed", client.get_subscription_list() == [])


def main(port: int) -> None:
    """All of it."""
    with ContextBrokerLDClient(
        url=f"http://127.0.0.1:{port}", fiware_header=FiwareLDHeader(), create_tenant=False
    ) as client:
        entities(client)
        batches(client)
        subscriptions(client)


if __name__ == "__main__":
    main(int(sys.argv[1]))
