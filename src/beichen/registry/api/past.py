"""Writing histories over HTTP (clauses 6.18.3.1, 6.19.3.2, 6.20 to 6.22)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.api.answer import empty
from beichen.registry.api.call import Call, bad_request, entity_id
from beichen.registry.document.expansion import Expander, Instance
from beichen.registry.document.names import NULL, is_name, is_uri
from beichen.registry.document.values import Nulls
from beichen.registry.history.instance import SCOPE
from beichen.registry.problems import bad_data, bad_parameter

PATH = "/ngsi-ld/v1/temporal/entities"


def _past(call: Call, payload: dict[str, Any], urn: str | None, *, needs_type: bool) -> service.PastEntity:
    expander = Expander(call.context, Nulls.ATTRIBUTE)
    head = {name: payload[name] for name in ("id", "@id", "type", "@type") if name in payload}
    entity = expander.entity(head, urn, needs_type=needs_type)
    past = service.PastEntity(entity.urn, entity.types)
    for name, value in payload.items():
        if name in head or name in {"@context", "createdAt", "modifiedAt", "deletedAt"}:
            continue
        if value == NULL or not is_name(name):
            expander.wrong(f"{name[:40]!r} cannot be such an attribute", f"/{name}")
        elif name == SCOPE:
            _scopes(expander, past, value)
        else:
            past.attributes[call.context.expand(name)] = _instances(expander, name, value)
    expander.finish()
    return past


def _scopes(expander: Expander, past: service.PastEntity, value: Any) -> None:
    """Scopes as they are, or as they went: a list of instances with times (clause 4.5.6)."""
    is_history = isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
    if not is_history and not isinstance(value, dict):
        past.scopes = expander.scopes(value)
        return
    found = []
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        instance = expander.instance(SCOPE, item, f"/{SCOPE}/{number}", 0)
        if instance is not None and "value" in instance:
            instance["value"] = expander.scopes(instance["value"])
            found.append(instance)
    past.attributes[SCOPE] = found


def _instances(expander: Expander, name: str, value: Any) -> list[Instance]:
    is_list = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    listed = value if is_list else [value]
    stored = expander.context.expand(name)
    found = [expander.instance(stored, item, f"/{name}/{number}", 0) for number, item in enumerate(listed)]
    return [instance for instance in found if instance is not None]


def create(request: HttpRequest) -> HttpResponse:
    """POST temporal/entities."""
    call = Call(request, ("local",))
    call.writer()
    payload = _payload(call)
    past = _past(call, payload, None, needs_type=False)
    is_new = service.write_history(past, by=call.actor)
    response = empty(201 if is_new else 204)
    if is_new:
        response["Location"] = f"{PATH}/{past.urn}"
    return response


def _payload(call: Call) -> dict[str, Any]:
    try:
        return call.document()
    except ProblemError as error:
        if "empty object" in error.problems[0].message:
            raise bad_request("the body is an empty object", "the members that are needed") from None
        raise


def nowhere(request: HttpRequest) -> HttpResponse:
    """Temporal paths whose entity, attribute or instance is missing."""
    raise ProblemError(bad_data("the path leaves out an id or a name", "/id"))


def append(request: HttpRequest, urn: str) -> HttpResponse:
    """POST temporal/entities/{id}/attrs."""
    call = Call(request, ("local",))
    call.writer()
    entity_id(urn)
    past = _past(call, _payload(call), urn, needs_type=False)
    service.add_to_history(past, by=call.actor)
    return empty()


def delete(request: HttpRequest, urn: str) -> HttpResponse:
    """DELETE temporal/entities/{id}."""
    call = Call(request, ("local",))
    call.writer()
    service.remove_history(entity_id(urn), by=call.actor)
    return empty()


def _attribute(call: Call, name: str) -> str:
    if not is_name(name):
        raise ProblemError(bad_data(f"{name[:40]!r} cannot name an attribute", "/attrId"))
    return name if name == SCOPE else call.context.expand(name)


def _instance_key(key: str) -> str:
    if not is_uri(key):
        raise ProblemError(bad_data(f"{key[:40]!r} is no URI", "/instanceId"))
    return key


def delete_attribute(request: HttpRequest, urn: str, name: str) -> HttpResponse:
    """DELETE temporal/entities/{id}/attrs/{name}."""
    call = Call(request, ("datasetId", "deleteAll", "local"))
    call.writer()
    entity_id(urn)
    stored, every, dataset = _attribute(call, name), call.truth("deleteAll"), call.text("datasetId")
    if dataset and not is_uri(dataset):
        raise bad_parameter("datasetId", "no URI")
    service.remove_from_history(urn, stored, dataset=dataset, every=every, by=call.actor)
    return empty()


def change_instance(request: HttpRequest, urn: str, name: str, key: str) -> HttpResponse:
    """PATCH temporal/entities/{id}/attrs/{name}/{instance}."""
    call = Call(request, ("local",))
    call.writer()
    entity_id(urn)
    payload = call.document(patch=True)
    stored, key = _attribute(call, name), _instance_key(key)
    value = payload.get(name, payload) if isinstance(payload.get(name), (list, dict)) else payload
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(value, dict):
        raise ProblemError(bad_data("the body is one instance", f"/{name}"))
    members = {member: item for member, item in value.items() if member != "@context"}
    expander = Expander(call.context, Nulls.ATTRIBUTE, is_patch=True)
    patch = expander.instance(stored, members, "", 0)
    expander.finish()
    service.change_instance(urn, stored, key, patch or {}, by=call.actor)
    return empty()


def delete_instance(request: HttpRequest, urn: str, name: str, key: str) -> HttpResponse:
    """DELETE temporal/entities/{id}/attrs/{name}/{instance}."""
    call = Call(request, ("local",))
    call.writer()
    entity_id(urn)
    service.remove_instance(urn, _attribute(call, name), _instance_key(key), by=call.actor)
    return empty()
