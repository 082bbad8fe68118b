"""Who saw or changed what is kept of a person, in their own words: the audit record, read for its subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from beichen.kernel.access.models import Client
from beichen.kernel.access.service import declared
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Post
from beichen.web.wording import HOUSE

MOST = 2_000
"""The newest so many are shown; the export of one's data has the same."""
ACTS: dict[str, Promise] = {
    "access.session.begin": gettext_lazy("Signed in"),
    "access.session.end": gettext_lazy("Signed out"),
    "access.session.refuse": gettext_lazy("Signing in was refused"),
    "access.password.change": gettext_lazy("Changed the password"),
    "access.password.reset": gettext_lazy("Set a new password by a code"),
    "access.account.register": gettext_lazy("Opened the account"),
    "access.account.create": gettext_lazy("Made the account"),
    "access.second-step.add": gettext_lazy("Added a second step of signing in"),
    "access.second-step.remove": gettext_lazy("Removed a second step of signing in"),
    "access.second-step.refuse": gettext_lazy("The second step of signing in was wrong"),
    "access.identity.check": gettext_lazy("Checked the identity"),
    "access.person.find": gettext_lazy("Looked up the person at a window"),
    "access.representation.grant": gettext_lazy("Recorded who acts for whom"),
    "access.representation.revoke": gettext_lazy("Ended that somebody acts for another"),
    "access.data.export": gettext_lazy("Took a copy of the data"),
    "access.data.erase": gettext_lazy("Had data erased"),
    "org.person.register": gettext_lazy("Entered the person"),
    "comms.contact.set": gettext_lazy("Changed how messages come"),
    "services.application.read": gettext_lazy("Read what was said in an application"),
    "services.bundle.apply": gettext_lazy("Applied for several services at once"),
    "services.bundle.withdraw": gettext_lazy("Withdrew an application for several services"),
    "services.prefill": gettext_lazy("Took known data over into an application"),
    "services.receipt.write": gettext_lazy("Wrote a receipt"),
    "services.upload.read": gettext_lazy("Opened a paper of an application"),
    "services.upload.recognise": gettext_lazy("Had a picture of an application read"),
    "ledger.certificate.represent": gettext_lazy("Looked at a certificate for its holder"),
    "codes.person.withdraw": gettext_lazy("Withdrew the codes of the person"),
    "codes.scan.erase": gettext_lazy("Had the list of scans erased"),
}


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
    """The newest acts about the person of this code, the newest first; three queries."""
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
        why=str(purpose or ""),
        side="own" if is_own else "others",
        number=row.sequence,
    )


def _words() -> dict[str, str]:
    """What each action is called: its right's meaning, or this module's."""
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
    return found
