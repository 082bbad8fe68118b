"""What the ledger is told of applications: the hash of what was sent, so that it cannot be changed unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.applicant.models import Submission, Upload
from beichen.fronts.services.applicant.signing import hash_of
from beichen.kernel.levels import Level
from beichen.platforms.ledger.service import SealedKind

KIND = "services.application"


def content_of(sent: Submission, uploads: Iterable[Upload]) -> Mapping[str, object]:
    """What is hashed: the item or bundle, for whom, the answers, and each file that came with them by its
    content."""
    files = [[one.field, one.file.hash] for one in uploads if not one.field.startswith("answer.")]
    return {
        "item": sent.item,
        "form": sent.form_id,
        "subject": sent.subject,
        "answers": sent.answers,
        "files": sorted(files),
    }


def current(codes: Sequence[str]) -> Mapping[str, str]:
    """The hash of each application as it is now."""
    rows = Submission.objects.filter(Q(affair__code__in=codes) | Q(run__code__in=codes))
    found = rows.select_related("affair", "run").prefetch_related("uploads__file")
    return {row.code: hash_of(content_of(row, row.uploads.all())) for row in found}


SEALED_APPLICATION = SealedKind(KIND, _("Application for a service"), Level.L3, current)
