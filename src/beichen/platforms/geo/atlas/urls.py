"""Addresses of the one map."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.atlas import views

app_name = "platforms_geo_atlas"
urlpatterns = [
    path("map/layers.json", views.layers, name="layers"),
    path("map/layers/<slug:key>.json", views.layer, name="layer"),
    path("map/landmarks/<slug:key>.json", views.landmarks, name="landmarks"),
]
