"""Addresses of spatial analysis."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.analysis.views import asking, results

app_name = "platforms_geo_analysis"
urlpatterns = [
    path("analysis", asking.analysis, name="analysis"),
    path("analysis/runs/<slug:code>", results.run, name="run"),
    path("analysis/runs/<slug:code>/features", results.features, name="features"),
    path("analysis/runs/<slug:code>/keep", results.keep, name="keep"),
    path("analysis/runs/<slug:code>/state", results.state, name="state"),
]
