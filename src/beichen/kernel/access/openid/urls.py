"""Addresses of the provider for programs; those for people stand in `hubs/apps`."""

from __future__ import annotations

from django.urls import path

from beichen.kernel.access.openid import protocol

urlpatterns = [
    path("o/.well-known/openid-configuration", protocol.discovery, name="openid-discovery"),
    path(".well-known/oauth-authorization-server/o", protocol.discovery, name="oauth-metadata"),
    path("o/openapi.json", protocol.description, name="openid-description"),
    path("o/jwks", protocol.jwks, name="openid-jwks"),
    path("o/token", protocol.token, name="openid-token"),
    path("o/introspect", protocol.introspect, name="openid-introspect"),
    path("o/revoke", protocol.revoke, name="openid-revoke"),
    path("o/userinfo", protocol.userinfo, name="openid-userinfo"),
    path("o/device_authorization", protocol.device_authorization, name="openid-device-authorization"),
]
