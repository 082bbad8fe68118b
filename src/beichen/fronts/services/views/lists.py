"""`/services/desk` and `/services/affairs`: what waits for an officer, and all affairs for who supervises."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from beichen.fronts.services import service
from beichen.fronts.services.listing import affairs_table, desk_table
from beichen.kernel.access.service import acting, require
from beichen.web.tables import answer


@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """The steps that wait within the reader's bodies."""
    by = acting(request)
    require(by, service.READ)
    return answer(request, desk_table(by, timezone.now()), "services/desk.html")


@require_safe
def affairs(request: HttpRequest) -> HttpResponseBase:
    """The affairs in which the reader's bodies take part."""
    by = acting(request)
    require(by, service.READ)
    return answer(request, affairs_table(by, timezone.now()), "services/affairs.html")
