"""Updates of firmware: offered on a group's page; `/devices/groups/KEY/updates/CODE` says how far each is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.platforms.iot import service
from beichen.platforms.iot.models import DeviceGroup
from beichen.platforms.iot.rights import COMMAND, WRITE
from beichen.platforms.iot.views.devices import moment
from beichen.platforms.iot.words import PROGRESS_NAMES, Progress
from beichen.problem import ProblemError
from beichen.web.forms import ProblemForm
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import sentence

MOST_LISTED = 20
TONES = {
    Progress.RUNS: "on-course",
    Progress.DONE: "ahead",
    Progress.UNDER_WAY: "behind",
    Progress.ASKED: "behind",
    Progress.FAILED: "missed",
    Progress.TIMED_OUT: "missed",
    Progress.NOT_ASKED: "unknown",
}


class UpdateForm(ProblemForm):
    """A version, and where devices fetch it."""

    fallback = "version"
    version = forms.CharField(label=_("Version"), max_length=100)
    url = forms.CharField(label=_("Address of the file"), max_length=500)
    sha256 = forms.CharField(
        label="SHA-256", max_length=64, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )

    def asked_for(self) -> Iterable[str]:
        """All mistakes are told at once."""
        return ("version", "url", "sha256")


def context_of(
    group: DeviceGroup, commands: Any, *, by: Any, form: UpdateForm | None = None
) -> dict[str, Any]:
    """What the card of updates shows."""
    may_offer = "update-firmware" in commands and bool(decide(by, COMMAND, None) and decide(by, WRITE, None))
    return {
        "updates": [
            {"row": row, "at": moment(row.offered_at)}
            for row in service.updates_of(group, by=by)[:MOST_LISTED]
        ],
        "update_form": form or (UpdateForm(auto_id="update-%s") if may_offer else None),
    }


def _tell(request: HttpRequest, results: list[service.Ordered]) -> None:
    done = sum(one.command is not None for one in results)
    words = ngettext("%(count)d device was asked.", "%(count)d devices were asked.", done)
    messages.success(request, words % {"count": done})
    for one in results:
        if one.command is None:
            messages.warning(request, f"{one.device}: {' '.join(sentence(each) for each in one.problems)}")


@require_POST
def offer(request: HttpRequest, key: str) -> HttpResponseBase:
    """Offer a version to all of the group."""
    from beichen.platforms.iot.views.groups import show

    by = acting(request)
    service.find_group(key, by=by)
    form = UpdateForm(request.POST, auto_id="update-%s")
    if form.is_valid():
        told = form.cleaned_data
        try:
            row, asked = service.offer_update(key, told["version"], told["url"], told["sha256"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            _tell(request, asked)
            return HttpResponseRedirect(reverse("platforms_iot:update", args=[key, row.code]))
    return show(request, key, update_form=form)


@require_POST
def again(request: HttpRequest, key: str, code: str) -> HttpResponseBase:
    """Ask those again who did not come to the end."""
    by = acting(request)
    row = service.find_update(service.find_group(key, by=by), code, by=by)
    _tell(request, service.offer_again(row, by=by))
    return HttpResponseRedirect(reverse("platforms_iot:update", args=[key, code]))


def _device(step: service.Step) -> SafeString:
    address = reverse("platforms_iot:device", args=[step.device.code])
    return format_html('<a href="{}">{}</a>', address, step.device.code)


def _progress(step: service.Step) -> str:
    named = str(PROGRESS_NAMES[step.progress])
    return f"{named} {step.percent:g}%" if step.percent is not None else named


def _badge(step: service.Step) -> SafeString:
    context = {"tone": TONES[step.progress], "label": _progress(step)}
    return render_to_string("platforms_iot/badge.html", context)


COLUMNS: list[Column[service.Step]] = [
    Column("device", _("Device code"), lambda one: one.device.code, _device, ("device",), is_header=True),
    Column("name", _("Name of the device"), lambda one: one.device.name),
    Column("progress", _("How far"), _progress, _badge, ("progress",)),
    Column("firmware", _("Firmware now"), lambda one: one.device.firmware, sort=("firmware",)),
    Column("reason", _("Why it failed"), lambda one: one.reason),
    Column(
        "asked",
        pgettext("update", "Asked at"),
        lambda one: moment(one.command.created_at) if one.command else "",
    ),
]


@require_safe
def update(request: HttpRequest, key: str, code: str) -> HttpResponseBase:
    """How far each device is."""
    by = acting(request)
    group = service.find_group(key, by=by)
    row = service.find_update(group, code, by=by)
    steps = service.steps_of(row, by=by)
    counts = service.counted(steps)
    choices = [(one.value, PROGRESS_NAMES[one]) for one in counts]
    table: Table[service.Step] = Table(
        f"update-{code}",
        _("Devices of the update"),
        steps,
        COLUMNS,
        [Filter("progress", _("How far"), "progress", choices)] if choices else (),
        ("device", "reason"),
    )
    left = sum(number for one, number in counts.items() if one not in (Progress.RUNS, *Progress.under_way()))
    context = {
        "group": group,
        "row": row,
        "at": moment(row.offered_at),
        "counts": [(PROGRESS_NAMES[one], number) for one, number in counts.items()],
        "runs": counts.get(Progress.RUNS, 0),
        "all": len(steps),
        "may_ask": bool(left and decide(by, COMMAND, None) and decide(by, WRITE, None)),
        "left": left,
        "crumbs": [
            Link(_("Devices"), reverse("platforms_iot:devices")),
            Link(_("Groups of devices"), reverse("platforms_iot:groups")),
            Link(group.name, reverse("platforms_iot:group", args=[key])),
            Link(row.version),
        ],
    }
    return answer(request, table, "platforms_iot/update.html", context)
