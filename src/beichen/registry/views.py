"""`/admin/subscriptions`: who is notified of which objects, how it goes; pause, resume and delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor
from beichen.registry import service
from beichen.registry.models import Subscription
from beichen.registry.permissions import SUBSCRIBE
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

STATES = {
    "active": ("ahead", "check", pgettext("subscription", "Active")),
    "paused": ("unknown", "unknown", pgettext("subscription", "Paused")),
    "expired": ("unknown", "unknown", pgettext("subscription", "Expired")),
    "failing": ("missed", "missed", pgettext("subscription", "Failing")),
}
WITHDRAWN = _("Its owner may not read objects, or not subscribe, any more.")


def moment(value: datetime | None) -> str:
    """A time as a list shows it, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def _state(row: Subscription) -> str:
    status = service.subscription_status(row, timezone.now())
    return "failing" if status == "active" and row.failed_in_row else status


def _badge(row: Subscription) -> SafeString:
    tone, icon, label = STATES[_state(row)]
    return render_to_string("registry/badge.html", {"tone": tone, "icon": icon, "label": label})


def _called(row: Subscription) -> str:
    return str(row.name or row.urn)


def _title(row: Subscription) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("registry:subscription", args=[row.pk]), _called(row))


def _time(key: str, title: Any, name: str) -> Column[Subscription]:
    return Column(key, title, lambda row: getattr(row, name), lambda row: moment(getattr(row, name)), (name,))


def _count(key: str, title: Any, name: str) -> Column[Subscription]:
    return Column(key, title, lambda row: getattr(row, name), sort=(name,), is_number=True)


COLUMNS: list[Column[Subscription]] = [
    Column("name", _("Subscription"), _called, _title, ("name", "urn"), is_header=True),
    Column("state", _("Status"), lambda row: str(STATES[_state(row)][2]), _badge, ("is_active",)),
    Column("owner", _("Subscriber"), lambda row: row.owner, sort=("owner",)),
    Column("endpoint", _("Endpoint"), lambda row: row.endpoint, sort=("endpoint",)),
    _count("sent", _("Sent"), "times_sent"),
    _count("failed", _("Failures"), "times_failed"),
    _time("success", _("Last success"), "last_success"),
    _time("failure", _("Last failure"), "last_failure"),
    Column("error", _("What went wrong"), lambda row: row.last_error, is_exported_only=True),
    Column("id", _("Identifier"), lambda row: row.urn, is_exported_only=True),
]
FILTERS = [Filter("active", _("Delivery"), "is_active", [("True", _("On")), ("False", _("Off"))])]
SEARCH = ("name", "urn", "owner", "endpoint")


def _actor(request: HttpRequest) -> Actor:
    by = acting(request)
    require(by, SUBSCRIBE)
    return by


@require_safe
def subscriptions(request: HttpRequest) -> HttpResponseBase:
    """The subscriptions that the reader may see: all, for those who manage them."""
    rows = service.subscriptions_of(_actor(request))
    table: Table[Subscription] = Table("subscriptions", _("Subscriptions"), rows, COLUMNS, FILTERS, SEARCH)
    return answer(request, table, "registry/subscriptions.html")


def _found(by: Actor, number: int) -> Subscription:
    row = service.subscriptions_of(by).filter(pk=number).first()
    return service.find_subscription(str(number) if row is None else str(row.urn), by=by)


@require_safe
def subscription(request: HttpRequest, number: int) -> HttpResponse:
    """One subscription: what it watches, how its deliveries went, what waits."""
    row = _found(_actor(request), number)
    document = row.parsed()
    context = {
        "row": row,
        "called": _called(row),
        "badge": _badge(row),
        "state": _state(row),
        "error": WITHDRAWN if row.is_withdrawn else row.last_error,
        "waiting": row.waiting.count(),
        "types": [item["type"] for item in document.get("entities", [])],
        "attributes": document.get("watchedAttributes", []),
        "query": document.get("q", ""),
        "crumbs": [Link(_("Subscriptions"), reverse("registry:subscriptions")), Link(_called(row))],
    }
    return render(request, "registry/subscription.html", context)


def _acted(
    request: HttpRequest, number: int, act: Callable[..., Any], words: str, route: str
) -> HttpResponse:
    by = _actor(request)
    row = _found(by, number)
    act(str(row.urn), by=by)
    messages.success(request, words)
    arguments = [number] if route == "registry:subscription" else []
    return HttpResponseRedirect(reverse(route, args=arguments))


@require_POST
def pause(request: HttpRequest, number: int) -> HttpResponse:
    """Deliver nothing for now."""
    words = gettext("The subscription is paused.")
    return _acted(request, number, service.pause_subscription, words, "registry:subscription")


@require_POST
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """Deliver again."""
    words = gettext("The subscription is resumed.")
    return _acted(request, number, service.resume_subscription, words, "registry:subscription")


@require_POST
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete it."""
    words = gettext("The subscription is deleted.")
    return _acted(request, number, service.unsubscribe, words, "registry:subscriptions")
