"""Writing one entity and its attributes (clauses 6.4.3.1, 6.5.3, 6.6, 6.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from beichen.problem import ProblemError, shorten
from beichen.registry import service
from beichen.registry.api.answer import answer, empty
from beichen.registry.api.asking import types_of_text
from beichen.registry.api.call import JSON, Call, bad_request, entity_id
from beichen.registry.document import changes
from beichen.registry.document.changes import Document, Result
from beichen.registry.document.context import Context
from beichen.registry.document.expansion import Entity, Expander
from beichen.registry.document.names import is_name, is_uri, to_iri
from beichen.registry.document.values import Nulls, is_utc_time
from beichen.registry.problems import bad_data, bad_parameter, not_found
from beichen.registry.query.plan import has_types
from beichen.registry.query.selection import Selection

Operation = Callable[[Document], Result]
ENTITIES = "/ngsi-ld/v1/entities/"


def _expanded(expander: Expander, payload: dict[str, Any], urn: str | None, *, needs_type: bool) -> Entity:
    entity = expander.entity(payload, urn, needs_type=needs_type)
    expander.finish()
    return entity


def _options(call: Call, *allowed: str) -> list[str]:
    options = call.words("options")
    for option in options:
        if option not in allowed:
            raise bad_parameter("options", f"{option[:40]!r} is no option here", ", ".join(allowed))
    return options


def _selection(call: Call, context: Context) -> Selection | None:
    return types_of_text(call.text("type"), context)


def _guarded(operation: Operation, wanted: Selection | None) -> Operation:
    """``operation`` for entities of the wanted type only (the type parameter of clause 6.5.3)."""

    def change(document: Document) -> Result:
        if wanted is not None and not has_types(wanted, document):
            raise not_found(shorten(f"{document['id']} is not of that type"), "/type")
        return operation(document)

    return change


def _change(call: Call, urn: str, operation: Operation) -> Result:
    draft = service.Draft(
        Entity(urn, [], None), _guarded(operation, _selection(call, call.context)), may_create=False
    )
    return service.write_object(draft, by=call.actor)[1]


def _update_answer(call: Call, result: Result) -> HttpResponse:
    """204, or 207 with what was updated and what was not (clause 5.2.18)."""
    if not result.refused:
        return empty()
    # Names are IRIs here: the answer is plain JSON without a context of its own.
    body = {
        "updated": [to_iri(name) for name in result.updated if name not in result.refused],
        "notUpdated": [
            {"attributeName": to_iri(name), "reason": reason} for name, reason in result.refused.items()
        ],
    }
    return answer(body, JSON, status=207)


# ── the entity ────────────────────────────────────────────────────────────────────────────────────


def create(request: HttpRequest) -> HttpResponse:
    """POST entities."""
    call = Call(request, ("local",))
    call.writer()
    payload = call.document()
    entity = _expanded(Expander(call.context), payload, None, needs_type=True)
    service.write_object(service.Draft(entity, may_change=False), by=call.actor)
    response = empty(201)
    response["Location"] = ENTITIES + entity.urn
    return response


def nowhere(request: HttpRequest) -> HttpResponse:
    """PUT and PATCH entities/ without an id."""
    Call(request, ("options", "type", "local", "lang", "observedAt")).writer()
    raise ProblemError(bad_data("the path names no entity", "/id", "entities/urn:ngsi-ld:Building:1"))


def replace(request: HttpRequest, urn: str) -> HttpResponse:
    """PUT entities/{id}."""
    call = Call(request, ("type", "local"))
    call.writer()
    entity_id(urn)
    payload = call.document()
    entity = _expanded(Expander(call.context), payload, urn, needs_type=False)

    def operation(document: Document) -> Result:
        if not entity.types:
            entity.types = changes.types_of(document)
        return changes.replace_entity(document, entity)

    _change(call, urn, operation)
    return empty()


def merge(request: HttpRequest, urn: str) -> HttpResponse:
    """PATCH entities/{id}."""
    call = Call(request, ("options", "format", "observedAt", "lang", "type", "local"))
    call.writer()
    entity_id(urn)
    _options(call, "keyValues", "simplified", "concise", "normalized")
    at, lang = call.text("observedAt"), call.text("lang")
    if at and not is_utc_time(at):
        raise bad_parameter("observedAt", "not a UTC time", "such as 2026-08-01T12:00:00Z")
    payload = call.document(patch=True)
    expander = Expander(call.context, Nulls.ANYWHERE, is_patch=True)
    entity = _expanded(expander, payload, urn, needs_type=False)
    result = _change(call, urn, lambda document: changes.merge(document, entity, lang=lang, at=at))
    return _update_answer(call, result)


def delete(request: HttpRequest, urn: str) -> HttpResponse:
    """DELETE entities/{id}."""
    call = Call(request, ("type", "local"))
    call.writer()
    entity_id(urn)
    wanted = _selection(call, call.context)
    if wanted is not None:
        # The check and the removal are two steps; an object keeps its types for life (clause 5.6.2).
        row = service.object_by_urn(urn, by=call.actor)
        if not has_types(wanted, row.parsed()):
            raise not_found(shorten(f"{urn} is not of that type"), "/type")
    errors = service.remove_objects([urn], by=call.actor)
    if errors:
        raise errors[urn]
    return empty()


# ── its attributes ────────────────────────────────────────────────────────────────────────────────


def append_attributes(request: HttpRequest, urn: str) -> HttpResponse:
    """POST entities/{id}/attrs."""
    call = Call(request, ("options", "type", "local"))
    call.writer()
    entity_id(urn)
    overwrite = "noOverwrite" not in _options(call, "noOverwrite")
    payload = call.document()
    entity = _expanded(Expander(call.context), payload, urn, needs_type=False)
    result = _change(call, urn, lambda document: changes.append(document, entity, overwrite=overwrite))
    return _update_answer(call, result)


def update_attributes(request: HttpRequest, urn: str) -> HttpResponse:
    """PATCH entities/{id}/attrs."""
    call = Call(request, ("type", "local"))
    call.writer()
    entity_id(urn)
    payload = call.document(patch=True)
    entity = _expanded(Expander(call.context, Nulls.ATTRIBUTE), payload, urn, needs_type=False)
    result = _change(call, urn, lambda document: changes.update(document, entity))
    return _update_answer(call, result)


def _attribute_name(call: Call, name: str) -> str:
    if not is_name(name):
        raise ProblemError(bad_data(f"{name[:40]!r} cannot name an attribute", "/attrId"))
    return name if name == "scope" else call.context.expand(name)


def _attribute_payload(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "@context"}


def patch_attribute(request: HttpRequest, urn: str, name: str) -> HttpResponse:
    """PATCH entities/{id}/attrs/{name}."""
    call = Call(request, ("type", "local"))
    call.writer()
    entity_id(urn)
    payload = _attribute_payload(call.document(patch=True))
    stored = _attribute_name(call, name)
    expander = Expander(call.context, Nulls.ATTRIBUTE, is_patch=True)
    patch = expander.instance(stored, payload, "", 0)
    expander.finish()
    if patch is None:
        raise bad_request("the attribute cannot be read")
    _change(call, urn, lambda document: changes.patch_attribute(document, stored, patch))
    return empty()


def replace_attribute(request: HttpRequest, urn: str, name: str) -> HttpResponse:
    """PUT entities/{id}/attrs/{name}."""
    call = Call(request, ("type", "local"))
    call.writer()
    entity_id(urn)
    payload = _attribute_payload(call.document())
    stored = _attribute_name(call, name)
    expander = Expander(call.context)
    attribute = expander.attribute(stored, payload, "")
    expander.finish()
    if attribute is None:
        raise bad_request("the attribute cannot be read")
    _change(call, urn, lambda document: changes.replace_attribute(document, stored, attribute))
    return empty()


def delete_attribute(request: HttpRequest, urn: str, name: str) -> HttpResponse:
    """DELETE entities/{id}/attrs/{name}."""
    call = Call(request, ("datasetId", "deleteAll", "type", "local"))
    call.writer()
    entity_id(urn)
    stored = _attribute_name(call, name)
    every = call.truth("deleteAll")
    dataset = call.text("datasetId")
    if dataset and not is_uri(dataset):
        raise bad_parameter("datasetId", "no URI")
    if every and dataset:
        raise bad_parameter("deleteAll", "deleteAll does not go with datasetId")
    _change(call, urn, lambda document: changes.remove_attribute(document, stored, dataset, every=every))
    return empty()
