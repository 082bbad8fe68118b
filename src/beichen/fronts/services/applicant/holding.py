"""What the room keeps of a person, for `/my/data`: drafts, which can be erased, and what was sent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.applicant.drafting import erase
from beichen.fronts.services.applicant.models import Draft, Submission
from beichen.kernel.access.service import Holding
from beichen.kernel.actor import Actor


def _drafts(code: str) -> QuerySet[Draft]:
    return Draft.objects.filter(owner=f"person:{code}")


def _export_drafts(code: str) -> list[dict[str, Any]]:
    return [
        {
            "item": row.item,
            "for": row.subject,
            "answers": row.given,
            "changed": row.changed_at.isoformat(timespec="seconds"),
            "files": [one.file.name for one in row.uploads.select_related("file")],
        }
        for row in _drafts(code)
    ]


def _erase_drafts(code: str, by: Actor) -> int:
    with transaction.atomic():
        rows = list(_drafts(code).select_for_update())
        for row in rows:
            erase(row, by=by)
    return len(rows)


def _sent(code: str) -> QuerySet[Submission]:
    return Submission.objects.filter(Q(affair__subject=code) | Q(run__subject=code))


def _export_sent(code: str) -> list[dict[str, Any]]:
    return [
        {
            "affair": row.code,
            "item": row.item,
            "answers": row.answers,
            "from": row.sources,
            "signature": row.signature,
            "sent": row.sent_at.isoformat(timespec="seconds"),
            "files": [one.file.name for one in row.uploads.select_related("file")],
        }
        for row in _sent(code).select_related("affair", "run")
    ]


HOLDINGS = (
    Holding(
        "services.drafts",
        _("Drafts of applications"),
        _("You are writing them; nobody else reads them."),
        _("Until you send or throw them away, or their time is over."),
        lambda code: _drafts(code).count(),
        _export_drafts,
        _erase_drafts,
        order=30,
    ),
    Holding(
        "services.applications",
        _("Applications and their files"),
        _("To decide on them, as the law of each service says."),
        _("As long as the file of the affair is kept."),
        lambda code: _sent(code).count(),
        _export_sent,
        stays=_("What a decision stands on is kept with it."),
        order=31,
    ),
)
