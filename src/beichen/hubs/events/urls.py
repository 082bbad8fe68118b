"""The room's addresses: Open311 GeoReport v2."""

from __future__ import annotations

from django.urls import path, re_path

from beichen.hubs.events.open311 import views
from beichen.hubs.events.open311.description import description

urlpatterns = [
    path("open311/v2/openapi.json", description),
    path("open311/v2/discovery.<str:form>", views.discovery),
    path("open311/v2/services.<str:form>", views.services),
    path("open311/v2/services/<path:service_code>.<str:form>", views.definition),
    path("open311/v2/requests.<str:form>", views.requests),
    path("open311/v2/requests/<str:report_code>.<str:form>", views.request_),
    path("open311/v2/tokens/<str:token>.<str:form>", views.token),
    re_path(r"^open311/v2/[\s\S]*\.(?P<form>json|xml)\Z", views.nothing),
]
