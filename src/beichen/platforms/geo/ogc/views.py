"""`/ogc`: the landing page and what leads from it, collections, their features, queryables and schemas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from beichen.kernel.access.service import acting
from beichen.platforms.geo.ogc import documents, items, pages, writing
from beichen.platforms.geo.ogc.answers import (
    OPENAPI,
    SCHEMA,
    answering,
    format_of,
    json_answer,
    language_of,
    page_answer,
    root_of,
)
from beichen.platforms.geo.ogc.catalogue import collection_of, collections_for
from beichen.platforms.geo.ogc.definition import definition
from beichen.platforms.geo.ogc.links import address, forms_of
from beichen.platforms.geo.ogc.questions import only_known, question_of

PLAIN = ("f",)


@answering()
def landing(request: HttpRequest) -> HttpResponse:
    """Where a client begins."""
    only_known(request.GET, PLAIN)
    root = root_of(request)
    forms = forms_of(root, {}, format_of(request))
    content = documents.landing(root, language_of(request), forms)
    if format_of(request) == "html":
        return page_answer(
            request, "landing", {"document": content, "found": pages.shown_collections(request)}
        )
    return json_answer(request, content)


@answering()
def conformance(request: HttpRequest) -> HttpResponse:
    """What is kept to."""
    only_known(request.GET, PLAIN)
    forms = forms_of(address(root_of(request), "conformance"), {}, format_of(request))
    content = documents.conformance(forms)
    return (
        pages.conformance(request, content) if format_of(request) == "html" else json_answer(request, content)
    )


@answering()
def api(request: HttpRequest) -> HttpResponse:
    """The interface's definition, OpenAPI 3.0."""
    only_known(request.GET, PLAIN)
    content = definition(root_of(request), language_of(request))
    if format_of(request) == "html":
        return pages.api(request, content)
    return json_answer(request, content, OPENAPI)


@answering()
def collections(request: HttpRequest) -> HttpResponseBase:
    """The collections that the reader may see."""
    root, form = root_of(request), format_of(request)
    if form == "html":
        return pages.collections(request)
    only_known(request.GET, PLAIN)
    found = list(collections_for(acting(request)))
    forms = forms_of(address(root, "collections"), {}, form)
    return json_answer(request, documents.collections(found, root, language_of(request), forms))


@answering()
def collection(request: HttpRequest, key: str) -> HttpResponse:
    """One collection."""
    only_known(request.GET, PLAIN)
    one, root, form = collection_of(key, acting(request)), root_of(request), format_of(request)
    if form == "html":
        return pages.collection(request, one)
    forms = forms_of(address(root, "collections", key), {}, form)
    return json_answer(request, documents.collection(one, root, language_of(request), forms))


@answering()
def queryables(request: HttpRequest, key: str) -> HttpResponse:
    """What a filter may name."""
    only_known(request.GET, PLAIN)
    one = collection_of(key, acting(request))
    content = documents.queryables(one, root_of(request), language_of(request))
    if format_of(request) == "html":
        return pages.collection(request, one)
    return json_answer(request, content, SCHEMA)


@answering()
def schema(request: HttpRequest, key: str) -> HttpResponse:
    """What a feature holds."""
    only_known(request.GET, PLAIN)
    one = collection_of(key, acting(request))
    if format_of(request) == "html":
        return pages.collection(request, one)
    return json_answer(request, documents.schema(one, root_of(request), language_of(request)), SCHEMA)


@answering("POST")
def features(request: HttpRequest, key: str) -> HttpResponse:
    """A page of features; POST adds one."""
    if request.method == "POST":
        return writing.add(request, collection_of(key, acting(request)))
    form = format_of(request)
    one = collection_of(key, acting(request), is_lean=form == "json")
    question = question_of(request, one.described.fields)
    return pages.items(request, one, question) if form == "html" else items.page(request, one, question)


@answering("PUT", "PATCH", "DELETE")
def feature(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One feature."""
    one = collection_of(key, acting(request))
    if request.method not in ("GET", "HEAD"):
        return writing.change(request, one, name)
    if format_of(request) == "html":
        return pages.item(request, one, name)
    return items.item(request, one, name)
