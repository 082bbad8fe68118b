"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.hubs.data.views import listing, page

app_name = "data"
urlpatterns = [
    path("indicators", listing.indicator_list, name="indicators"),
    path("indicators/<slug:key>", page.indicator_page, name="indicator"),
]
