"""Several requests in one (`POST /$batch`, JSON as of OData 4.01, part 1, clause 11.7.7).

    {"requests": [{"id": "t", "method": "post", "url": "Things", "body": {"name": "Station"}},
                  {"id": "d", "method": "post", "url": "Things($t)/Datastreams", "body": {…}}]}

Each is answered as if it had come alone, in their order, with the sender's own rights. ``$t`` stands for the
id of what the request ``t`` made, in addresses and as an ``@iot.id``. Requests of one ``atomicityGroup`` are
kept together or not at all; observations, which are durable when they are taken, are in no such group.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import unquote

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict

from beichen.platforms.iot.sensorthings import bodies
from beichen.platforms.iot.sensorthings.bodies import Body
from beichen.platforms.iot.sensorthings.codes import bad_body
from beichen.problem import ProblemError

MOST = 100  # requests
DEEPEST = 50
METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
FAILED_WITH_ANOTHER = 424
_MADE = re.compile(r"\$([A-Za-z0-9_-]{1,60})(?![\w-])")
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
Answer = Callable[[HttpRequest, str], HttpResponse]


class _UndoneError(Exception):
    """A request of a group was refused: what the others did is taken back."""


def _requests(content: Any) -> list[Body]:
    """The requests. Raises ProblemError STA-107 with everything that is wrong."""
    if _depth(content) > DEEPEST:
        raise ProblemError(bad_body(f"nested deeper than {DEEPEST}"))
    found = content.get("requests") if isinstance(content, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST:
        raise ProblemError(bad_body(f"requests is a list of 1 to {MOST}", "/requests"))
    problems, known = [], set()
    for number, one in enumerate(found):
        place = f"/requests/{number}"
        key = one.get("id") if isinstance(one, dict) else None
        if not isinstance(key, str) or not _ID.match(key) or key in known:
            problems.append(bad_body("each request has an id of its own: letters, digits, - and _", place))
            continue
        known.add(key)
        method, url = one.get("method"), one.get("url")
        if not isinstance(method, str) or method.upper() not in METHODS:
            problems.append(bad_body("the method is get, post, patch, put or delete", f"{place}/method"))
        if not isinstance(url, str) or not 0 < len(url) <= bodies.MOST_MEMBER or "$batch" in url:
            problems.append(bad_body("the url is an address below the root", f"{place}/url"))
        elif one.get("atomicityGroup") and _observes(url, one.get("body")):
            message = "observations are kept at once, and in no atomicityGroup"
            problems.append(bad_body(message, f"{place}/atomicityGroup"))
    if problems:
        raise ProblemError(*problems)
    return found


def _observes(url: str, body: Any) -> bool:
    """Whether a request sends observations, or makes a series with some."""
    path = url.partition("?")[0].strip("/")
    return path.endswith(("Observations", "CreateObservations")) or b'"Observations"' in orjson.dumps(body)


def answered(request: HttpRequest, answer: Answer) -> list[Body]:
    """What becomes of each request of a batch, in their order. Raises ProblemError STA-107."""
    found = _requests(bodies.parsed(request.body))
    made: dict[str, str] = {}
    responses: list[Body] = []
    for group, members in groupby(found, key=lambda one: one.get("atomicityGroup")):
        if group:
            responses += _together(request, list(members), made, answer)
        else:
            responses += [_one(request, member, made, answer) for member in members]
    return responses


def _together(request: HttpRequest, members: list[Body], made: dict[str, str], answer: Answer) -> list[Body]:
    """A group: all of it, or what was refused and that the others were taken back."""
    before, responses = dict(made), []
    try:
        with transaction.atomic():
            for member in members:
                responses.append(_one(request, member, made, answer))
                if responses[-1]["status"] >= 400:
                    raise _UndoneError
    except _UndoneError:
        made.clear()
        made.update(before)
        refused = responses[-1]
        others = [{"id": one["id"], "status": FAILED_WITH_ANOTHER} for one in members]
        return [refused if one["id"] == refused["id"] else one for one in others]
    return responses


def _one(request: HttpRequest, member: Body, made: dict[str, str], answer: Answer) -> Body:
    try:
        url = _MADE.sub(lambda found: _known(found, made), member["url"].partition("?")[0])
        inner = _request(request, member, url, _named(member.get("body"), made))
    except ProblemError as error:
        return {"id": member["id"], "status": 400, "body": {"message": str(error.problems[0].message)}}
    response = answer(inner, unquote(url).lstrip("/"))
    result: Body = {"id": member["id"], "status": response.status_code}
    location = response.get("Location")
    if location:
        result["location"] = location
        made[member["id"]] = location.rpartition("(")[2].rstrip(")")
    if response.content:
        is_json = response.get("Content-Type", "").startswith("application/json")
        result["body"] = orjson.Fragment(response.content) if is_json else response.content.decode()
    return result


def _known(found: re.Match[str], made: Mapping[str, str]) -> str:
    """What a request made; an option such as ``$ref`` stays."""
    name = found[1]
    if name in {"ref", "value"} and name not in made:
        return found[0]
    if name not in made:
        raise ProblemError(bad_body(f"the request {name} made nothing before"))
    return made[name]


def _named(value: Any, made: Mapping[str, str]) -> Any:
    """A body in which ``{"@iot.id": "$t"}`` names what the request ``t`` made."""
    if isinstance(value, list):
        return [_named(one, made) for one in value]
    if isinstance(value, dict):
        return dict(_members(value, made))
    return value


def _members(value: Body, made: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        reference = _MADE.fullmatch(inner) if name == "@iot.id" and isinstance(inner, str) else None
        if reference is None:
            yield name, _named(inner, made)
        else:
            key = _known(reference, made).strip("'")
            yield name, int(key) if key.isdecimal() else key


def _depth(value: Any) -> int:
    """How deep JSON is nested, counted no further than is allowed."""
    level, found = [value], 0
    while level and found <= DEEPEST:
        inner = [
            one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)
        ]
        level = [value for values in inner for value in values]
        found += bool(inner)
    return found


def _request(request: HttpRequest, member: Body, url: str, body: Any) -> HttpRequest:
    """A request of its own, with the batch's headers."""
    inner = copy.copy(request)
    inner.method = member["method"].upper()
    inner.path = inner.path_info = f"/sta/v1.1/{url.lstrip('/')}"
    inner.GET = QueryDict(member["url"].partition("?")[2])
    inner._body = b"" if body is None else orjson.dumps(body)
    headers = member.get("headers")
    given = headers.get("content-type", headers.get("Content-Type")) if isinstance(headers, dict) else None
    inner.content_type = given if isinstance(given, str) else "application/json"
    return inner
