"""Features are added, replaced, changed and removed (OGC API Features, Part 4), by who has the right.

`If-Match` with a feature's entity tag guards against what somebody else did meanwhile. `Idempotency-Key`
makes a POST that is sent again the same feature: its name there follows from the client and the key.
"""

from __future__ import annotations

import uuid
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from beichen.kernel.access.service import acting, check_rate, require
from beichen.kernel.actor import Actor
from beichen.platforms.geo import service
from beichen.platforms.geo.ogc.answers import GEOJSON, JSON, root_of
from beichen.platforms.geo.ogc.catalogue import Collection, collection_of
from beichen.platforms.geo.ogc.codes import BAD_BODY, BAD_TYPE, NO_KEY, refused
from beichen.platforms.geo.ogc.items import feature_of
from beichen.platforms.geo.ogc.links import address
from beichen.platforms.geo.ogc.systems import PLAIN, system_of
from beichen.platforms.geo.ogc.turning import from_system
from beichen.platforms.geo.source import version_of
from beichen.problem import said
from beichen.web.programs import is_vouched_for, key_of

RATE = "1200/minute"
MAX_BYTES = 2_000_000
MERGE = "application/merge-patch+json"
_NAMES = uuid.UUID("6c8f6a4e-6a0c-4a57-9d3e-1f0a8f1c2b7d")


def add(request: HttpRequest, one: Collection) -> HttpResponse:
    """POST: 201 with the place of the new feature; 200 for a key that made it before."""
    by = _writer(request, one)
    document = _feature(request, (GEOJSON, JSON))
    edits, status = service.editable(one.layer, by), 201
    if sent := key_of(request):
        document["id"] = uuid.uuid5(_NAMES, f"{by.key} {one.key} {sent[:200]}").hex
        status = 200 if one.source.feature(document["id"]) is not None else 201
    key = str(document["id"]) if status == 200 else edits.add(document)
    answer = HttpResponse(status=status)
    answer["Location"] = address(root_of(request), "collections", one.key, "items", key)
    return _versioned(answer, one, key)


def change(request: HttpRequest, one: Collection, key: str) -> HttpResponse:
    """PUT, PATCH (RFC 7396), DELETE: 204."""
    by = _writer(request, one)
    feature_of(one, key)
    edits, version = service.editable(one.layer, by), _expected(request)
    if request.method == "DELETE":
        edits.remove(key, version)
        return HttpResponse(status=204)
    if request.method == "PUT":
        edits.replace(key, {**_feature(request, (GEOJSON, JSON)), "id": key}, version)
    else:
        edits.change(key, _members(request, (MERGE, GEOJSON, JSON)), version)
    return _versioned(HttpResponse(status=204), one, key)


def _writer(request: HttpRequest, one: Collection) -> Actor:
    """Who writes. A session alone is not enough: another site could send it.

    Raises ProblemError GEO-620, ACC-403, and what the layer refuses when it is not edited.
    """
    by = acting(request)
    if by.is_public or not is_vouched_for(request, by):
        hint = said("Authorization: Bearer KEY")
        raise refused(NO_KEY, said("there is no key and no page's token"), hint=hint)
    require(by, service.EDIT, one.layer)
    check_rate("ogc.write", by.key, RATE)
    return by


def _versioned(answer: HttpResponse, one: Collection, key: str) -> HttpResponse:
    kept = collection_of(one.key, one.reader).source.feature(key)  # the layer as it is now
    if kept is not None:
        answer["ETag"] = f'"{version_of(kept)}"'
    return answer


def _expected(request: HttpRequest) -> str:
    """The version that `If-Match` names; empty for any. One in another system is of the same version."""
    tag = request.headers.get("If-Match", "").strip()
    if tag in ("", "*"):
        return ""
    return tag.removeprefix("W/").strip('"').partition("-")[0] or "none"


def _members(request: HttpRequest, kinds: tuple[str, ...]) -> dict[str, Any]:
    """The body as an object, its coordinates in longitude and latitude."""
    if request.content_type not in kinds:
        message = said("{kind!r} is not read here", kind=str(request.content_type)[:40])
        raise refused(BAD_TYPE, message, "Content-Type", ", ".join(kinds))
    if len(request.body) > MAX_BYTES:
        raise refused(
            BAD_BODY, said("{count:,} bytes, at most {most:,}", count=len(request.body), most=MAX_BYTES)
        )
    try:
        document = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise refused(BAD_BODY, str(error)) from None
    if not isinstance(document, dict):
        raise refused(BAD_BODY, said("expected an object"))
    system = (
        system_of(request.headers["Content-Crs"], "Content-Crs")
        if "Content-Crs" in request.headers
        else PLAIN
    )
    document.pop("links", None)
    from_system(document.get("geometry"), system)
    return document


def _feature(request: HttpRequest, kinds: tuple[str, ...]) -> dict[str, Any]:
    document = _members(request, kinds)
    if document.get("type") != "Feature" or not isinstance(document.get("properties") or {}, dict):
        raise refused(BAD_BODY, said("expected a GeoJSON Feature"), "type")
    return document
