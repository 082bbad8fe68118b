"""Reading a Subscription document (clauses 5.2.12 to 5.2.15, 5.2.22, 5.8.1): checked, with names expanded.

What only the house writes (status, counters, times) and members that the standard does not know are left
out. Names in lists expand to stored names; languages such as q keep the user's text and are read again in
the subscription's context.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beichen.problem import Problem, ProblemError
from beichen.registry.document.contexts import context_of
from beichen.registry.document.names import is_name, is_uri
from beichen.registry.document.representation import FORMATS, SIMPLIFIED
from beichen.registry.document.values import is_entity_id, is_utc_time
from beichen.registry.models import Trigger
from beichen.registry.problems import bad_data
from beichen.registry.query.parser import parse_query
from beichen.registry.subscriptions.conditions import Conditions, Names, read_conditions
from beichen.registry.subscriptions.endpoint import Endpoint, read_endpoint

DEFAULT_TRIGGERS = [Trigger.ATTRIBUTE_CREATED.value, Trigger.ATTRIBUTE_UPDATED.value]
LIST_LIMIT = 1_000
TEXT_LIMIT = 4_000
SECONDS_LIMIT = 366 * 24 * 3600.0
_TEXTS = ("subscriptionName", "description", "q", "scopeQ", "csf", "lang")


@dataclass(slots=True)
class Facts:
    """A subscription that was read."""

    urn: str
    document: dict[str, Any]
    endpoint: Endpoint
    conditions: Conditions
    expires_at: datetime | None
    interval: float | None
    throttling: float
    is_active: bool
    context_url: str


class Reader:
    """Reads one document in one context, collecting what is wrong."""

    def __init__(
        self, payload: dict[str, Any], context: Names, now: datetime, conditions: Names | None = None
    ) -> None:
        self.payload = payload
        self.context = context
        self.conditions = conditions or context  # in which q and the like are read
        self.now = now
        self.problems: list[Problem] = []
        self.document: dict[str, Any] = {}

    def wrong(self, message: str, pointer: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(bad_data(message, pointer, hint))

    def attempt(self, read: Callable[[], Any]) -> Any:
        """What ``read`` gives; its problems are noted instead of raised."""
        try:
            return read()
        except ProblemError as error:
            self.problems += error.problems
            return None

    def read(self, urn: str) -> Facts:
        """The subscription. Raises ProblemError REG-101 with everything that is wrong, REG-105."""
        if self.payload.get("type", self.payload.get("@type")) != "Subscription":
            self.wrong("the document's type is Subscription", "/type")
        if not is_entity_id(urn):
            self.wrong("a subscription's id is a URI", "/id")
        self.document = {"id": urn, "type": "Subscription"}
        self._texts()
        self._watched()
        self._triggers()
        self._filters()
        interval, throttling = self._seconds("timeInterval"), self._seconds("throttling")
        expires_at = self._expiry()
        is_active = self._truth(self.payload, "isActive", "/isActive", default=True)
        endpoint = self._notification()
        context_url = self._context_url()
        if interval is not None and (throttling is not None or "watchedAttributes" in self.payload):
            self.wrong("timeInterval stands alone", "/timeInterval", "no throttling, no watchedAttributes")
        conditions = None
        if not self.problems:
            conditions = self.attempt(lambda: read_conditions(self.document, self.conditions))
        if self.problems or conditions is None or endpoint is None:
            raise ProblemError(*self.problems[:50])
        if "isActive" in self.payload:
            self.document["isActive"] = is_active
        return Facts(
            urn,
            self.document,
            endpoint,
            conditions,
            expires_at,
            interval,
            throttling or 0.0,
            is_active,
            context_url,
        )

    # ── members ───────────────────────────────────────────────────────────────────────────────────

    def _texts(self) -> None:
        for name in _TEXTS:
            value = self.payload.get(name)
            if value is None:
                continue
            if not isinstance(value, str) or not value or len(value) > TEXT_LIMIT:
                self.wrong(f"{name} is a text of at most {TEXT_LIMIT} characters", f"/{name}")
            else:
                self.document[name] = value
        if "csf" in self.document:
            self.attempt(lambda: parse_query(self.document["csf"], self.conditions.expand, frozenset()))

    def names(self, members: dict[str, Any], name: str, pointer: str) -> list[str] | None:
        """A list of attribute names, expanded; None when it is not given."""
        if members.get(name) is None:
            return None
        values = members[name]
        values = values.split(",") if isinstance(values, str) else values
        is_list = isinstance(values, list) and values and len(values) <= LIST_LIMIT
        if not is_list or not all(isinstance(item, str) and is_name(item) for item in values):
            self.wrong(f"{name} is a list of attributes that is not empty", f"{pointer}/{name}")
            return None
        return [self.context.expand(item) for item in values]

    def _watched(self) -> None:
        entities = self.payload.get("entities")
        if entities is not None:
            is_list = isinstance(entities, list) and entities and len(entities) <= LIST_LIMIT
            if not is_list or not all(isinstance(item, dict) for item in entities):
                self.wrong("entities is a list of selectors that is not empty", "/entities")
            else:
                self.document["entities"] = [
                    self._selector(item, f"/entities/{number}") for number, item in enumerate(entities)
                ]
        watched = self.names(self.payload, "watchedAttributes", "")
        if watched is not None:
            self.document["watchedAttributes"] = watched
        if entities is None and self.payload.get("watchedAttributes") is None:
            self.wrong("a subscription has entities or watchedAttributes", "/entities")

    def _selector(self, item: dict[str, Any], pointer: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        kind = item.get("type")
        if not isinstance(kind, str) or not kind:
            self.wrong("a selector has a type", f"{pointer}/type", "or * for all types")
        else:
            found["type"] = self.context.expand(kind) if is_name(kind) else kind
        identity = item.get("id")
        ids = identity if isinstance(identity, list) else [identity]
        if identity is not None:
            if not ids or len(ids) > LIST_LIMIT or not all(is_entity_id(one) for one in ids):
                self.wrong("id is a URI or a list of URIs", f"{pointer}/id")
            found["id"] = identity
        pattern = item.get("idPattern")
        if pattern is not None:
            if not isinstance(pattern, str) or not pattern:
                self.wrong("idPattern is a text", f"{pointer}/idPattern")
            found["idPattern"] = pattern
        return found

    def _triggers(self) -> None:
        values = self.payload.get("notificationTrigger")
        if values is None:
            if self.payload.get("timeInterval") is None:
                self.document["notificationTrigger"] = DEFAULT_TRIGGERS
            return
        if not isinstance(values, list) or not values or not set(map(str, values)) <= set(Trigger.values):
            hint = ", ".join(Trigger.values)
            self.wrong("notificationTrigger is a list of triggers", "/notificationTrigger", hint)
            return
        self.document["notificationTrigger"] = values

    def _filters(self) -> None:
        geo = self.payload.get("geoQ")
        if geo is not None:
            if not isinstance(geo, dict):
                self.wrong("geoQ is an object", "/geoQ")
            else:
                self.document["geoQ"] = geo
        datasets = self.payload.get("datasetId")
        if datasets is not None:
            values = datasets if isinstance(datasets, list) else [datasets]
            if not values or not all(item == "@none" or is_uri(item) for item in values):
                self.wrong("datasetId is a list of URIs", "/datasetId")
            self.document["datasetId"] = datasets

    def _seconds(self, name: str) -> float | None:
        value = self.payload.get(name)
        if value is None:
            return None
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not 0 < value <= SECONDS_LIMIT:
            self.wrong(f"{name} is a number of seconds above zero", f"/{name}")
            return None
        self.document[name] = value
        return float(value)

    def _truth(self, members: dict[str, Any], name: str, pointer: str, *, default: bool) -> bool:
        value = members.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(f"{name} is true or false", pointer)
        return bool(value)

    def _expiry(self) -> datetime | None:
        value = self.payload.get("expiresAt")
        if value is None:
            return None
        if not is_utc_time(value):
            self.wrong("expiresAt is a UTC time", "/expiresAt", "such as 2027-08-01T12:00:00Z")
            return None
        moment = datetime.fromisoformat(value)
        if moment <= self.now:
            self.wrong("expiresAt lies in the past", "/expiresAt")
        self.document["expiresAt"] = value
        return moment

    def _context_url(self) -> str:
        value = self.payload.get("jsonldContext")
        if value is None:
            return ""
        if not isinstance(value, str) or not value.startswith(("http://", "https://")):
            self.wrong("jsonldContext is the URL of a context", "/jsonldContext")
            return ""
        context_of(value, "/jsonldContext")
        self.document["jsonldContext"] = value
        return value

    # ── the notification ──────────────────────────────────────────────────────────────────────────

    def _notification(self) -> Endpoint | None:
        value = self.payload.get("notification")
        if not isinstance(value, dict):
            self.wrong("a subscription has a notification", "/notification")
            return None
        found = self._projection(value)
        chosen = value.get("format")
        if chosen is not None:
            if chosen not in FORMATS:
                self.wrong("there is no such format", "/notification/format", ", ".join(FORMATS))
            found["format"] = chosen
        for name in ("sysAttrs", "showChanges"):
            if value.get(name) is not None:
                found[name] = self._truth(value, name, f"/notification/{name}", default=False)
        if found.get("showChanges") and FORMATS.get(str(chosen)) == SIMPLIFIED:
            self.wrong("changes cannot be shown in that format", "/notification/showChanges")
        self._join(value, found)
        endpoint: Endpoint | None = self.attempt(lambda: read_endpoint(value.get("endpoint")))
        if endpoint is not None:
            found["endpoint"] = endpoint.shown
        self.document["notification"] = found
        return endpoint

    def _projection(self, value: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in ("attributes", "pick", "omit"):
            names = self.names(value, name, "/notification")
            if names is not None:
                found[name] = names
        if "attributes" in found and ("pick" in found or "omit" in found):
            self.wrong("attributes does not go with pick or omit", "/notification/attributes")
        if set(found.get("pick", ())) & set(found.get("omit", ())):
            self.wrong("a member is picked and omitted", "/notification/omit")
        return found

    def _join(self, value: dict[str, Any], found: dict[str, Any]) -> None:
        join, level = value.get("join"), value.get("joinLevel")
        if join is not None:
            if join not in {"flat", "inline", "@none"}:
                self.wrong("join is flat, inline or @none", "/notification/join")
            found["join"] = join
        if level is not None:
            if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= 5:
                self.wrong("joinLevel is 1 to 5", "/notification/joinLevel")
            found["joinLevel"] = level
