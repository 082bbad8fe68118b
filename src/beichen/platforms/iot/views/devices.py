"""`/devices`: the devices that the reader may see, what they are and when they last spoke."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Device, DeviceGroup
from beichen.platforms.iot.rights import READ
from beichen.platforms.iot.words import STATE_NAMES, State
from beichen.registry.models import Object
from beichen.web.tables import Column, Filter, Table, answer

ONLINE, OFFLINE, SILENT = _("Online"), _("Offline"), _("Never heard")


def moment(value: datetime | None) -> str:
    """A time as a list shows it, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def thing_of(row: Object) -> str:
    """A thing as people know it: its name, or its code where it has none."""
    return row.name or row.code


def presence(row: Device) -> str:
    """Whether the device is there, in words."""
    return str(SILENT if row.last_seen_at is None else ONLINE if row.is_online else OFFLINE)


def presence_badge(row: Device) -> SafeString:
    """The same with its sign and colour."""
    tone = "unknown" if row.last_seen_at is None else "on-course" if row.is_online else "missed"
    return render_to_string("platforms_iot/badge.html", {"tone": tone, "label": presence(row)})


def _link(row: Device) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_iot:device", args=[row.code]), row.code)


def _named(row: Device) -> SafeString:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
    return format_html("{}{}", row.name, demo)


def _group(row: Device) -> SafeString | str:
    if row.group is None:
        return ""
    address = reverse("platforms_iot:group", args=[row.group.key])
    return format_html('<a href="{}">{}</a>', address, row.group.name)


COLUMNS: list[Column[Device]] = [
    Column("code", _("Device code"), lambda row: row.code, _link, ("code",), is_header=True),
    Column("name", pgettext("device", "Name"), lambda row: row.name, _named, ("name",)),
    Column("thing", _("Measures"), lambda row: thing_of(row.thing) if row.thing else ""),
    Column("group", _("Device group"), lambda row: row.group.name if row.group else "", _group),
    Column("region", _("Region"), lambda row: row.region.name if row.region else ""),
    Column("state", pgettext("device", "State"), lambda row: str(STATE_NAMES[row.state]), sort=("state",)),
    Column("online", _("Presence"), presence, presence_badge),
    Column(
        "seen",
        _("Last heard"),
        lambda row: row.last_seen_at,
        lambda row: moment(row.last_seen_at),
        ("last_seen_at",),
    ),
    Column("firmware", _("Firmware"), lambda row: row.firmware),
]


@require_safe
def devices(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    by = acting(request)
    require(by, READ)
    groups = [(row.key, row.name) for row in DeviceGroup.objects.all()[:200]]
    filters = [
        Filter(
            "state",
            pgettext("device", "State"),
            "state",
            [(one.value, STATE_NAMES[one.value]) for one in State],
        ),
        Filter("online", _("Presence"), "is_online", [("True", ONLINE), ("False", OFFLINE)]),
        *([Filter("group", _("Device group"), "group__key", groups)] if groups else []),
    ]
    rows = service.devices(by=by)
    table: Table[Device] = Table(
        "devices", _("Devices"), rows, COLUMNS, filters, ("code", "name", "thing__code")
    )
    return answer(request, table, "platforms_iot/devices.html", {"troubles": service.troubles()})
