"""`/devices/groups/KEY`: the devices of a group, the newest command of each, and ordering one of all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.platforms.iot import service
from beichen.platforms.iot.forms import CommandForm
from beichen.platforms.iot.models import Command, Device
from beichen.platforms.iot.rights import COMMAND
from beichen.platforms.iot.views.devices import moment, presence, presence_badge, thing_of
from beichen.platforms.iot.words import COMMAND_NAMES
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer
from beichen.web.wording import sentence


def _link(row: Device) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_iot:device", args=[row.code]), row.code)


class Results:
    """The newest command of each device, in words."""

    def __init__(self, devices: list[Device], commands: dict[str, dict[str, Any]]) -> None:
        self._last = service.last_commands(devices)
        self._commands = commands

    def _of(self, row: Device) -> Command | None:
        return self._last.get(row.pk)

    def name(self, row: Device) -> str:
        """What was ordered last, with its parameters."""
        last = self._of(row)
        if last is None:
            return ""
        declared = self._commands.get(last.name, {})
        named = str(declared.get("en" if get_language() == "en" else "zh") or last.name)
        return " ".join([named, *(f"{name}={value}" for name, value in last.parameters.items())])

    def state(self, row: Device) -> str:
        """How far it is."""
        last = self._of(row)
        return str(COMMAND_NAMES[last.state]) if last else ""

    def at(self, row: Device) -> str:
        """When it was ordered."""
        last = self._of(row)
        return moment(last.created_at) if last else ""


def _columns(results: Results) -> list[Column[Device]]:
    return [
        Column("code", _("Device code"), lambda row: row.code, _link, ("code",), is_header=True),
        Column("name", pgettext("device", "Name"), lambda row: row.name, sort=("name",)),
        Column("thing", _("Measures"), lambda row: thing_of(row.thing) if row.thing else ""),
        Column("online", _("Presence"), presence, presence_badge),
        Column("command", _("Last command"), results.name),
        Column("state", _("Result"), results.state),
        Column("at", _("Ordered at"), results.at),
    ]


def _page(request: HttpRequest, key: str, form: CommandForm | None = None) -> HttpResponseBase:
    by = acting(request)
    group = service.find_group(key, by=by)
    commands = service.commands_of_group(group, by=by)
    rows = list(service.devices_of(group, by=by)[: service.MOST_OF_GROUP])
    table: Table[Device] = Table(
        f"group-{key}", group.name, rows, _columns(Results(rows, commands)), (), ("code", "name")
    )
    may_command = bool(commands) and bool(decide(by, COMMAND, None))
    context = {
        "group": group,
        "command_form": form or (CommandForm(commands=commands) if may_command else None),
        "crumbs": [Link(_("Devices"), reverse("platforms_iot:devices")), Link(group.name)],
    }
    response = answer(request, table, "platforms_iot/group.html", context)
    if form is not None:
        response.status_code = 422
    return response


@require_safe
def group(request: HttpRequest, key: str) -> HttpResponseBase:
    """The group."""
    return _page(request, key)


@require_POST
def order(request: HttpRequest, key: str) -> HttpResponseBase:
    """Order a command of every device; what was refused of whom is said."""
    by = acting(request)
    commands = service.commands_of_group(service.find_group(key, by=by), by=by)
    form = CommandForm(request.POST, commands=commands)
    if not form.is_valid():
        return _page(request, key, form)
    try:
        found = service.command_group(key, form.cleaned_data["name"], form.cleaned_data["parameters"], by=by)
    except ProblemError as error:
        if error.status == 403:
            raise
        form.add_error("name", [sentence(one) for one in error.problems])
        return _page(request, key, form)
    done = sum(one.command is not None for one in found)
    words = ngettext("%(count)d device was told.", "%(count)d devices were told.", done)
    messages.success(request, words % {"count": done})
    for one in found:
        if one.command is None:
            messages.warning(request, f"{one.device}: {' '.join(sentence(each) for each in one.problems)}")
    return HttpResponseRedirect(reverse("platforms_iot:group", args=[key]))
