"""Who saw or changed what is kept of a person, in their own words: the audit record, read for its subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beichen.fronts.citizen.my.deeds import ACTS
from beichen.kernel.access.models import Client, RelyingParty
from beichen.kernel.access.service import declared
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Post
from beichen.web.wording import HOUSE

MOST = 2_000
"""The newest so many are shown; the export of one's data has the same."""
APPLYING = "services.apply "
"""How a purpose begins that is an application; the key of its item follows."""

CERTIFICATE = "certificate"
"""The purpose of who looks at a certificate at the body that issued it."""


@dataclass(frozen=True, slots=True)
class Act:
    """One record: when, who (a body, never a name), what, why; ``side`` is own or others."""

    at: datetime
    who: str
    what: str
    why: str
    side: str
    number: int


def acts_of(person: str) -> list[Act]:
    """The newest acts about the person of this code, the newest first; four queries."""
    if not person:
        return []
    rows = list(AuditRecord.objects.filter(subject=person).order_by("-sequence")[:MOST])
    named = _named({row.actor for row in rows} - {f"person:{person}"})
    words = _words()
    return [_act(row, person, named, words) for row in rows]


def _act(row: AuditRecord, person: str, named: dict[str, str], words: dict[str, str]) -> Act:
    is_own = row.actor in (f"person:{person}", "public")
    detail: Any = orjson.loads(row.detail)
    purpose = detail.get("purpose") if isinstance(detail, dict) else None
    return Act(
        at=datetime.fromisoformat(row.at),
        who=_("Myself") if is_own else named.get(row.actor) or str(HOUSE),
        what=words.get(row.action, row.action),
        why=_why(str(purpose or "")),
        side="own" if is_own else "others",
        number=row.sequence,
    )


def _why(purpose: str) -> str:
    if purpose.startswith(APPLYING):
        return _("Application for a service")
    if purpose == CERTIFICATE or purpose.startswith("/certificates/"):  # as it was recorded before
        return _("To check or change the certificate")
    return purpose


def _words() -> dict[str, str]:
    """What each action is called: its right's meaning, or that of deeds."""
    english = get_language() == "en"
    rights = {name: one.en if english else one.zh for name, one in declared().items()}
    return rights | {name: str(label) for name, label in ACTS.items()}


def _named(actors: Iterable[str]) -> dict[str, str]:
    """The bodies at which people and programs act, with the post; somebody without one is a person."""
    keys = list(actors)
    codes = [key.removeprefix("person:") for key in keys if key.startswith("person:")]
    found = {f"person:{code}": _("Another person") for code in codes}
    posts = Post.objects.filter(person__code__in=codes, until=None).order_by("-id")
    for code, body, title in posts.values_list("person__code", "body__name", "title"):
        found[f"person:{code}"] = f"{body} {title}".strip()
    names = [key.removeprefix("client:") for key in keys if key.startswith("client:")]
    for key, name in Client.objects.filter(key__in=names).values_list("key", "name"):
        found[f"client:{key}"] = name
    parties = [key.removeprefix("party:") for key in keys if key.startswith("party:")]
    for row in RelyingParty.objects.filter(key__in=parties):
        english = row.name_en if get_language() == "en" else ""
        found[f"party:{row.key}"] = english or row.name
    return found
