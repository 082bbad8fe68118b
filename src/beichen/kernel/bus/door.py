"""The door at `/events`: CloudEvents 1.0 in over HTTP, and the way to the live process out.

HTTP Protocol Binding for CloudEvents 1.0.2: binary, structured and batched content modes. A program
comes with its client key; a browser's session is not accepted for writing here.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote, urlencode

import orjson
from django.apps import apps
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from beichen.kernel.access import service as access
from beichen.kernel.actor import PUBLIC
from beichen.kernel.bus import feed, service
from beichen.kernel.bus.event import EVENT_BYTES, TOO_LARGE, UNREADABLE, Event, check_pattern, from_dict
from beichen.problem import Problem, ProblemError, Where, code, shorten
from beichen.settings import settings

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BATCH_EVENTS = 1000
BATCH_BYTES = 4 * EVENT_BYTES
PATTERNS = 32
KEY_NEEDED = code("BUS-111", "Events are sent with a client key.", status=401)
RESERVED = code("BUS-112", "Events of this type come from Beichen itself.", status=403)
NOT_A_STREAM = code("BUS-113", "Events are read as a stream.", status=406)
View = Callable[[HttpRequest], HttpResponse]


def _answering(view: View) -> View:
    """Problems as RFC 9457 documents."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except ProblemError as error:
            content = orjson.dumps(error.as_dict())
            response = HttpResponse(content, status=error.status, content_type="application/problem+json")
            if error.status == 401:
                response["WWW-Authenticate"] = "Bearer"
            return response

    return answer


@csrf_exempt  # programs only: a session is not enough, see send()
@require_http_methods(["GET", "POST"])
@_answering
def events(request: HttpRequest) -> HttpResponse:
    """POST sends events, GET leads to the stream."""
    return send(request) if request.method == "POST" else listen(request)


def send(request: HttpRequest) -> HttpResponse:
    """Publish what the request carries; 202 with how many were new and how many were known."""
    by = access.acting(request)
    if not by.key.startswith("client:"):
        hint = "Authorization: Bearer KEY; beichen client new makes one"
        raise ProblemError(Problem(KEY_NEEDED, "the request has no client key", hint=hint))
    received = _read(request)
    reserved = _reserved_words()
    problems = [
        Problem(RESERVED, shorten(f"{event.type} is an event of Beichen's own"), Where(pointer=f"/{place}"))
        for place, event in enumerate(received)
        if event.type.partition(".")[0] in reserved or event.source.startswith("/")
    ]
    if problems:
        raise ProblemError(*problems)
    new = service.forward(received, by=by)
    content = orjson.dumps({"accepted": new, "known": len(received) - new})
    return HttpResponse(content, status=202, content_type="application/json")


def _reserved_words() -> set[str]:
    """The rooms' names, with which types of their own events start."""
    return {
        room.label.rpartition("_")[2] for room in apps.get_app_configs() if room.name.startswith("beichen.")
    }


def _read(request: HttpRequest) -> list[Event]:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    length = request.headers.get("Content-Length", "")
    limit = BATCH_BYTES if media_type == BATCH else 2 * EVENT_BYTES
    if not length.isdecimal() or int(length) > limit:
        message = f"the body's length must be given and at most {limit} bytes"
        raise ProblemError(Problem(TOO_LARGE, message, Where(field="content-length")))
    if media_type == BATCH:
        return _batch(_json(request.body))
    if media_type == STRUCTURED:
        return [from_dict(_json(request.body))]
    return [_binary(request, media_type)]


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(Problem(UNREADABLE, shorten(f"not JSON: {error}"))) from error


def _batch(documents: Any) -> list[Event]:
    if not isinstance(documents, list):
        raise ProblemError(Problem(UNREADABLE, "a batch is a JSON array of events"))
    if len(documents) > BATCH_EVENTS:
        raise ProblemError(Problem(TOO_LARGE, f"{len(documents)} events; a batch has at most {BATCH_EVENTS}"))
    found, problems = [], []
    for place, document in enumerate(documents):
        try:
            found.append(from_dict(document))
        except ProblemError as error:
            problems += [
                Problem(
                    p.code, p.message, Where(pointer=f"/{place}/{p.where.field or ''}".rstrip("/")), p.hint
                )
                for p in error.problems
            ]
    if problems:
        raise ProblemError(*problems)
    return found


def _binary(request: HttpRequest, media_type: str) -> Event:
    """Attributes from `ce-` headers (percent-encoded), data from the body."""
    document: dict[str, Any] = {
        name[3:].lower(): unquote(value)
        for name, value in request.headers.items()
        if name.lower().startswith("ce-")
    }
    if not document:
        hint = f"send {STRUCTURED}, {BATCH}, or ce- headers"
        raise ProblemError(Problem(UNREADABLE, "neither an event nor a batch of events", hint=hint))
    if str(document.get("level", "")).isdecimal():
        document["level"] = int(document["level"])
    body = request.body
    if media_type:
        document["datacontenttype"] = media_type
    if media_type.endswith(("/json", "+json")):
        document["data"] = _json(body)
    elif body and media_type.startswith("text/"):
        document["data"] = body.decode("utf-8", errors="replace")
    event = from_dict(document)
    if body and "data" not in document:
        event = from_dict({**document, "data_base64": base64.b64encode(body).decode()})
    return event


def listen(request: HttpRequest) -> HttpResponse:
    """307 to the live process with a grant of what the actor may see; ``changes`` asks for sums of them."""
    if "text/event-stream" not in request.headers.get("Accept", ""):
        hint = "Accept: text/event-stream"
        raise ProblemError(Problem(NOT_A_STREAM, "this address answers with a stream of events", hint=hint))
    patterns = tuple(check_pattern(pattern) for pattern in request.GET.getlist("type")[:PATTERNS]) or (">",)
    by = access.acting(request)
    found = {place for actor in (by, PUBLIC) for place in access.reach(actor, service.READ)}
    if not found:
        access.require(by, service.READ)
    reaches = tuple(feed.Reach(region, int(level)) for region, level in sorted(found))
    grant = feed.Grant(patterns, reaches, time.time() + feed.GRANT_SECONDS)
    query = {"grant": feed.sign(grant)}
    if last := request.headers.get("Last-Event-ID") or request.GET.get("last"):
        query["last"] = last
    if request.GET.get("changes"):
        query["changes"] = "1"
    response = HttpResponseRedirect(f"{settings().live}/events?{urlencode(query)}", status=307)
    response["Cache-Control"] = "no-store"
    return response
