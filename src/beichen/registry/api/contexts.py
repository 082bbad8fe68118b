"""Contexts that the house keeps (clauses 5.13, 6.29, 6.30): added, listed, served, removed, reloaded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from beichen.kernel.access import service as access
from beichen.problem import Problem, ProblemError, shorten
from beichen.registry import keeping
from beichen.registry.api.answer import answer, empty
from beichen.registry.api.call import JSON, LD_JSON, Call, accepted, bad_request
from beichen.registry.document import contexts
from beichen.registry.document.context import read_terms
from beichen.registry.document.names import CORE, CORE_CONTEXT, CORE_CONTEXTS
from beichen.registry.document.representation import time_text
from beichen.registry.models import ContextKind, KeptContext
from beichen.registry.permissions import WRITE_CONTEXTS
from beichen.registry.problems import UNSUPPORTED, bad_data, bad_parameter
from beichen.settings import settings

PATH = "/ngsi-ld/v1/jsonldContexts/"
CORE_KEY = "core"
CORE_SINCE = datetime(2024, 3, 1, tzinfo=UTC)  # the month of the core's version 1.8
OFFERED = (JSON, LD_JSON)


def url_of(row: KeptContext) -> str:
    """Where a context is found: at its host, or here."""
    return str(row.url) or f"{settings().public}{PATH}{quote(str(row.key), safe='')}"


def _details(row: KeptContext) -> dict[str, Any]:
    found: dict[str, Any] = {
        "URL": url_of(row),
        "localId": row.key,
        "kind": row.kind,
        "createdAt": time_text(row.created_at),
        "numberOfHits": row.hits,
    }
    if row.used_at is not None:
        found["lastUsage"] = time_text(row.used_at)
    return found


_CORE_DETAILS = {
    "URL": CORE_CONTEXT,
    "localId": CORE_KEY,
    "kind": ContextKind.CACHED.value,
    "createdAt": time_text(CORE_SINCE),
}


def _is_core(name: str) -> bool:
    return name == CORE_KEY or CORE_CONTEXTS.match(name) is not None


def check_value(value: Any, pointer: str = "/@context") -> None:
    """Make sure that ``value`` is a context, without fetching. Raises ProblemError REG-101."""
    if isinstance(value, str):
        if not value.startswith(("http://", "https://")):
            raise ProblemError(bad_data(f"{value[:60]!r} is not the URL of a context", pointer))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            check_value(item, f"{pointer}/{number}")
    else:
        read_terms(value, pointer)


def add(request: HttpRequest) -> HttpResponse:
    """POST jsonldContexts."""
    call = Call(request)
    call.writer()
    call.media_type()
    payload = call.json()
    if not isinstance(payload, dict) or "@context" not in payload:
        raise bad_request("the body has no @context", '{"@context": {…}}')
    check_value(payload["@context"])
    row = keeping.add_context(payload["@context"], by=call.actor)
    response = empty(201)
    response["Location"] = PATH + row.key
    return response


def listed(request: HttpRequest) -> HttpResponse:
    """GET jsonldContexts."""
    call = Call(request, ("details", "kind"))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    kind = call.text("kind")
    if kind and kind not in ContextKind.values:
        raise bad_parameter("kind", f"{kind[:40]!r} is no kind", ", ".join(ContextKind.values))
    rows = keeping.list_contexts(kind)
    found: list[dict[str, Any]] = [_details(row) for row in rows]
    if kind in {"", ContextKind.CACHED}:
        found.append(_CORE_DETAILS)
    content: Any = found if call.truth("details") else [item["URL"] for item in found]
    return answer(content, media_type)


def serve(request: HttpRequest, name: str) -> HttpResponse:
    """GET jsonldContexts/{id}."""
    call = Call(request, ("details",))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    details = call.truth("details")
    name = contexts.own_key(name) or name
    if _is_core(name):
        return answer(_CORE_DETAILS if details else {"@context": CORE}, media_type)
    row = keeping.find_context(name)
    keeping.count_use(str(row.key))
    if details:
        return answer(_details(row), media_type)
    if row.kind == ContextKind.CACHED:
        message = "a cached context is served by its own host"
        raise ProblemError(Problem(UNSUPPORTED, message, hint=shorten(str(row.url))))
    return answer(b'{"@context":' + row.body.encode() + b"}", media_type)


def remove(request: HttpRequest, name: str) -> HttpResponse:
    """DELETE jsonldContexts/{id}, or with reload=true fetch a cached one again."""
    call = Call(request, ("reload",))
    call.writer()
    reload = call.truth("reload")
    name = contexts.own_key(name) or name
    if _is_core(name):
        if not reload:
            raise ProblemError(bad_data("the core context cannot be removed", "/contextId"))
        access.require(call.actor, WRITE_CONTEXTS)
        return empty()  # it comes with the house, and is not fetched
    try:
        row = keeping.find_context(name)
    except ProblemError:
        if reload:
            raise ProblemError(bad_data("only a cached context is reloaded", "/contextId")) from None
        raise
    if not reload:
        keeping.remove_context(row, by=call.actor)
    elif row.kind == ContextKind.CACHED:
        access.require(call.actor, WRITE_CONTEXTS)
        keeping.replace_body(row, contexts.download(str(row.url)), by=call.actor)
    else:
        raise ProblemError(bad_data("only a cached context is reloaded", "/contextId"))
    if row.url:
        contexts.forget(str(row.url))
    return empty()
