"""What GET answers: an address leads to rows, an entity or observations, and the options say what of them."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from beichen.kernel.access.service import acting, require
from beichen.platforms.iot.sensorthings import observing
from beichen.platforms.iot.sensorthings.address import Address, Step, address_of
from beichen.platforms.iot.sensorthings.codes import no_entity
from beichen.platforms.iot.sensorthings.entities import Asker, following, page, shown
from beichen.platforms.iot.sensorthings.filters import Node
from beichen.platforms.iot.sensorthings.options import Query, query_of
from beichen.platforms.iot.sensorthings.rights import READ
from beichen.platforms.iot.sensorthings.schema import DATASTREAMS, FEATURES, MULTI, TYPES
from beichen.platforms.iot.sensorthings.told import paths_of

ROOT = "sta/v1.1"
CONFORMANCE = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMS = (
    "datamodel",
    "resource-path/resource-path-to-entities",
    "request-data",
    "create-update-delete/create-entity",
    "create-update-delete/link-to-existing-entities",
    "create-update-delete/deep-insert",
    "create-update-delete/deep-insert-status-code",
    "create-update-delete/update-entity",
    "create-update-delete/historical-location-auto-creation",
    "data-array/data-array",
    "multi-datastream",
)


def json_answer(content: Any, status: int = 200) -> HttpResponse:
    """An answer in JSON."""
    return HttpResponse(orjson.dumps(content), status=status, content_type="application/json")


def asker_of(request: HttpRequest) -> Asker:
    """Who asks, and where."""
    return Asker(acting(request), request.build_absolute_uri(f"/{ROOT}"))


def answered(request: HttpRequest, path: str) -> HttpResponse:
    """The answer to a GET. Raises ProblemError ACC-403, STA-101 to STA-106."""
    asker = asker_of(request)
    require(asker.actor, READ)
    if not path.strip("/"):
        return json_answer(_document(asker))
    address = address_of(path)
    options = {name: values[-1] for name, values in request.GET.lists()}
    query = query_of(options, address.kind, now=timezone.now())
    return _read(address, query, asker, request.build_absolute_uri(request.path))


def _document(asker: Asker) -> dict[str, Any]:
    """The service's root (clause 9.2.1)."""
    return {
        "value": [{"name": name, "url": f"{asker.root}/{name}"} for name in TYPES],
        "serverSettings": {"conformance": [f"{CONFORMANCE}{name}" for name in CONFORMS]},
    }


def _read(address: Address, query: Query, asker: Asker, own: str) -> HttpResponse:
    last = address.steps[-1]
    rows = rows_of(address, asker)
    if last.kind.name == "Observations" and last.is_one:
        entities = observing.shown([rows], query, asker)
    elif last.kind.name == "Observations":
        return _observations(_question(rows, query, asker), address, own)
    elif last.is_one:
        entities = shown(list(rows[:1]), last.kind, query, asker)
    else:
        entities, number, is_more = page(rows, last.kind, query, asker)
        return _collection(entities, number, address, own, query, is_more=is_more)
    if not entities:
        raise no_entity(last.kind.singular)
    return _one(entities[0], address)


def _question(rows: Any, query: Query, asker: Asker) -> observing.Question:
    """The question about observations; those of MultiDatastreams where the filter speaks of such."""
    if isinstance(rows, FEATURES.model):
        return observing.of_feature(rows, query, asker)
    if rows.model is DATASTREAMS.model and query.filter is not None and of_multi(query.filter):
        rows = asker.rows(MULTI)
    return observing.asked(rows, query, asker)


def of_multi(node: Node) -> bool:
    """Whether a tree speaks of MultiDatastreams."""
    return any(path.parts[0] == "MultiDatastream" for path in paths_of(node))


def _observations(question: observing.Question, address: Address, own: str) -> HttpResponse:
    query, asker = question.query, question.asker
    found, is_more = question.page()
    number = question.number() if query.counts else None
    made = observing.arrays(found, asker) if query.is_array else observing.shown(found, query, asker)
    return _collection(made, number, address, own, query, is_more=is_more)


def _collection(
    entities: list[dict[str, Any]],
    number: int | None,
    address: Address,
    own: str,
    query: Query,
    *,
    is_more: bool,
) -> HttpResponse:
    content: dict[str, Any] = {} if number is None else {"@iot.count": number}
    if is_more:
        content["@iot.nextLink"] = following(own, query)
    if address.is_reference:
        entities = [{"@iot.selfLink": one.get("@iot.selfLink")} for one in entities]
    return json_answer({**content, "value": entities})


def _one(entity: dict[str, Any], address: Address) -> HttpResponse:
    if address.is_reference:
        return json_answer({"@iot.selfLink": entity.get("@iot.selfLink")})
    if not address.member:
        return json_answer(entity)
    name = "@iot.id" if address.member == "id" else address.member
    value = entity.get(name)
    for part in address.rest:
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return HttpResponse(status=204)
    if address.is_bare:
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return json_answer({address.rest[-1] if address.rest else name: value})


def rows_of(address: Address, asker: Asker) -> Any:
    """What an address leads to: rows; an observation; for observations their series, or their feature.

    Raises ProblemError STA-101 for an entity on the way that is not there.
    """
    rows: Any = None
    before: Step | None = None
    for step in address.steps:
        rows = _step(step, before, rows, asker)
        before = step
    return rows


def _step(step: Step, before: Step | None, rows: Any, asker: Asker) -> Any:
    if step.kind.name == "Observations":
        if step.key is not None:
            found = observing.one(str(step.key), asker)
            if before is not None and not _leads(before, only(before, rows), found):
                raise no_entity(f"Observation {step.key}")
            return found
        if before is None:
            return asker.rows(TYPES["Datastreams"])
        parent = only(before, rows)
        return parent if before.kind is FEATURES else asker.rows(before.kind).filter(pk=parent.pk)
    following_rows = asker.rows(step.kind)
    if before is not None and before.kind.name == "Observations":
        key = observing.related_key(rows, step.relation.name) if step.relation else None
        following_rows = following_rows.filter(pk=key)
    elif before is not None and step.relation is not None:
        parent = only(before, rows)
        following_rows = following_rows.filter(**{step.relation.back: parent.pk}).distinct()
        if step.relation.order:
            following_rows = following_rows.order_by(step.relation.order)
    if step.key is not None:
        following_rows = (
            following_rows.filter(pk=step.key) if isinstance(step.key, int) else following_rows.none()
        )
    return following_rows


def only(step: Step, rows: Any) -> Any:
    """The one entity that a step leads to. Raises ProblemError STA-101."""
    found = rows.first() if hasattr(rows, "first") else rows
    if found is None:
        raise no_entity(step.kind.singular + (f" {step.key}" if step.key is not None else ""))
    return found


def _leads(step: Step, parent: Any, found: observing.AnyFound) -> bool:
    """Whether an observation is of this series or feature."""
    return bool(observing.related_key(found, step.kind.singular) == parent.pk)
