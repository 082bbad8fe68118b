"""Addresses of the pages of layers."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.desk import views

app_name = "layers"
urlpatterns = [
    path("layers", views.index, name="index"),
    path("layers/bring", views.bring, name="bring"),
    path("layers/make", views.make, name="make"),
    path("layers/uploads", views.uploads, name="uploads"),
    path("layers/uploads/<slug:code>", views.upload, name="upload"),
    path("layers/uploads/<slug:code>/report.csv", views.report, name="report"),
    path("layers/<slug:key>", views.layer, name="layer"),
    path("layers/<slug:key>/switch", views.switch, name="switch"),
    path("layers/<slug:key>/legend", views.legend, name="legend"),
    path("layers/<slug:key>/export.<slug:form>", views.export, name="export"),
]
