"""What was sent for an affair: its own application, or that of the bundle of which it is a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.applicant.offered import declared_form
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.forms.service import form_of_process
from beichen.fronts.services.items.models import Application, BundlePart
from beichen.fronts.services.models import Affair


def submission_of(row: Affair) -> Submission | None:
    """What was sent for an affair, when it was sent by an applicant's page."""
    try:
        found: Submission = row.submission
    except Submission.DoesNotExist:
        return _of_bundle(row)
    return found


def _of_bundle(row: Affair) -> Submission | None:
    part = BundlePart.objects.select_related("run__submission__form").filter(affair=row).first()
    if part is None:
        return None
    try:
        found: Submission = part.run.submission
    except Submission.DoesNotExist:
        return None
    return found


def item_of(row: Affair) -> str:
    """The item as which an affair was applied for; empty for one that was started without any."""
    keys = Application.objects.filter(affair=row).values_list("item__key", flat=True)
    return keys.first() or ""


def form_schema(sent: Submission, row: Affair | None) -> Mapping[str, Any]:
    """The form under which an application was sent."""
    if sent.form is not None:
        declared: Mapping[str, Any] = sent.form.declared
        return declared
    if sent.declared or row is None:
        return sent.declared or {"properties": {}}
    return form_of_process(read_process(row.definition.declared)).schema


def handled_schema(sent: Submission, row: Affair) -> Mapping[str, Any] | None:
    """The form whose answers who handles an affair sees; None where its own data are all that was said.

    Of a bundle that is what the form of this part asks for, as it was when all of them were one.
    """
    if sent.form is not None:
        declared: Mapping[str, Any] = sent.form.declared
        return declared
    applied = Application.objects.select_related("item").filter(affair=row).first()
    own = declared_form(applied.item) if applied is not None and sent.declared else None
    if own is None:
        return None
    fields = sent.declared["properties"].items()
    return {
        **sent.declared,
        "properties": {name: one for name, one in fields if name in own.schema["properties"]},
    }
