"""The versions of a made screen: who kept which and when, going back to one; and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.overview import service
from beichen.fronts.overview.models import MadeScreen, ScreenVersion
from beichen.fronts.overview.screens.shelf import screen
from beichen.fronts.overview.screens.text import declared, write_screens
from beichen.fronts.overview.service import READ
from beichen.fronts.overview.views.editing import opened, seen
from beichen.fronts.overview.views.making import address_of, crumbs
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting, require
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer


def _columns(row: MadeScreen) -> list[Column[ScreenVersion]]:
    def standing(version: ScreenVersion) -> str:
        words = []
        if version.pk == row.published_id:
            words.append(_now("Published"))
        if version.pk == row.draft_id:
            words.append(_now("Draft"))
        return " · ".join(words)

    def number(version: ScreenVersion) -> SafeString:
        return format_html('<span class="figures">{}</span>', version.number)

    return [
        Column("number", _("Version"), lambda one: one.number, number, ("number",), is_header=True),
        Column("state", _("State"), standing),
        Column("name", _("Name"), lambda one: one.named(language()), sort=("name",)),
        Column("widgets", _("Widgets"), lambda one: len(one.widgets), is_number=True),
        Column("by", _("Kept by whom"), lambda one: one.made_by_name, sort=("made_by_name",)),
        Column("at", _("Kept at"), _moment, sort=("made_at",)),
        Column("note", _("Note"), lambda one: one.note),
    ]


def _moment(version: ScreenVersion) -> str:
    return timezone.localtime(version.made_at).strftime("%Y-%m-%d %H:%M")


@require_safe
def versions(request: HttpRequest, key: str) -> HttpResponseBase:
    """The list, the newest first; each older one can be taken again."""
    row, draft, looking = opened(request, key)
    rows = row.versions.order_by("-number")
    table: Table[ScreenVersion] = Table(
        "screen-versions", _("Versions"), rows, _columns(row), (), ("name", "name_en", "made_by_name", "note")
    )
    name = draft.named(looking.language)
    context: dict[str, Any] = {
        "row": row,
        "key": key,
        "draft": draft,
        "name": name,
        "numbers": list(rows.exclude(pk=draft.pk).values_list("number", flat=True)),
        "crumbs": [
            *crumbs(),
            Link(_now("Made here"), reverse("overview:made-screens")),
            Link(name, reverse("overview:edit-screen", args=[key])),
            Link(_now("Versions")),
        ],
    }
    return answer(request, table, "overview/screen_versions.html", context)


@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """An older version as the newest draft."""
    row, _draft, _looking = opened(request, key)
    wanted = request.POST.get("number", "")
    if not wanted.isdecimal() or len(wanted) > 8:
        raise Http404
    version = service.restore_version(row.key, int(wanted), seen=seen(request.POST), by=acting(request))
    words = _now("Version %(old)s stands again, as version %(number)s.")
    messages.success(request, words % {"old": wanted, "number": version.number})
    return HttpResponseRedirect(reverse("overview:edit-screen", args=[key]))


@require_POST
def step(request: HttpRequest, key: str, act: str) -> HttpResponse:
    """Publish, withdraw or delete."""
    row, _draft, _looking = opened(request, key)
    steps: dict[str, tuple[Callable[..., Any], str]] = {
        "publish": (service.publish_screen, _now("The screen is published.")),
        "withdraw": (service.withdraw_screen, _now("The screen is withdrawn; its versions stay.")),
        "delete": (service.delete_screen, _now("The screen is deleted.")),
    }
    if act not in steps:
        raise Http404
    work, words = steps[act]
    work(row.key, seen=seen(request.POST), by=acting(request))
    messages.success(request, words)
    if act == "delete":
        return HttpResponseRedirect(reverse("overview:made-screens"))
    return HttpResponseRedirect(reverse("overview:edit-screen", args=[address_of(row.key)]))


@require_safe
def text(request: HttpRequest, key: str) -> HttpResponse:
    """A screen as `views.yaml`; with ``?draft=1`` the draft of a made one."""
    by = acting(request)
    require(by, READ)
    if request.GET.get("draft"):
        row, draft, _looking = opened(request, key)
        shown, name = declared(draft, row.key, row.body.key if row.body else ""), row.key
    else:
        found = screen(key, by)
        if found is None:
            raise Http404
        name = found.key.rpartition(".")[2].removeprefix("made-")
        shown = declared(found.screen, name, found.screen.body.key if found.screen.body else "")
    response = HttpResponse(write_screens([shown]), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.views.yaml"'
    return response
