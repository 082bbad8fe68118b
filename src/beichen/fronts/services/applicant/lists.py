"""An applicant's lists as declared tables: affairs and drafts, each filter and order by an index."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.applicant.drafting import drafts
from beichen.fronts.services.applicant.models import Draft
from beichen.fronts.services.applicant.own import own_affairs
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem
from beichen.fronts.services.listing import RuledTable, end_of
from beichen.fronts.services.models import Affair
from beichen.fronts.services.signs import promise_badge
from beichen.fronts.services.words import Status
from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.web.tables import Column, Filter

_LAST = "\uffff"


def own_address(row: Affair) -> str:
    """Where an applicant sees an affair."""
    return reverse("services:own-affair", args=[row.code])


def _titled(row: Affair) -> SafeString:
    shown = format_html('<a href="{}">{}</a>', own_address(row), row.heading)
    if row.is_demo:
        shown += format_html(' <span class="badge">{}</span>', gettext("Demo"))
    return shown


def own_table(subject: Subject, now: datetime) -> RuledTable:
    """The affairs of a subject."""
    columns: list[Column[Affair]] = [
        Column(
            "title",
            pgettext("affair", "Title"),
            lambda row: row.heading,
            _titled,
            is_header=True,
        ),
        Column("code", pgettext("affair", "Number"), lambda row: row.code, sort=("code",)),
        Column(
            "process", pgettext("service", "Service"), lambda row: row.definition.label, is_exported_only=True
        ),
        Column("status", pgettext("affair", "State"), lambda row: str(Status(row.status).label)),
        Column("outcome", _("Result"), end_of),
        Column(
            "promised",
            _("Promised"),
            lambda row: localtime(row.promised_at),
            lambda row: promise_badge(row, now),
            ("promised_at",),
        ),
        Column("opened", _("Came in"), lambda row: localtime(row.opened_at), _opened, ("opened_at",)),
    ]
    filters = [Filter("status", pgettext("affair", "State"), "status", Status.choices)]
    rules: dict[str, Any] = {
        "status": lambda rows, value: rows.filter(status=value),
        "q": _found,
    }
    rows = own_affairs(subject)
    return RuledTable(
        "affairs",
        _("My affairs"),
        rows,
        columns,
        filters,
        ("code",),
        rules=rules,
        order=("-opened_at", "-id"),
    )


def _found(rows: Any, value: str) -> Any:
    word = value.strip()
    return rows.filter(code__gte=word.upper(), code__lt=word.upper() + _LAST) | rows.filter(
        title__icontains=word
    )


def _opened(row: Affair) -> str:
    return f"{localtime(row.opened_at):%Y-%m-%d %H:%M}"


def drafts_table(by: Actor) -> RuledTable:
    """The drafts of who writes."""
    offered: tuple[type[ServiceItem | ServiceBundle], ...] = (ServiceItem, ServiceBundle)
    names = {row.key: row.label for one in offered for row in one.objects.only("key", "name", "name_en")}
    columns: list[Column[Draft]] = [
        Column(
            "item",
            pgettext("service", "Service"),
            lambda row: names.get(row.item, row.item),
            lambda row: _draft(row, names),
            is_header=True,
        ),
        Column("subject", pgettext("application", "For"), lambda row: row.subject_name or row.subject),
        Column(
            "changed",
            _("Last change"),
            lambda row: localtime(row.changed_at),
            lambda row: f"{localtime(row.changed_at):%Y-%m-%d %H:%M}",
            ("changed_at",),
        ),
        Column(
            "expires",
            _("Kept until"),
            lambda row: localtime(row.expires_at),
            lambda row: f"{localtime(row.expires_at):%Y-%m-%d}",
            ("expires_at",),
        ),
        Column("throw", pgettext("application", "Throw away"), lambda row: "", _thrown),
    ]
    rows = drafts(by)
    used = sorted(set(rows.order_by().values_list("item", flat=True)))
    filters = [
        Filter("item", pgettext("service", "Service"), "item", [(key, names.get(key, key)) for key in used])
    ]
    rules: dict[str, Any] = {
        "item": lambda rows, value: rows.filter(item=value),
        "q": lambda rows, value: (
            rows.filter(subject_name__icontains=value) | rows.filter(item__in=_keys(names, value))
        ),
    }
    return RuledTable(
        "drafts",
        _("My drafts"),
        rows,
        columns,
        filters,
        ("subject_name",),
        rules=rules,
        order=("-changed_at", "-id"),
    )


def _keys(names: dict[str, str], value: str) -> list[str]:
    return [key for key, name in names.items() if value.casefold() in str(name).casefold()]


def _draft(row: Draft, names: dict[str, str]) -> SafeString:
    address = reverse("services:fill-step", args=[row.item, row.code, "form"])
    return format_html('<a href="{}">{}</a>', address, names.get(row.item, row.item))


def _thrown(row: Draft) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("services:throw", args=[row.code]), gettext("Throw away")
    )
