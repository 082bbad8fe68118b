"""Addresses of the pages of signing in to systems, of consents, and of the register of systems."""

from __future__ import annotations

from django.urls import path

from beichen.hubs.apps.views import authorize, consents, device, logout, parties

app_name = "apps"
urlpatterns = [
    path("o/authorize", authorize.authorize, name="authorize"),
    path("o/consent", authorize.consent, name="consent"),
    path("o/device", device.device, name="device"),
    path("o/logout", logout.logout, name="logout"),
    path("o/logout/confirm", logout.confirm, name="logout-confirm"),
    path("account/consents", consents.consents, name="consents"),
    path("account/consents/<slug:key>", consents.consent, name="own-consent"),
    path("account/consents/<slug:key>/withdraw", consents.withdraw, name="withdraw"),
    path("relying-parties", parties.parties, name="parties"),
    path("relying-parties/new", parties.new, name="new-party"),
    path("relying-parties/<slug:key>", parties.party, name="party"),
    path("relying-parties/<slug:key>/change", parties.change, name="change-party"),
    path("relying-parties/<slug:key>/secret", parties.secret, name="party-secret"),
    path("relying-parties/<slug:key>/state", parties.state, name="party-state"),
]
