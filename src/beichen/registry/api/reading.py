"""Reading entities: one by id, many by query, as JSON, JSON-LD or GeoJSON (clauses 6.4, 6.5, 6.23)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from beichen.problem import shorten
from beichen.registry.api.answer import answer, context_value
from beichen.registry.api.asking import ASKING, SHOWING, Asking, Showing, asking_of, showing_of, types_of_text
from beichen.registry.api.call import GEO_JSON, JSON, LD_JSON, Call, accepted, entity_id
from beichen.registry.api.paging import add_pages
from beichen.registry.api.query_document import document_asking
from beichen.registry.disclosure import Disclosure
from beichen.registry.document.geojson import collection, feature
from beichen.registry.document.representation import Stamps
from beichen.registry.linking import Links
from beichen.registry.problems import bad_parameter, not_found
from beichen.registry.query.ordering import order
from beichen.registry.query.plan import Query, has_types
from beichen.registry.query.search import Row, Search

BY_DOCUMENT = ("options", "format", "limit", "offset", "count", "local", "lang", "geometryProperty")
OFFERED = (JSON, LD_JSON, GEO_JSON)
Document = dict[str, Any]


class Reader:
    """Turns found rows into the bytes of an answer."""

    def __init__(self, call: Call, showing: Showing, search: Search, media_type: str) -> None:
        self.call = call
        self.showing = showing
        self.media_type = media_type
        self.disclosure = Disclosure(call.actor, search.kinds.values())
        self.context = context_value(call.context) if media_type in {LD_JSON, GEO_JSON} else None
        self.links = Links(call.actor, self.disclosure)

    def stored(self, rows: Sequence[Row]) -> bytes | None:
        """The answer put together from stored texts; None when some must be read first."""
        shown = self.showing
        if not shown.representation.is_stored or shown.join or self.media_type == GEO_JSON:
            return None
        kinds, texts = {row.type_id for row in rows}, [row.document for row in rows]
        self.disclosure.learn(kinds)
        if not self.disclosure.are_open(kinds, texts):
            return None
        if self.context is not None:
            tail = ',"@context":' + orjson.dumps(self.context).decode() + "}"
            texts = [text[:-1] + tail for text in texts]
        return f"[{','.join(texts)}]".encode()

    def found(self, row: Row) -> tuple[Document, Stamps]:
        """A row's document as the actor may see it, and its times."""
        document = self.disclosure.read(row.id, row.document)
        return document, Stamps.of(row.created_at, row.modified_at, row.stamps)

    def show(self, document: Document, stamps: Stamps) -> Document:
        """One entity as it was asked for, with linked entities inside."""
        shown = self.showing.representation
        if self.showing.join == "inline":
            return self.links.inline(document, stamps, shown, self.showing.join_level, frozenset())
        return shown.render(document, stamps)

    def finish(self, rendered: Document, document: Document, *, alone: bool) -> Document:
        """An entity with its context, or as a feature."""
        if self.media_type == GEO_JSON:
            found = feature(rendered, document, self.showing.geometry)
            return {**found, "@context": self.context} if alone and self._with_context() else found
        return {**rendered, "@context": self.context} if self.context is not None else rendered

    def _with_context(self) -> bool:
        return "body=json" not in self.call.request.headers.get("Prefer", "").replace(" ", "")

    def many(self, found: Sequence[tuple[Document, Stamps]]) -> Any:
        """The body of a list."""
        rendered = [(self.show(*item), item[0]) for item in found]
        shown = [self.finish(item, document, alone=False) for item, document in rendered if item]
        if self.showing.join == "flat":
            flat = self.links.flat(found, self.showing.representation, self.showing.join_level)
            shown += [self.finish(item, item, alone=False) for item in flat]
        if self.media_type == GEO_JSON:
            return collection(shown, self.context if self._with_context() else None)
        return shown


def retrieve(request: HttpRequest, urn: str) -> HttpResponse:
    """GET entities/{id}."""
    call = Call(request, (*SHOWING, "type"))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    entity_id(urn)
    showing = showing_of(call)
    _check_geometry(call, media_type)
    search = Search(Query(ids=[urn]), call.actor)
    rows, _ = search.page(1)
    if not rows:
        raise not_found(shorten(f"there is no object with the id {urn}"), "/id")
    reader = Reader(call, showing, search, media_type)
    document, stamps = reader.found(rows[0])
    _check_type(call, document)
    shown = reader.show(document, stamps)
    _check_left(showing, document, shown)
    reader.disclosure.record()
    if showing.join == "flat":
        content = reader.many([(document, stamps)])
        alone = isinstance(content, list) and len(content) == 1
        return answer(content[0] if alone else content, media_type, call.context)
    return answer(reader.finish(shown, document, alone=True), media_type, call.context)


def _check_geometry(call: Call, media_type: str) -> None:
    if "geometryProperty" in call.parameters and media_type != GEO_JSON:
        raise bad_parameter("geometryProperty", "only GeoJSON shows one geometry", f"Accept: {GEO_JSON}")


def _check_type(call: Call, document: Document) -> None:
    wanted = types_of_text(call.text("type"), call.context)
    if wanted is not None and not has_types(wanted, document):
        raise not_found(shorten(f"{document['id']} is not of that type"), "/type")


def _check_left(showing: Showing, document: Document, shown: Document) -> None:
    """A projection that leaves nothing finds nothing (clause 5.7.1.4)."""
    representation = showing.representation
    if representation.attributes and representation.attributes.isdisjoint(document):
        raise not_found("the object has none of these attributes", "/attrs")
    if (representation.pick or representation.omit) and not shown:
        raise not_found("nothing is left of the object", "/pick")


def query(request: HttpRequest) -> HttpResponse:
    """GET entities."""
    call = Call(request, (*SHOWING, *ASKING))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    showing = showing_of(call)
    _check_geometry(call, media_type)
    return _respond(call, asking_of(call, showing), showing, media_type, "/ngsi-ld/v1/entities")


def query_by_document(request: HttpRequest) -> HttpResponse:
    """POST entityOperations/query."""
    call = Call(
        request, ("options", "format", "limit", "offset", "count", "local", "lang", "geometryProperty")
    )
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    payload = call.document()
    asking, showing = document_asking(call, payload)
    return _respond(call, asking, showing, media_type, "/ngsi-ld/v1/entityOperations/query")


def _respond(call: Call, asking: Asking, showing: Showing, media_type: str, path: str) -> HttpResponse:
    with_times = showing.representation.with_times or bool(asking.ordering) or bool(showing.join)
    search = Search(asking.query, call.actor, with_times=with_times)
    reader = Reader(call, showing, search, media_type)
    if asking.ordering:
        entries = [(row, *reader.found(row)) for row in search.every()]
        ordered = order(entries, asking.ordering)
        chosen = ordered[asking.offset : asking.offset + asking.limit]
        has_more = len(ordered) > asking.offset + asking.limit
        content: Any = reader.many([(document, stamps) for _, document, stamps in chosen])
    else:
        rows, has_more = search.page(asking.limit, asking.offset) if asking.limit else ([], False)
        content = reader.stored(rows)
        if content is None:
            content = reader.many([reader.found(row) for row in rows])
    reader.disclosure.record()
    response = answer(content, media_type, call.context)
    if asking.count:
        response["NGSILD-Results-Count"] = str(search.count())
    add_pages(call, response, path, limit=asking.limit, offset=asking.offset, has_more=has_more)
    return response
