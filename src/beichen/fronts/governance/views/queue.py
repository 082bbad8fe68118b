"""`/console`: the queue of cases, with filters, search, saved views, files and commands for many at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.fronts.governance.bodies import LIST, suggestions
from beichen.fronts.governance.queue import CasePage, queue_table
from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.service import saved_views
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case
from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.web.exports import FORMATS, export
from beichen.web.tables import Column, State

BULK_FORM = "bulk-form"


def _pick(row: Case) -> SafeString:
    words = gettext("Choose %(title)s") % {"title": row.title}
    return format_html(
        '<input type="checkbox" form="{}" name="case" value="{}@{}" aria-label="{}">',
        BULK_FORM,
        row.code,
        row.version,
        words,
    )


def _may_many(by: Actor) -> list[str]:
    """The commands for many that the actor has the right to somewhere."""
    found = ["accept", "refuse", "merge"] if decide(by, events.ACCEPT) else []
    return found + (["dispatch"] if decide(by, events.DISPATCH) else [])


PICK: Column[Case] = Column("pick", _("Choose"), lambda row: "", _pick)


@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """The whole page, the table alone for HTMX, or the selection as a file."""
    by, now = looking(request), timezone.now()
    wanted = request.GET.get("format", "")
    commands = _may_many(by)
    box = PICK if commands and not wanted else None
    table = queue_table(by, now, before=box)
    state = State.of(request, table)
    if wanted in FORMATS:
        return export(table.key, table.columns, table.select(state), wanted)
    shown = CasePage(table, state)
    asked = request.headers
    is_part = asked.get("HX-Target") == "table-cases" and "HX-History-Restore-Request" not in asked
    if is_part:
        response = render(request, "web/components/table.html", {"page": shown})
    else:
        context: dict[str, Any] = {
            "table": shown,
            "views": saved_views(by=by),
            "query": request.GET.urlencode(),
            "commands": commands,
            "bulk_form": BULK_FORM,
            "body_list": LIST,
            "suggestions": suggestions(Body.objects.filter(is_current=True).order_by("path"))
            if commands
            else [],
        }
        response = render(request, "governance/queue.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
