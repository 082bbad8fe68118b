"""The registry's paths: NGSI-LD at /ngsi-ld/v1. What the house does not offer is not there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from beichen.problem import shorten
from beichen.registry import views
from beichen.registry.api import (
    batch,
    contexts,
    discovery,
    entities,
    past,
    purging,
    reading,
    subscriptions,
    temporal,
)
from beichen.registry.api.answer import View, endpoint
from beichen.registry.problems import not_found

ROOT = r"^ngsi-ld/v1/"


def _nothing(request: HttpRequest) -> HttpResponse:
    raise not_found(shorten(f"there is nothing at {request.path}"))


def _at(pattern: str, **methods: View) -> URLPattern:
    return re_path(rf"{ROOT}{pattern}/?$", endpoint(**methods))


app_name = "registry"
urlpatterns = [
    path("admin/subscriptions", views.subscriptions, name="subscriptions"),
    path("admin/subscriptions/<int:number>", views.subscription, name="subscription"),
    path("admin/subscriptions/<int:number>/pause", views.pause, name="pause"),
    path("admin/subscriptions/<int:number>/resume", views.resume, name="resume"),
    path("admin/subscriptions/<int:number>/delete", views.delete, name="delete"),
    _at(
        "entities",
        GET=reading.query,
        POST=entities.create,
        PUT=entities.nowhere,
        PATCH=entities.nowhere,
        DELETE=purging.purge,
    ),
    _at(
        "entities/(?P<urn>.*)/attrs/(?P<name>[^/]+|.*://.+?)",
        PATCH=entities.patch_attribute,
        PUT=entities.replace_attribute,
        DELETE=entities.delete_attribute,
    ),
    _at("entities/(?P<urn>.*)/attrs", POST=entities.append_attributes, PATCH=entities.update_attributes),
    _at(
        "entities/(?P<urn>.+?)",
        GET=reading.retrieve,
        PUT=entities.replace,
        PATCH=entities.merge,
        DELETE=entities.delete,
    ),
    _at("entityOperations/create", POST=batch.create),
    _at("entityOperations/upsert", POST=batch.upsert),
    _at("entityOperations/update", POST=batch.update),
    _at("entityOperations/merge", POST=batch.merge),
    _at("entityOperations/delete", POST=batch.delete),
    _at("entityOperations/query", POST=reading.query_by_document),
    _at("types", GET=discovery.types),
    _at("types/(?P<name>.+?)", GET=discovery.one_type),
    _at("attributes", GET=discovery.attributes),
    _at("attributes/(?P<name>.+?)", GET=discovery.one_attribute),
    _at(
        "subscriptions",
        GET=subscriptions.listed,
        POST=subscriptions.create,
    ),
    _at(
        "subscriptions/(?P<urn>.+?)",
        GET=subscriptions.retrieve,
        PATCH=subscriptions.change,
        DELETE=subscriptions.delete,
    ),
    _at("temporal/entities", GET=temporal.query, POST=past.create),
    _at("temporal/entityOperations/query", POST=temporal.query_by_document),
    _at("temporal/entities/.*/attrs//.*", DELETE=past.nowhere),
    _at(
        "temporal/entities/(?P<urn>.*)/attrs/(?P<name>[^/]+|.*://[^/]+/.+?)/(?P<key>urn:[^/]+|[^/]+)",
        PATCH=past.change_instance,
        DELETE=past.delete_instance,
    ),
    _at("temporal/entities/(?P<urn>.*)/attrs/(?P<name>[^/]+|.*://.+?)", DELETE=past.delete_attribute),
    _at("temporal/entities/(?P<urn>.*)/attrs", POST=past.append),
    _at("temporal/entities/(?P<urn>.+?)", GET=temporal.retrieve, DELETE=past.delete),
    _at("jsonldContexts", GET=contexts.listed, POST=contexts.add),
    _at("jsonldContexts/(?P<name>.+?)", GET=contexts.serve, DELETE=contexts.remove),
    re_path(r"^ngsi-ld/", endpoint(**dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), _nothing))),
]
