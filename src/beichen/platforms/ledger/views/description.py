"""`/tlog/openapi.json`: the OpenAPI 3.1 description of what the log and the issuer show to everybody."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from beichen import __version__

Schema = dict[str, Any]
PROBLEM, TEXT, BYTES = "application/problem+json", "text/plain", "application/octet-stream"
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
NODE: Schema = {"type": "string", "contentEncoding": "base64"}
WORDS: Schema = {"type": "string"}
PATH: Schema = {"type": "array", "items": NODE}


def _proof(member: str) -> Schema:
    members = {member: COUNT, "size": COUNT, "path": PATH}
    return {"type": "object", "required": list(members), "properties": members}


def _object(*members: str) -> Schema:
    return {"type": "object", "required": list(members)}


def _answers(kind: str, schema: Schema | None, *refused: int) -> Schema:
    wrong = {
        "description": "refused",
        "content": {PROBLEM: {"schema": _object("code", "detail")}, "text/html": {}},
    }
    good = {"description": "done", "content": {kind: {"schema": schema} if schema else {}}}
    return {"200": good, **{str(status): wrong for status in refused}}


def _get(name: str, words: str, answers: Schema, **parameters: Schema) -> Schema:
    """An operation; a parameter of a path says ``"in": "path"`` itself."""
    told = [{"name": key, "in": "query", **one} for key, one in parameters.items()]
    return {"get": {"operationId": name, "summary": words, "parameters": told, "responses": answers}}


def _in_path(schema: Schema) -> Schema:
    return {"in": "path", "required": True, "schema": schema}


@cache
def document() -> dict[str, Any]:
    """The description as data."""
    index: Schema = {"required": True, "schema": COUNT}
    size: Schema = {"schema": COUNT}
    signed = {"required": True, "content": {TEXT: {"schema": {**WORDS, "maxLength": 16 << 10}}}}
    brought = {
        "operationId": "cosign",
        "summary": "A witness brings its signature",
        "requestBody": signed,
        "responses": _answers(TEXT, None, 404, 413, 422, 429),
    }
    names = _object("vct", "name", "display", "claims")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Transparency log and issuer of certificates", "version": __version__},
        "paths": {
            "/tlog/checkpoint": _get("checkpoint", "The newest that is cosigned", _answers(TEXT, None, 404)),
            "/tlog/pending": _get("pending", "The newest that is signed", _answers(TEXT, None, 404)),
            "/tlog/policy": _get("policy", "The log's key and witnesses", _answers(TEXT, None, 404)),
            "/tlog/tile/{path}": _get(
                "tile",
                "Hashes, or entries (C2SP tlog-tiles)",
                _answers(BYTES, None, 404, 500),
                path=_in_path({**WORDS, "examples": ["0/000", "entries/000.p/3"]}),
            ),
            "/tlog/proof/inclusion": _get(
                "inclusion",
                "From an entry to the root",
                _answers("application/json", _proof("index"), 404, 422),
                index=index,
                size=size,
            ),
            "/tlog/proof/consistency": _get(
                "consistency",
                "That the log was only continued",
                _answers("application/json", _proof("old"), 404, 422),
                old=index,
                size=size,
            ),
            "/tlog/cosignatures": {"post": brought},
            "/.well-known/jwt-vc-issuer": _get(
                "issuer", "Keys of certificates", _answers("application/json", _object("issuer", "jwks"))
            ),
            "/certificates/status/{number}": _get(
                "status",
                "A status list (IETF Token Status List)",
                _answers("application/statuslist+jwt", None, 404),
                number=_in_path({"type": "integer", "minimum": 0}),
            ),
            "/certificates/kinds/{key}": _get(
                "kind",
                "What a kind of certificates holds",
                _answers("application/json", names, 404),
                key=_in_path({**WORDS, "pattern": "^[a-z0-9-]{1,60}$"}),
            ),
        },
    }


@require_safe
def description(_request: HttpRequest) -> HttpResponse:
    """The document; the same for everybody."""
    return HttpResponse(orjson.dumps(document()), content_type="application/json")
