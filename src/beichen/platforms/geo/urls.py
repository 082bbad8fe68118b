"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.geo.addresses import views

app_name = "platforms_geo"
urlpatterns = [
    path("addresses", views.addresses, name="addresses"),
    path("addresses/files", views.begin_sheet, name="begin_sheet"),
    path("addresses/library", views.take_file, name="take_file"),
    path("addresses/files/<slug:code>", views.sheet, name="sheet"),
    path("addresses/files/<slug:code>/rows.csv", views.sheet_rows, name="sheet_rows"),
    path("addresses/<slug:code>", views.address, name="address"),
]
