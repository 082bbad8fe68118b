"""`/models`: the models of scenes, when each ran last and what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.service import installed_packages
from beichen.platforms.ai import service
from beichen.platforms.ai.models import Model
from beichen.platforms.ai.rights import READ
from beichen.platforms.ai.views.words import badge, clock, is_english, name_of, outcome_badge
from beichen.platforms.ai.words import OUTCOME_NAMES
from beichen.web.tables import Column, Filter, Table, answer

NEVER = gettext_lazy("Never run")


def _link(row: Model) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_ai:model", args=[row.key]), name_of(row))


def _outcome(row: Any) -> str:
    return str(OUTCOME_NAMES[row.last_outcome]) if row.last_outcome else str(NEVER)


def _outcome_badge(row: Any) -> SafeString:
    return outcome_badge(row.last_outcome) if row.last_outcome else badge("unknown", str(NEVER))


def _missing(row: Model) -> str:
    return ", ".join(service.missing_of(row))


def _missing_badge(row: Model) -> SafeString | str:
    missing = _missing(row)
    return badge("behind", _("lacks %(names)s") % {"names": missing}) if missing else ""


@require_safe
def models(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    by = acting(request)
    require(by, READ)
    language = "en" if is_english() else "zh"
    packages = installed_packages(PackageKind.SCENE).values_list("key", "name")
    scenes = {key: name[language] for key, name in packages}
    rows = service.with_last_run(service.models(by=by))
    keys = list(service.models(by=by).order_by("scene").values_list("scene", flat=True).distinct())

    def scene(row: Model) -> str:
        return str(scenes.get(row.scene, row.scene))

    columns: list[Column[Any]] = [
        Column("name", pgettext_lazy("model", "Name"), name_of, _link, ("name",), is_header=True),
        Column("key", gettext_lazy("Key"), lambda row: row.key, sort=("key",)),
        Column("scene", gettext_lazy("Scene"), scene, sort=("scene", "key")),
        Column("last", gettext_lazy("Last run"), lambda row: row.last_at, lambda row: clock(row.last_at),
               ("last_at",)),
        Column("outcome", gettext_lazy("What became of it"), _outcome, _outcome_badge, ("last_outcome",)),
        Column("next", gettext_lazy("Next run"), lambda row: row.next_at, lambda row: clock(row.next_at),
               ("next_at",)),
        Column("missing", gettext_lazy("Missing libraries"), _missing, _missing_badge),
    ]  # fmt: skip
    choices = [(key, scenes.get(key, key)) for key in keys]
    filters = [Filter("scene", gettext_lazy("Scene"), "scene", choices)] if choices else []
    table: Table[Any] = Table(
        "models", gettext_lazy("Models"), rows, columns, filters, ("key", "name", "name_en")
    )
    return answer(request, table, "platforms_ai/models.html", {})
