"""Subscriptions over HTTP (clauses 6.10, 6.11)."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from beichen.registry import service
from beichen.registry.api.answer import answer, context_value, empty
from beichen.registry.api.call import JSON, LD_JSON, Call, accepted, bad_request, entity_id
from beichen.registry.api.paging import add_pages
from beichen.registry.document.context import Context
from beichen.registry.document.names import is_name
from beichen.registry.document.representation import time_text
from beichen.registry.models import Subscription
from beichen.registry.problems import bad_parameter

PATH = "/ngsi-ld/v1/subscriptions"
OFFERED = (JSON, LD_JSON)
PAGE, PAGE_LIMIT = 20, 1000
_VERSION = re.compile(r'\s*ngsi-ld\s*=\s*"?(1\.\d)"?\s*(;.*)?\Z', re.IGNORECASE)


def preferred_version(header: str) -> str:
    """The version of the standard that a Prefer header asks for (RFC 7240); empty for none."""
    for part in header.split(","):
        match = _VERSION.match(part)
        if match is not None:
            return match.group(1)
    return ""


def _compacted(value: dict[str, Any], context: Context, names: tuple[str, ...]) -> dict[str, Any]:
    found = dict(value)
    for name in names:
        if name in found:
            found[name] = [context.compact(item) for item in found[name]]
    return found


def _moments(row: Subscription) -> dict[str, Any]:
    moments = {
        "lastNotification": row.last_notification,
        "lastFailure": row.last_failure,
        "lastSuccess": row.last_success,
    }
    return {name: time_text(value) for name, value in moments.items() if value is not None}


def shown(row: Subscription, call: Call, *, with_times: bool = False) -> dict[str, Any]:
    """A subscription as its reader sees it; secrets of its endpoint are its owner's."""
    context = call.context
    document = _compacted(row.parsed(), context, ("watchedAttributes",))
    if "entities" in document:
        document["entities"] = [
            {**item, "type": context.compact(item["type"]) if is_name(item["type"]) else item["type"]}
            for item in document["entities"]
        ]
    notification = _compacted(document["notification"], context, ("attributes", "pick", "omit"))
    if row.secrets and row.owner == call.actor.key:
        notification["endpoint"] = {**notification["endpoint"], **orjson.loads(row.secrets)}
    if row.times_sent:
        notification["timesSent"] = row.times_sent
        notification["timesFailed"] = row.times_failed
        notification["status"] = "failed" if row.failed_in_row else "ok"
    notification |= _moments(row)
    document["notification"] = notification
    document["status"] = service.subscription_status(row, timezone.now())
    document["jsonldContext"] = service.notification_context(row)
    if with_times:
        document["createdAt"], document["modifiedAt"] = time_text(row.created_at), time_text(row.modified_at)
    return document


def _respond(call: Call, content: Any, media_type: str) -> HttpResponse:
    if media_type == LD_JSON:
        context = context_value(call.context)
        whole = [{**item, "@context": context} for item in content] if isinstance(content, list) else None
        content = {**content, "@context": context} if whole is None else whole
    response = answer(content, media_type, call.context)
    version = preferred_version(call.request.headers.get("Prefer", ""))
    if version:  # subscriptions are the same in all versions (clause 4.3.6.8)
        response["Preference-Applied"] = f"ngsi-ld={version}"
    return response


def _with_times(call: Call) -> bool:
    options = call.words("options")
    if not set(options) <= {"sysAttrs", "count"}:
        raise bad_request("options is sysAttrs or count")
    return "sysAttrs" in options


def create(request: HttpRequest) -> HttpResponse:
    """POST subscriptions."""
    call = Call(request)
    call.writer()
    payload = call.document()
    row = service.subscribe(payload, call.context, by=call.actor)
    response = empty(201)
    response["Location"] = f"{PATH}/{row.urn}"
    return response


def listed(request: HttpRequest) -> HttpResponse:
    """GET subscriptions."""
    call = Call(request, ("limit", "offset", "count", "options"))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    limit, offset = call.number("limit", PAGE, PAGE_LIMIT), call.number("offset", 0, 1_000_000)
    counts = call.truth("count") or "count" in call.words("options")
    if limit == 0 and not counts:
        raise bad_parameter("limit", "limit is 0 without count=true")
    rows = service.subscriptions_of(call.actor)
    found = list(rows[offset : offset + limit + 1]) if limit else []
    with_times = _with_times(call)
    content = [shown(row, call, with_times=with_times) for row in found[:limit]]
    response = _respond(call, content, media_type)
    if counts:
        response["NGSILD-Results-Count"] = str(rows.count())
    add_pages(call, response, PATH, limit=limit, offset=offset, has_more=len(found) > limit)
    return response


def retrieve(request: HttpRequest, urn: str) -> HttpResponse:
    """GET subscriptions/{id}."""
    call = Call(request, ("options",))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    row = service.find_subscription(entity_id(urn), by=call.actor)
    return _respond(call, shown(row, call, with_times=_with_times(call)), media_type)


def change(request: HttpRequest, urn: str) -> HttpResponse:
    """PATCH subscriptions/{id}."""
    call = Call(request)
    call.writer()
    entity_id(urn)
    payload = call.document(patch=True)
    service.change_subscription(urn, payload, call.context, by=call.actor)
    return empty()


def delete(request: HttpRequest, urn: str) -> HttpResponse:
    """DELETE subscriptions/{id}."""
    call = Call(request)
    call.writer()
    service.unsubscribe(entity_id(urn), by=call.actor)
    return empty()
