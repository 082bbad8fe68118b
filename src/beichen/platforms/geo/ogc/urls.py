"""The addresses of OGC API."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.ogc import tile_views, views

app_name = "platforms_geo_ogc"
_ONE = "ogc/collections/<str:key>"
urlpatterns = [
    path("ogc", views.landing, name="landing"),
    path("ogc/", views.landing),
    path("ogc/conformance", views.conformance, name="conformance"),
    path("ogc/api", views.api, name="api"),
    path("ogc/collections", views.collections, name="collections"),
    path(_ONE, views.collection, name="collection"),
    path(f"{_ONE}/queryables", views.queryables, name="queryables"),
    path(f"{_ONE}/schema", views.schema, name="schema"),
    path(f"{_ONE}/items", views.features, name="items"),
    path(f"{_ONE}/items/<path:name>", views.feature, name="item"),
    path(f"{_ONE}/tiles", tile_views.tilesets, name="tilesets"),
    path(f"{_ONE}/tiles/<str:scheme>", tile_views.tileset, name="tileset"),
    path(f"{_ONE}/tiles/<str:scheme>/<str:zoom>/<str:row>/<str:column>", tile_views.tile, name="tile"),
    path(f"{_ONE}/styles", tile_views.styles, name="styles-of"),
    path(f"{_ONE}/styles/<str:name>", tile_views.style, name="style-of"),
    path("ogc/tiles", tile_views.tilesets, name="all-tilesets"),
    path("ogc/tiles/<str:scheme>", tile_views.tileset, name="all-tileset"),
    path("ogc/tiles/<str:scheme>/<str:zoom>/<str:row>/<str:column>", tile_views.tile, name="all-tile"),
    path("ogc/tileMatrixSets", tile_views.schemes, name="schemes"),
    path("ogc/tileMatrixSets/<str:scheme>", tile_views.scheme, name="scheme"),
    path("ogc/styles", tile_views.styles, name="styles"),
    path("ogc/styles/<str:name>", tile_views.style, name="style"),
]
