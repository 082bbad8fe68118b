"""The URL map of `docs/interfaces-within.md`: each room's paths, included once."""

from __future__ import annotations

from django.urls import include, path

from beichen.house import health, metrics
from beichen.house.api import api

urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/", api.urls),
    path("", include("beichen.kernel.bus.urls")),
    path("", include("beichen.kernel.files.urls")),
    path("", include("beichen.kernel.access.urls")),
    path("", include("beichen.hubs.apps.urls")),
    path("", include("beichen.hubs.data.urls")),
    path("", include("beichen.hubs.events.urls")),
    path("", include("beichen.registry.urls")),
    path("", include("beichen.platforms.geo.ogc.urls")),
    path("", include("beichen.platforms.geo.basemap.urls")),
    path("", include("beichen.platforms.geo.atlas.urls")),
    path("", include("beichen.platforms.geo.analysis.urls")),
    path("", include("beichen.platforms.geo.urls")),
    path("", include("beichen.platforms.comms.urls")),
    path("", include("beichen.platforms.warehouse.urls")),
    path("", include("beichen.platforms.ledger.urls")),
    path("", include("beichen.platforms.geo.layer_urls")),
    path("", include("beichen.platforms.iot.urls")),
    path("", include("beichen.platforms.iot.sensorthings.urls")),
    path("", include("beichen.platforms.ai.urls")),
    path("account/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("beichen.fronts.overview.urls")),
    path("", include("beichen.fronts.citizen.urls")),
    path("", include("beichen.fronts.governance.urls")),
    path("", include("beichen.fronts.services.urls")),
    path("", include("beichen.fronts.codes.urls")),
    path("", include("beichen.plan.investment.urls")),
    path("", include("beichen.supports.evaluation.urls")),
    path("", include("beichen.plan.urls")),
    path("", include("beichen.plan.duties.urls")),
    path("", include("beichen.plan.years.urls")),
    path("", include("beichen.plan.catalogue.urls")),
    path("", include("beichen.plan.reports.urls")),
    path("", include("beichen.plan.adjustments.urls")),
    path("", include("beichen.plan.monitoring.urls")),
    path("", include("beichen.web.urls")),
]

handler400 = "beichen.web.errors.bad_request"
handler403 = "beichen.web.errors.forbidden"
handler404 = "beichen.web.errors.not_found"
handler500 = "beichen.web.errors.server_error"
