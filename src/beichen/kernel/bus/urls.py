"""The room's address."""

from __future__ import annotations

from django.urls import path

from beichen.kernel.bus import door

urlpatterns = [path("events", door.events, name="events")]
