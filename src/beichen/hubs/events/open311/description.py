"""The OpenAPI 3.1 description of GeoReport v2, made from its addresses, its views and their shapes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from beichen import __version__
from beichen.hubs.events.open311 import shapes, views
from beichen.hubs.events.open311.formats import FORMATS

_ERRORS = (400, 404, 405, 503)
_KEYED = (401, 403, 429)
# The function that answers → the shape of its answer, and the statuses when it went well.
_ANSWERS: dict[Any, tuple[Any, tuple[int, ...]]] = {
    views._discovery: (shapes.Discovery, (200,)),
    views._services: (list[shapes.Service], (200,)),
    views._definition: (shapes.ServiceDefinition, (200,)),
    views._send: (list[shapes.Taken], (200, 201)),
    views._list: (list[shapes.ServiceRequest], (200,)),
    views._one: (list[shapes.ServiceRequest], (200,)),
    views._token: (list[shapes.Token], (200,)),
}
_ASKS = {views._list: shapes.Asking}
_FORMS = {views._send: shapes.Sending}
_REF = "#/components/schemas/{name}"


@require_safe
def description(_request: HttpRequest) -> HttpResponse:
    """The document; the same for everybody."""
    return HttpResponse(orjson.dumps(document()), content_type="application/json")


@cache
def document() -> dict[str, Any]:
    """The description as data."""
    from beichen.hubs.events.urls import urlpatterns  # which has this module's own address too

    types = [shape for shape, _statuses in _ANSWERS.values()]
    types += [list[shapes.Wrong], *_ASKS.values(), *_FORMS.values()]
    found, components = msgspec.json.schema_components(types, ref_template=_REF)
    schemas = dict(zip(map(str, types), found, strict=True))
    paths: dict[str, Any] = {}
    for pattern in urlpatterns:
        methods = getattr(pattern.callback, "methods", None)
        if methods is not None:
            route = re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
            paths[f"/{route}"] = {
                method.lower(): _operation(route, handler, schemas, components)
                for method, handler in methods.items()
            }
    key = {"type": "http", "scheme": "bearer", "description": "beichen client new makes a key"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": __version__},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"key": key}},
    }


def _operation(
    route: str, handler: Any, schemas: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    shape, statuses = _ANSWERS[handler]
    wrong = _ERRORS + (_KEYED if handler in _ASKS or handler in _FORMS or "report_code" in route else ())
    answers = {str(status): _answer("done", schemas[str(shape)]) for status in statuses}
    answers |= {str(status): _answer("refused", schemas[str(list[shapes.Wrong])]) for status in sorted(wrong)}
    made: dict[str, Any] = {
        "operationId": handler.__name__.strip("_"),
        "summary": (handler.__doc__ or "").strip(),
        "parameters": [*_of_path(route), *_of_query(_ASKS.get(handler), components)],
        "responses": answers,
    }
    if handler in _FORMS:
        made["security"] = [{"key": []}]
        made["parameters"].append(_header("Idempotency-Key", "The same report sent again comes in once."))
        fields = components[_FORMS[handler].__name__]
        form = {**fields, "required": list(shapes.NEEDED)}
        files = {
            "type": "array",
            "maxItems": shapes.MOST_FILES,
            "items": {"type": "string", "format": "binary"},
        }
        with_files = {**form, "properties": {**form["properties"], "media": files}}
        made["requestBody"] = {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": form},
                "multipart/form-data": {"schema": with_files},
            },
        }
    return made


def _answer(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    content = {media_type.partition(";")[0]: {"schema": schema} for media_type in FORMATS.values()}
    return {"description": words, "content": content}


def _of_path(route: str) -> list[dict[str, Any]]:
    found = []
    for name in re.findall(r"{(\w+)}", route):
        schema: dict[str, Any] = {"type": "string"}
        if name == "form":
            schema["enum"] = list(FORMATS)
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _of_query(asked: Any, components: dict[str, Any]) -> list[dict[str, Any]]:
    known = components[asked.__name__]["properties"] if asked is not None else {}
    return [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in ({**known, "jurisdiction_id": {"type": "string"}}).items()
    ]


def _header(name: str, words: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "description": words,
        "schema": {"type": "string", "maxLength": 200},
    }
