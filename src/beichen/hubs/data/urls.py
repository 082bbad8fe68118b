"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.hubs.data.views import composing, listing, page

app_name = "data"
urlpatterns = [
    path("indicators", listing.indicator_list, name="indicators"),
    path("indicators/new", composing.new_indicator, name="new"),
    path("indicators/<slug:key>/withdraw", composing.withdraw_indicator, name="withdraw"),
    path("indicators/<slug:key>", page.indicator_page, name="indicator"),
]
