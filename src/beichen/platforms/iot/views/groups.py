"""`/devices/groups`: the groups; `/devices/groups/KEY`: a group's devices, the newest command of each,
ordering one of all, the timetable that it follows and the updates that it was offered."""

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
from beichen.platforms.iot.models import Command, Device, DeviceGroup, Following
from beichen.platforms.iot.rights import COMMAND
from beichen.platforms.iot.timetables.forms import TimetableForm
from beichen.platforms.iot.views import timetables, updates
from beichen.platforms.iot.views.devices import moment, presence, presence_badge, thing_of
from beichen.platforms.iot.words import COMMAND_NAMES
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
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


def show(
    request: HttpRequest,
    key: str,
    *,
    command_form: CommandForm | None = None,
    timetable_form: TimetableForm | None = None,
    update_form: updates.UpdateForm | None = None,
) -> HttpResponseBase:
    """The page of a group; with a form that could not be taken, which says what is wrong (422)."""
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
        "command_form": command_form or (CommandForm(commands=commands) if may_command else None),
        **timetables.context_of(group, commands, by=by, form=timetable_form),
        **updates.context_of(group, commands, by=by, form=update_form),
        "crumbs": [
            Link(_("Devices"), reverse("platforms_iot:devices")),
            Link(_("Groups of devices"), reverse("platforms_iot:groups")),
            Link(group.name),
        ],
    }
    response = answer(request, table, "platforms_iot/group.html", context)
    if command_form or timetable_form or update_form:
        response.status_code = 422
    return response


def _group_link(row: DeviceGroup) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_iot:group", args=[row.key]), row.name)


def _following(row: DeviceGroup) -> Following | None:
    found: Following | None = getattr(row, "following", None)
    return found


def _timetable(row: DeviceGroup) -> str:
    following = _following(row)
    return timetables.name_of(following) if following else ""


def _next(row: DeviceGroup) -> str:
    following = _following(row)
    return moment(following.next_at) if following else ""


GROUPS: list[Column[DeviceGroup]] = [
    Column("name", pgettext("device", "Name"), lambda row: row.name, _group_link, ("name",), is_header=True),
    Column("key", _("Key"), lambda row: row.key, sort=("key",)),
    Column("devices", _("Devices"), lambda row: getattr(row, "number", 0), sort=("number",), is_number=True),
    Column("timetable", _("Timetable"), _timetable),
    Column("next", _("Told next at"), _next, sort=("following__next_at",)),
]


@require_safe
def groups(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    rows = service.groups(by=acting(request)).select_related("following__timetable")
    followed = Filter(
        "followed",
        _("Timetable"),
        "following__is_on",
        [("True", _("At work")), ("False", _("Switched off"))],
    )
    table: Table[DeviceGroup] = Table(
        "groups", _("Groups of devices"), rows, GROUPS, [followed], ("key", "name")
    )
    crumbs = [Link(_("Devices"), reverse("platforms_iot:devices")), Link(_("Groups of devices"))]
    return answer(request, table, "platforms_iot/groups.html", {"crumbs": crumbs})


@require_safe
def group(request: HttpRequest, key: str) -> HttpResponseBase:
    """The group."""
    return show(request, key)


@require_POST
def order(request: HttpRequest, key: str) -> HttpResponseBase:
    """Order a command of every device; what was refused of whom is said."""
    by = acting(request)
    commands = service.commands_of_group(service.find_group(key, by=by), by=by)
    form = CommandForm(request.POST, commands=commands)
    if not form.is_valid():
        return show(request, key, command_form=form)
    try:
        found = service.command_group(key, form.cleaned_data["name"], form.cleaned_data["parameters"], by=by)
    except ProblemError as error:
        if error.status == 403:
            raise
        form.add_error("name", [sentence(one) for one in error.problems])
        return show(request, key, command_form=form)
    done = sum(one.command is not None for one in found)
    words = ngettext("%(count)d device was told.", "%(count)d devices were told.", done)
    messages.success(request, words % {"count": done})
    for one in found:
        if one.command is None:
            messages.warning(request, f"{one.device}: {' '.join(sentence(each) for each in one.problems)}")
    return HttpResponseRedirect(reverse("platforms_iot:group", args=[key]))
