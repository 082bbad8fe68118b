"""The Word templates in use: a city's own, from its package or uploaded, else the room's."""

from __future__ import annotations

from io import BytesIO

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.files.service import open_stored, store
from beichen.kernel.levels import Level
from beichen.plan.reports.models import WordTemplate
from beichen.plan.reports.rendering.template import check_template, default_template
from beichen.plan.reports.rights import TEMPLATE

USES = ("report", "brief")


def current_template(use: str) -> bytes | None:
    """The city's own template for a use, None where the room's is taken."""
    row = WordTemplate.objects.select_related("file").filter(use=use, is_current=True).first()
    return b"".join(open_stored(row.file)) if row is not None else None


def templates_in_use() -> dict[str, WordTemplate | None]:
    """The city's own template of each use."""
    rows = {row.use: row for row in WordTemplate.objects.select_related("file").filter(is_current=True)}
    return {use: rows.get(use) for use in USES}


def template_to_change(use: str) -> bytes:
    """What a person starts from: the template in use."""
    return current_template(use) or default_template(is_short=use == "brief")


@transaction.atomic
def save_template(content: bytes, use: str, name: str, *, by: Actor, owner: str = "upload") -> WordTemplate:
    """Take a city's template into use; the one before stays kept. The same content again writes nothing.

    Raises ProblemError ACC-403, PLN-910 to PLN-914 with every mistake.
    """
    require(by, TEMPLATE)
    check_template(content, name)
    row = WordTemplate.objects.select_related("file").filter(use=use, is_current=True).first()
    if row is not None and b"".join(open_stored(row.file)) == content:
        return row
    stored = store(BytesIO(content), name, by=by, level=Level.L2)
    WordTemplate.objects.filter(use=use, is_current=True).update(is_current=False)
    row = WordTemplate.objects.create(
        use=use, file=stored, owner=owner, by_name=by.name[:120], at=timezone.now()
    )
    detail = {"use": use, "hash": stored.hash, "owner": owner}
    audit.record(by, TEMPLATE, f"plan_reports.wordtemplate:{use}", detail=detail)
    return row


@transaction.atomic
def drop_template(use: str, *, by: Actor) -> None:
    """Go back to the room's own template. Raises ProblemError ACC-403."""
    require(by, TEMPLATE)
    if WordTemplate.objects.filter(use=use, is_current=True).update(is_current=False):
        audit.record(by, TEMPLATE, f"plan_reports.wordtemplate:{use}", detail={"use": use, "hash": ""})
