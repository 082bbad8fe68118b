"""The addresses of subscriptions, histories and contexts, for :mod:`tests.test_access`."""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import system
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.models import HistoryInstance, KeptContext, Subscription

BY = system("test")
NGSI = "^ngsi-ld/v1/"
PAST = "urn:ngsi-ld:Past:1"
URN = "urn:ngsi-ld:Subscription:1"
READING = {"type": "Property", "value": 1, "observedAt": "2026-01-01T00:00:00Z"}
PAYLOAD = {
    "type": "Subscription",
    "entities": [{"type": "Well"}],
    "notification": {"endpoint": {"uri": "https://example.org/n"}},
}
QUERY = {
    "type": "Query",
    "entities": [{"type": "Past"}],
    "temporalQ": {"timerel": "after", "timeAt": "2000-01-01T00:00:00Z"},
}
ATTRS = f"{NGSI}temporal/entities/(?P<urn>.*)/attrs"
ENTITIES = "ngsi-ld/v1/temporal/entities"

OPEN = {
    f"{NGSI}temporal/entities/.*/attrs//.*/?$": "says what the path leaves out",
}
EMPTY: dict[str, Any] = {
    f"{NGSI}subscriptions/?$": [],
    f"{NGSI}temporal/entities/?$": [],
    f"{NGSI}temporal/entityOperations/query/?$": [],
}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "admin/subscriptions": [("GET", "admin/subscriptions", None)],
    "admin/subscriptions/<int:number>": [("GET", "admin/subscriptions/{subscription}", None)],
    "admin/subscriptions/<int:number>/pause": [("POST", "admin/subscriptions/{subscription}/pause", {})],
    "admin/subscriptions/<int:number>/resume": [("POST", "admin/subscriptions/{subscription}/resume", {})],
    "admin/subscriptions/<int:number>/delete": [("POST", "admin/subscriptions/{subscription}/delete", {})],
    f"{NGSI}subscriptions/?$": [
        ("GET", "ngsi-ld/v1/subscriptions", None),
        ("POST", "ngsi-ld/v1/subscriptions", PAYLOAD),
    ],
    f"{NGSI}subscriptions/(?P<urn>.+?)/?$": [
        ("GET", f"ngsi-ld/v1/subscriptions/{URN}", None),
        ("PATCH", f"ngsi-ld/v1/subscriptions/{URN}", {"description": "x"}),
        ("DELETE", f"ngsi-ld/v1/subscriptions/{URN}", None),
    ],
    f"{NGSI}temporal/entities/?$": [
        ("GET", f"{ENTITIES}?type=Past&timerel=after&timeAt=2000-01-01T00:00:00Z", None),
        ("POST", ENTITIES, {"id": "urn:ngsi-ld:Past:2", "type": "Past", "depth": [READING]}),
    ],
    f"{NGSI}temporal/entityOperations/query/?$": [
        ("POST", "ngsi-ld/v1/temporal/entityOperations/query", QUERY)
    ],
    f"{ATTRS}/(?P<name>[^/]+|.*://[^/]+/.+?)/(?P<key>urn:[^/]+|[^/]+)/?$": [
        ("PATCH", f"{ENTITIES}/{PAST}/attrs/depth/{{instance}}", {"value": 2}),
        ("DELETE", f"{ENTITIES}/{PAST}/attrs/depth/{{instance}}", None),
    ],
    f"{ATTRS}/(?P<name>[^/]+|.*://.+?)/?$": [("DELETE", f"{ENTITIES}/{PAST}/attrs/depth", None)],
    f"{ATTRS}/?$": [("POST", f"{ENTITIES}/{PAST}/attrs", {"depth": [READING]})],
    f"{NGSI}temporal/entities/(?P<urn>.+?)/?$": [
        ("GET", f"{ENTITIES}/{PAST}", None),
        ("DELETE", f"{ENTITIES}/{PAST}", None),
    ],
    # Contexts are words, and may be read by everybody.
    f"{NGSI}jsonldContexts/?$": [("POST", "ngsi-ld/v1/jsonldContexts", {"@context": {"a": "urn:x:a"}})],
    f"{NGSI}jsonldContexts/(?P<name>.+?)/?$": [("DELETE", "ngsi-ld/v1/jsonldContexts/{context}", None)],
}


def keep_twin() -> None:
    """A subscription, a history that a client wrote, and a hosted context."""
    service.subscribe({"id": URN, **PAYLOAD}, CORE_ONLY, by=BY)
    past = service.PastEntity(PAST, ["Past"], attributes={"depth": [READING]})
    service.write_history(past, by=BY)
    service.add_context({"a": "urn:x:a"}, by=BY)


def twin_numbers() -> dict[str, Any]:
    """What stands for their names in the samples' addresses."""
    return {
        "subscription": Subscription.objects.get().pk,
        "instance": HistoryInstance.objects.get().key,
        "context": KeptContext.objects.get().key,
    }
