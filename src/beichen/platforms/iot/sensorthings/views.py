"""`/sta/v1.1`: one door for all addresses of the standard, whose grammar is no list of routes.

Reading is open as far as the public's rights reach. A write comes with a client's key, with the token of a
page, or, for observations, with Basic and a device's credential. Errors are JSON: ``code``, ``type``,
``message``, and the house's own code with its place and hint.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from beichen.kernel.access.service import acting
from beichen.kernel.actor import Actor
from beichen.platforms.iot.sensorthings import batching, bodies, keeping, sending
from beichen.platforms.iot.sensorthings.address import Address, address_of
from beichen.platforms.iot.sensorthings.codes import BAD_METHOD, BAD_TYPES, FIXED, NO_ENTRY, bad_body
from beichen.platforms.iot.sensorthings.entities import Asker
from beichen.platforms.iot.sensorthings.questions import answered, asker_of, json_answer, only, rows_of
from beichen.platforms.iot.sensorthings.schema import TYPES, EntityType
from beichen.platforms.iot.sensorthings.sending import Sender
from beichen.problem import Problem, ProblemError, Where, said
from beichen.web.programs import writer

RATE = "1200/minute"
JSON_PATCH = "application/json-patch+json"


def _refusal(error: ProblemError) -> HttpResponse:
    first = error.problems[0]
    status = error.status
    content: dict[str, Any] = {
        "code": status,
        "type": "error",
        "message": "; ".join(str(one.message) for one in error.problems[:10]),
        "problem": first.code,
    }
    if where := first.where.as_dict():
        content["where"] = where
    if first.hint:
        content["hint"] = str(first.hint)
    answer = json_answer(content, status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer, Basic realm="devices"'
    return answer


@csrf_exempt  # a session's write is checked below; programs come with a key
def door(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any request below the root."""
    try:
        return _methods(request.method or "")(request, path)
    except ProblemError as error:
        return _refusal(error)
    except DataError:  # what only the engine finds, such as a number out of its range
        problem = Problem(
            BAD_TYPES, said("the values of this query cannot be computed"), Where(field="$filter")
        )
        return _refusal(ProblemError(problem))


def _methods(name: str) -> Callable[[HttpRequest, str], HttpResponse]:
    found = {
        "GET": answered,
        "HEAD": answered,
        "POST": _post,
        "PATCH": _patch,
        "PUT": _put,
        "DELETE": _delete,
    }.get(name)
    if found is None:
        raise ProblemError(Problem(BAD_METHOD, said("{method} is not answered", method=name[:20])))
    return found


def _writer(request: HttpRequest) -> Actor:
    """Who writes. A session alone is not enough: another site could send it. Raises STA-111."""
    return writer(request, NO_ENTRY, area="sta.write", rate=RATE, with_public=False)


def _sender(request: HttpRequest) -> Sender:
    """Who sends observations: a client, or a device by Basic."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        by = acting(request)
        if not by.key.startswith("client:"):
            _writer(request)
        return Sender(by)
    try:
        name, _, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name, secret = "", ""
    if "\0" in name + secret or not name:
        raise ProblemError(Problem(NO_ENTRY, said("a device sends for itself, with its credential")))
    return Sender(None, name, secret)


def _created(link: str, content: Any = None) -> HttpResponse:
    answer = HttpResponse(status=201) if content is None else json_answer(content, 201)
    answer["Location"] = link
    return answer


def _post(request: HttpRequest, path: str) -> HttpResponse:
    if path.strip("/") == "CreateObservations":
        return _post_arrays(request)
    if path.strip("/") == "$batch":
        return json_answer({"responses": batching.answered(request, door)})
    address = address_of(path)
    last = address.steps[-1]
    if last.is_one or address.is_reference:
        raise ProblemError(Problem(BAD_METHOD, said("entities are made in a collection")))
    if last.kind.name == "Observations":
        return _post_observation(request, address)
    by, asker = _writer(request), asker_of(request)
    body = bodies.parsed(request.body)
    made = keeping.create(last.kind, body, _links(address, asker), by=by)
    sending.observe_all(made.observations, Sender(by))
    return _created(asker.link(last.kind, made.row.pk))


def _links(address: Address, asker: Asker) -> dict[str, Any]:
    """The entity in whose collection something is made, under the name by which that leads to it."""
    if len(address.steps) == 1:
        return {}
    parent = address.steps[-2]
    row = only(parent, rows_of(Address(address.steps[:-1]), asker))
    return {_back(address.kind, parent.kind): row}


def _back(kind: EntityType, parent: EntityType) -> str:
    return next(one.name for one in kind.relations if one.target == parent.name)


def _post_observation(request: HttpRequest, address: Address) -> HttpResponse:
    sender, asker = _sender(request), asker_of(request)
    body = bodies.entity(bodies.parsed(request.body))
    if len(address.steps) > 1:
        parent = address.steps[-2]
        if parent.kind.name not in keeping.SERIES or not isinstance(parent.key, int):
            raise ProblemError(bad_body("observations are sent to a Datastream or a MultiDatastream"))
        is_multi = parent.kind.name == "MultiDatastreams"
        stream = sending.stream_of(parent.key, sender, f"/{parent.kind.singular}", is_multi=is_multi)
    else:
        stream = sending.named_in(body, sender)
    made = sending.observe(stream, body, sender)
    return _created(asker.link(TYPES["Observations"], made))


def _post_arrays(request: HttpRequest) -> HttpResponse:
    """Data arrays: for each row its link, or ``error`` with the reason (clause 12.2)."""
    sender, asker = _sender(request), asker_of(request)
    outcomes = sending.observe_arrays(bodies.parsed(request.body), sender)
    kind = TYPES["Observations"]
    links = [
        asker.link(kind, one) if isinstance(one, str) else f"error: {one.problems[0].message}"
        for one in outcomes
    ]
    return json_answer(links, 201)


def _target(path: str, request: HttpRequest) -> tuple[EntityType, int, Actor]:
    """The entity that is changed or removed. Raises ProblemError STA-109 for an observation."""
    address = address_of(path)
    last = address.steps[-1]
    by = _writer(request)
    if last.kind.name == "Observations":
        raise ProblemError(
            Problem(FIXED, said("a reading is kept as it was measured"), hint=said("send another"))
        )
    if not last.is_one or address.is_reference or address.member:
        raise ProblemError(Problem(BAD_METHOD, said("one entity is changed at a time")))
    row = only(last, rows_of(address, asker_of(request)))
    return last.kind, row.pk, by


def _patch(request: HttpRequest, path: str) -> HttpResponse:
    kind, key, by = _target(path, request)
    body = bodies.parsed(request.body)
    is_patch = request.content_type == JSON_PATCH
    if is_patch:
        row = keeping.seen(kind, key, by)
        body = bodies.patched({one.name: getattr(row, one.column) for one in kind.properties}, body)
    keeping.change(kind, key, bodies.entity(body), by=by, is_whole=is_patch)
    return HttpResponse(status=200)


def _put(request: HttpRequest, path: str) -> HttpResponse:
    kind, key, by = _target(path, request)
    keeping.change(kind, key, bodies.entity(bodies.parsed(request.body)), by=by, is_whole=True)
    return HttpResponse(status=200)


def _delete(request: HttpRequest, path: str) -> HttpResponse:
    kind, key, by = _target(path, request)
    keeping.remove(kind, key, by=by)
    return HttpResponse(status=200)
