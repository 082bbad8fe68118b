"""`/desk`: what the actor's own bodies have to do next, for a phone first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from beichen.fronts.governance.queue import region_name
from beichen.fronts.governance.reach import looking, own_bodies
from beichen.fronts.governance.signs import grade_badge, time_badge
from beichen.fronts.governance.wording import body_name
from beichen.fronts.governance.work import Group, groups
from beichen.hubs.events.models import Case
from beichen.web.waiting import waiting_for

PART = "desk-part"


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The groups, or the part that is fetched anew when something happens."""
    by, now = looking(request), timezone.now()

    def shown(row: Case) -> dict[str, object]:
        return {
            "row": row,
            "grade": grade_badge(row.grade),
            "time": time_badge(row, now),
            "region": region_name(row.region),
        }

    def drawn(one: Group) -> dict[str, object]:
        return {"group": one, "cases": [shown(row) for row in one.rows], "left": one.count - len(one.rows)}

    context = {
        "groups": [drawn(one) for one in groups(by)],
        "bodies": [body_name(body) for body in own_bodies(by)],
        "elsewhere": waiting_for(by),
    }
    is_part = request.headers.get("HX-Target") == PART
    response = render(request, "governance/desk_part.html" if is_part else "governance/desk.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
