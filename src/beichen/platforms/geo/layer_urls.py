"""Addresses of the pages of layers."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.desk import files, views

app_name = "layers"
urlpatterns = [
    path("layers", views.index, name="index"),
    path("layers/bring", views.bring, name="bring"),
    path("layers/make", views.make, name="make"),
    path("layers/uploads", files.uploads, name="uploads"),
    path("layers/uploads/<slug:code>", files.upload, name="upload"),
    path("layers/uploads/<slug:code>/report.csv", files.report, name="report"),
    path("layers/<slug:key>", views.layer, name="layer"),
    path("layers/<slug:key>/switch", views.switch, name="switch"),
    path("layers/<slug:key>/legend", views.legend, name="legend"),
    path("layers/<slug:key>/export.<slug:form>", views.export, name="export"),
]
