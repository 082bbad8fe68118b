"""The Query document of POST entityOperations/query (clause 5.2.23)."""

from __future__ import annotations

from typing import Any

from beichen.problem import ProblemError
from beichen.registry.api.asking import (
    JOIN_LEVELS,
    Asking,
    Showing,
    datasets_of,
    format_of,
    geo_of,
    ids_of,
    join_of,
    names_of,
    page_of,
    pattern_of,
    project_onto,
    types_of_text,
)
from beichen.registry.api.call import Call, bad_request
from beichen.registry.document.context import Context
from beichen.registry.document.languages import parse_languages
from beichen.registry.document.representation import Representation
from beichen.registry.problems import bad_data
from beichen.registry.query.ordering import parse_ordering
from beichen.registry.query.parser import parse_query
from beichen.registry.query.plan import Query, Selector
from beichen.registry.query.scopes import parse_scopes
from beichen.registry.query.selection import Either

_MEMBERS = frozenset(
    {"type", "@context", "entities", "attrs", "q", "geoQ", "scopeQ", "csf", "lang", "pick", "omit",
     "datasetId", "join", "joinLevel", "containedBy", "orderBy", "ordering", "expandValues", "jsonKeys",
     "temporalQ", "local"}
)  # fmt: skip


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name, "")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ",".join(value)
    if not isinstance(value, str) or (name in payload and not value):
        raise ProblemError(bad_data(f"{name} is a text", f"/{name}"))
    return value


def document_list(payload: dict[str, Any], name: str) -> list[str]:
    """A member that is a list of texts, or a text with commas."""
    value = payload.get(name, [])
    values = value.split(",") if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) and item for item in values):
        raise ProblemError(bad_data(f"{name} is a list of texts", f"/{name}"))
    if name in payload and not values:
        raise ProblemError(bad_data(f"{name} is empty", f"/{name}"))
    return values


def document_asking(call: Call, payload: dict[str, Any]) -> tuple[Asking, Showing]:
    """What a Query document asks for. Raises ProblemError REG-101 with a pointer."""
    _check(payload)
    showing = _showing(call, payload)
    everything = call.truth("local") or bool(payload.get("local"))
    query = Query(attributes=sorted(showing.representation.attributes), is_everything=everything)
    selectors_of_document(query, payload.get("entities"), call.context)
    conditions_of_document(query, payload, call.context)
    ordering = payload.get("ordering", {})
    order = ordering.get("orderBy") if isinstance(ordering, dict) else None
    text = _text({"orderBy": order}, "orderBy") if order else _text(payload, "orderBy")
    return page_of(call, query, parse_ordering(text, call.context.expand)), showing


def _check(payload: dict[str, Any]) -> None:
    if payload.get("type") != "Query":
        raise ProblemError(bad_data("the document's type is Query", "/type"))
    for name in payload:
        if name not in _MEMBERS:
            raise ProblemError(bad_data(f"a Query has no member {name!r}", f"/{name}"))
    if "temporalQ" in payload:
        raise bad_request("temporal queries are not answered here")


def _showing(call: Call, payload: dict[str, Any]) -> Showing:
    context = call.context
    form, with_times, _ = format_of(call)
    shown = Representation(context, form, with_times)
    shown.attributes = names_of(document_list(payload, "attrs"), context, "attrs")
    project_onto(shown, _text(payload, "pick"), _text(payload, "omit"), context)
    language = _text(payload, "lang") or call.text("lang")
    shown.languages = parse_languages(language) if language else []
    shown.datasets = datasets_of(document_list(payload, "datasetId"))
    level = payload.get("joinLevel", 1)
    if not isinstance(level, int) or not 1 <= level <= JOIN_LEVELS:
        raise ProblemError(bad_data(f"joinLevel is 1 to {JOIN_LEVELS}", "/joinLevel"))
    geometry = call.text("geometryProperty")
    showing = Showing(shown, geometry=context.expand(geometry) if geometry else "location")
    return join_of(showing, _text(payload, "join"), level)


def conditions_of_document(query: Query, payload: dict[str, Any], context: Context) -> None:
    """Put q, geoQ and scopeQ of a document into a query."""
    if "q" in payload:
        values = frozenset(document_list(payload, "expandValues"))
        query.q = parse_query(_text(payload, "q"), context.expand, values)
    geo = payload.get("geoQ")
    if geo is not None:
        if not isinstance(geo, dict):
            raise ProblemError(bad_data("geoQ is an object", "/geoQ"))
        query.geo = geo_of(geo, context)
    if "scopeQ" in payload:
        query.scope = parse_scopes(_text(payload, "scopeQ"))


def selectors_of_document(query: Query, value: Any, context: Context) -> None:
    """Put the selectors of a document into a query."""
    if value is None:
        return
    selectors = value if isinstance(value, list) else [value]
    if not selectors or not all(isinstance(item, dict) for item in selectors):
        raise ProblemError(bad_data("entities is a list of selectors", "/entities"))
    read = [_selector(item, context, f"/entities/{number}") for number, item in enumerate(selectors)]
    if len(read) == 1:
        query.types, query.ids, query.id_pattern = read[0]
        query.is_everything = query.is_everything or selectors[0].get("type") == "*"
        return
    types = [item[0] for item in read if item[0] is not None]
    if len(types) == len(read):
        query.types = types[0] if len(types) == 1 else Either(tuple(types))
    ids = [found for item in read for found in item[1]]
    if all(item[1] for item in read):
        query.ids = list(dict.fromkeys(ids))
    query.selectors = read


def _selector(item: dict[str, Any], context: Context, pointer: str) -> Selector:
    kind, pattern = item.get("type"), item.get("idPattern", "")
    if not isinstance(kind, str) or not kind:
        raise ProblemError(bad_data("a selector has a type", f"{pointer}/type"))
    if not isinstance(pattern, str):
        raise ProblemError(bad_data("idPattern is a text", f"{pointer}/idPattern"))
    given = item.get("id", [])
    ids = given.split(",") if isinstance(given, str) else given
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise ProblemError(bad_data("id is a URI or a list of URIs", f"{pointer}/id"))
    return types_of_text(kind, context), ids_of(ids), "" if ids else pattern_of(pattern)
