"""What the room's pages share: names in the reader's language, the tabs, the badge of a demonstration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.kernel.access.service import acting, decide
from beichen.supports.evaluation.models import Round, Scheme
from beichen.supports.evaluation.rights import APPEAL, INSPECT
from beichen.web.links import Link

TABS = (
    ("index", _("Overview")),
    ("rounds", _("Evaluations")),
    ("schemes", _("Schemes")),
    ("appeals", _("Appeals")),
)


def in_english() -> bool:
    """Whether the reader reads English."""
    return get_language() == "en"


def told(row: Any, field: str = "name") -> str:
    """A field in the reader's language, in Chinese where there is no English."""
    english = getattr(row, f"{field}_en", "") if in_english() else ""
    return str(english or getattr(row, field))


def named(entry: dict[str, Any]) -> str:
    """The name of a group or a grade in the reader's language."""
    return str((entry.get("en") if in_english() else "") or entry["zh"])


def group_name(scheme: Scheme, key: str) -> str:
    """The name of a group of peers."""
    return next((named(group) for group in scheme.groups if group["key"] == key), key)


def tabs(request: HttpRequest, current: str) -> list[Link]:
    """The room's pages beside each other; appeals only for those who may see some."""
    by = acting(request)
    may_see = bool(decide(by, INSPECT)) or bool(decide(by, APPEAL))
    return [
        Link(label, reverse(f"supports_evaluation:{name}"), name == current)
        for name, label in TABS
        if name != "appeals" or may_see
    ]


def badge(word: str, tone: str) -> SafeString:
    """A word on a coloured ground."""
    return render_to_string("supports_evaluation/badge.html", {"word": word, "tone": tone})


def round_crumbs(round_: Round, *further: Link) -> list[Link]:
    """The way to a round and what lies below it."""
    href = reverse("supports_evaluation:round", args=[round_.key])
    return [
        Link(_("Evaluation"), reverse("supports_evaluation:index")),
        Link(_("Evaluations"), reverse("supports_evaluation:rounds")),
        Link(told(round_, "title"), href),
        *further,
    ]


def scheme_crumbs(scheme: Scheme, *further: Link) -> list[Link]:
    """The way to a scheme's version and what lies below it."""
    href = reverse("supports_evaluation:scheme", args=[scheme.key, scheme.version])
    return [
        Link(_("Evaluation"), reverse("supports_evaluation:index")),
        Link(_("Schemes"), reverse("supports_evaluation:schemes")),
        Link(told(scheme), href),
        *further,
    ]
