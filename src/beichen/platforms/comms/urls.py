"""Addresses of the pages of messages."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.comms.views import inbox, log, preferences, push, rosters

app_name = "platforms_comms"
urlpatterns = [
    path("messages", inbox.inbox, name="inbox"),
    path("messages/unread", inbox.unread, name="unread"),
    path("messages/read", inbox.read_all, name="read-all"),
    path("messages/log", log.log, name="log"),
    path("messages/log/<str:number>", log.delivery, name="delivery"),
    path("messages/rosters", rosters.rosters, name="rosters"),
    path("messages/rosters/<slug:key>/shifts", rosters.add, name="add-shift"),
    path("messages/rosters/<slug:key>/shifts/<int:number>/remove", rosters.remove, name="remove-shift"),
    path("messages/preferences", preferences.preferences, name="preferences"),
    path("messages/preferences/city", preferences.city, name="city-quiet"),
    path("messages/browser", push.browser, name="browser"),
    path("messages/shown", push.shown, name="shown"),
    path("messages/of/<str:code>", inbox.arrive, name="arrive"),
    path("messages/<int:number>", inbox.message, name="message"),
    path("messages/<int:number>/open", inbox.open_, name="open"),
]
