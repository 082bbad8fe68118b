"""Addresses of the base map."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.basemap import views

app_name = "platforms_geo_basemap"
urlpatterns = [
    path("map/base.pmtiles", views.archive, name="archive"),
    path("map/style.json", views.style, name="style"),
]
