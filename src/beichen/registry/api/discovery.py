"""Which types and attributes there are (clauses 5.7.5 to 5.7.10, 6.25 to 6.28), from the counts of uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.problem import ProblemError, shorten
from beichen.registry.api.answer import answer, context_value
from beichen.registry.api.call import JSON, LD_JSON, Call, accepted
from beichen.registry.document.names import is_name, to_iri
from beichen.registry.models import AttributeUse
from beichen.registry.problems import bad_data, not_found
from beichen.registry.query.plan import Query
from beichen.registry.query.reach import clearance_of, reach_of
from beichen.registry.query.search import Search

OFFERED = (JSON, LD_JSON)


class Uses:
    """The types and attributes in use that an actor may know of."""

    def __init__(self, actor: Actor, **narrowed: Any) -> None:
        reach = clearance_of(actor)
        known = AttributeUse.objects.none() if reach_of(actor).is_nothing else AttributeUse.objects.all()
        rows = known.filter(count__gt=0, type__level__lte=reach, **narrowed)
        self.objects: dict[str, int] = {}
        self.forms: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self.counts: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows.select_related("type").order_by("type__key", "attribute"):
            key = row.type.key
            if not row.attribute:
                self.objects[key] = row.count
            elif row.type.levels.get(row.attribute, 0) <= reach:
                self.forms[key].setdefault(row.attribute, set()).add(row.form)
                self.counts[(key, row.attribute)] += row.count

        self._actor = actor
        self.is_narrow = not actor.is_system and any(
            (scope.region_path, scope.body_path) != (EVERYWHERE, EVERYWHERE) for scope in actor.scopes
        )

    def count(self, key: str) -> int:
        """How many objects of the type the actor sees: all that are kept, or those within its scope."""
        if not self.is_narrow:
            return self.objects[key]
        return Search(Query(types=key), self._actor, with_times=False).count()

    def attributes(self) -> list[str]:
        """All attributes in use."""
        return sorted({name for names in self.forms.values() for name in names})


def _respond(call: Call, content: Any, media_type: str) -> HttpResponse:
    if media_type == LD_JSON:
        context = context_value(call.context)
        if isinstance(content, list):
            content = [{**item, "@context": context} for item in content]
        else:
            content = {**content, "@context": context}
    return answer(content, media_type, call.context)


def _begin(request: HttpRequest, *, lists: bool) -> tuple[Call, str, bool]:
    call = Call(request, ("details", "local") if lists else ("local",))
    return call, accepted(request.headers.get("Accept", ""), OFFERED), call.truth("details")


def _name(call: Call, name: str) -> str:
    if not is_name(name):
        raise ProblemError(bad_data(f"{name[:40]!r} is no name", "/name"))
    return call.context.expand(name)


def _sorted_names(call: Call, names: Iterable[str]) -> list[str]:
    return sorted(call.context.compact(name) for name in names)


def types(request: HttpRequest) -> HttpResponse:
    """GET types."""
    call, media_type, details = _begin(request, lists=True)
    uses = Uses(call.actor)
    if not details:
        content: Any = {
            "id": "urn:ngsi-ld:EntityTypeList:beichen",
            "type": "EntityTypeList",
            "typeList": _sorted_names(call, uses.objects),
        }
        return _respond(call, content, media_type)
    content = [
        {
            "id": to_iri(key),
            "type": "EntityType",
            "typeName": call.context.compact(key),
            "attributeNames": _sorted_names(call, uses.forms[key]),
        }
        for key in uses.objects
    ]
    return _respond(call, content, media_type)


def one_type(request: HttpRequest, name: str) -> HttpResponse:
    """GET types/{type}."""
    call, media_type, _ = _begin(request, lists=False)
    key = _name(call, name)
    uses = Uses(call.actor, type__key=key)
    if key not in uses.objects:
        raise not_found(shorten(f"no entity has the type {name}"))
    compact = call.context.compact
    content = {
        "id": to_iri(key),
        "type": "EntityTypeInfo",
        "typeName": compact(key),
        "entityCount": uses.count(key),
        "attributeDetails": [
            {
                "id": to_iri(attribute),
                "type": "Attribute",
                "attributeName": compact(attribute),
                "attributeTypes": sorted(forms),
            }
            for attribute, forms in sorted(uses.forms[key].items())
        ],
    }
    return _respond(call, content, media_type)


def _attribute(call: Call, uses: Uses, name: str, *, details: bool) -> dict[str, Any]:
    typed = [key for key in uses.forms if name in uses.forms[key]]
    content: dict[str, Any] = {
        "id": to_iri(name),
        "type": "Attribute",
        "attributeName": call.context.compact(name),
        "typeNames": _sorted_names(call, typed),
    }
    if details and not uses.is_narrow:  # the count of the whole city is not for a part of it to know
        content["attributeCount"] = sum(uses.counts[(key, name)] for key in typed)
    if details:
        content["attributeTypes"] = sorted(set().union(*(uses.forms[key][name] for key in typed)))
    return content


def attributes(request: HttpRequest) -> HttpResponse:
    """GET attributes."""
    call, media_type, details = _begin(request, lists=True)
    uses = Uses(call.actor)
    if not details:
        content: Any = {
            "id": "urn:ngsi-ld:AttributeList:beichen",
            "type": "AttributeList",
            "attributeList": _sorted_names(call, uses.attributes()),
        }
        return _respond(call, content, media_type)
    content = [_attribute(call, uses, name, details=False) for name in uses.attributes()]
    return _respond(call, content, media_type)


def one_attribute(request: HttpRequest, name: str) -> HttpResponse:
    """GET attributes/{attribute}."""
    call, media_type, _ = _begin(request, lists=False)
    stored = _name(call, name)
    uses = Uses(call.actor, attribute=stored)
    if not uses.forms:
        raise not_found(shorten(f"no entity has the attribute {name}"))
    return _respond(call, _attribute(call, uses, stored, details=True), media_type)
