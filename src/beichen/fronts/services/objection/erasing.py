"""Forgetting who objected: name, telephone and e-mail go; what was said stays a part of the affair."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.reading import CONTACT, export, own_objections
from beichen.kernel.access.service import Holding
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.comms import service as comms

ERASE = "services.objection.erase"


@transaction.atomic
def forget(row: Objection, *, by: Actor) -> None:
    """Forget how who objected can be reached, also where messages went; for who filed it."""
    kept = Objection.objects.select_for_update(of=("self",)).select_related("person").get(pk=row.pk)
    comms.forget_subject(kept.whose, [f"objection:{kept.code}"], by=by)
    for name in CONTACT:
        setattr(kept, name, "")
    kept.person, kept.erased_at = None, timezone.now()
    kept.save(update_fields=[*CONTACT, "person", "erased_at"])
    audit.record(by, ERASE, f"{kept._meta.label_lower}:{kept.pk}", detail={"objection": kept.code})


def _export(code: str) -> list[dict[str, Any]]:
    return [export(row) for row in own_objections(code)]


def _erase(code: str, by: Actor) -> int:
    rows = list(own_objections(code))
    for row in rows:
        forget(row, by=by)
    return len(rows)


OBJECTIONS = Holding(
    "services.objections",
    _("Objections to public notices"),
    _("To answer them before it is decided (Administrative Licensing Law)."),
    _("Your name and addresses until you erase them; what you said as long as the file of the affair."),
    lambda code: own_objections(code).count(),
    _export,
    _erase,
    stays=_("What you said stays with the affair, without your name."),
    order=32,
)
