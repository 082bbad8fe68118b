"""What the ledger is told of applications: the hash of what was sent, so that it cannot be changed unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.applicant.signing import hash_of
from beichen.kernel.levels import Level
from beichen.platforms.ledger.service import SealedKind

KIND = "services.application"


def content_of(sent: Submission) -> Mapping[str, object]:
    """What is hashed: the item, for whom, the answers, and each file by its content."""
    files = [[one.field, one.file.hash] for one in sent.uploads.all() if not one.field.startswith("answer.")]
    return {
        "item": sent.item,
        "form": sent.form_id,
        "subject": sent.subject,
        "answers": sent.answers,
        "files": sorted(files),
    }


def current(codes: Sequence[str]) -> Mapping[str, str]:
    """The hash of each application as it is now."""
    rows = Submission.objects.filter(affair__code__in=codes).select_related("affair")
    return {row.affair.code: hash_of(content_of(row)) for row in rows.prefetch_related("uploads__file")}


SEALED_APPLICATION = SealedKind(KIND, _("Application for a service"), Level.L3, current)
