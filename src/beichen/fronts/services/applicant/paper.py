"""Papers of an affair as officers see them: that one is there, and what stands in it within their clearance.

Every way by which an officer comes to what stands in a paper asks :func:`open_paper`. Whose application it is
sees their own without it (:mod:`.own`), by for whom they act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext

from beichen.fronts.services.affair.finding import find_affair
from beichen.fronts.services.applicant.models import Submission, Upload
from beichen.fronts.services.applicant.problems import no_draft, paper_closed
from beichen.fronts.services.applicant.sent import form_schema, submission_of
from beichen.fronts.services.applicant.uploading import ANSWER, MATERIAL, files_for
from beichen.fronts.services.forms.telling import field_at
from beichen.fronts.services.items.declaration import Item
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Application, BundlePart
from beichen.fronts.services.items.wording import joined
from beichen.fronts.services.items.words import How
from beichen.fronts.services.models import Affair, AffairBody
from beichen.fronts.services.permissions import READ
from beichen.kernel.access import service as access
from beichen.kernel.access.service import Decision
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level

IDENTITY = "identity-card"
PERSON = "person."


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of an application: what it is, how it came in, the clearance that it needs, its reader's right.

    ``upload`` is its file, None for what a clerk received or the city holds; ``note`` what was noted of it.
    """

    upload: Upload | None
    name: str
    level: Level
    decision: Decision
    how: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the reader may see what stands in it."""
        return bool(self.decision)

    @property
    def grantors(self) -> str:
        """The names of the roles that may."""
        return joined(self.decision.grantors)


def papers_of(row: Affair, *, by: Actor) -> list[Paper]:
    """The papers of an affair that was found for the officer, those above the clearance too."""
    sent, own = submission_of(row), Application.objects.filter(affair=row).select_related("item").first()
    files = files_for(sent, row) if sent is not None else []
    received: Mapping[str, Mapping[str, str]] = own.materials if own is not None else {}
    if not files and not received:
        return []
    asked, taking = _items(sent, own), _taking_part(row)
    schema = form_schema(sent, row) if sent is not None else {}
    papers: list[tuple[str, Upload | None]] = [(one.field, one) for one in files]
    brought = {one.field for one in files}
    papers += [(f"{MATERIAL}{key}", None) for key in received if f"{MATERIAL}{key}" not in brought]
    found = []
    for field, upload in papers:
        name, level = _told(field, asked, schema, Level(row.level))
        decision = _decision(taking, level, by)
        told = received.get(field.removeprefix(MATERIAL), {}) if field.startswith(MATERIAL) else {}
        note = told.get("note", "") if decision else ""
        found.append(
            Paper(upload, name, level, decision, str(How(told.get("how") or How.UPLOADED).label), note)
        )
    return found


def open_paper(affair_code: str, code: str, *, by: Actor) -> Upload:
    """A file of an affair, for who takes part in it with the clearance; the look is recorded for its subject.

    Raises ProblemError SRV-301, SRV-501, SRV-515.
    """
    affair = find_affair(affair_code, by=by)
    papers = ((one, one.upload) for one in papers_of(affair, by=by) if one.upload is not None)
    paper, upload = next((pair for pair in papers if pair[1].code == code), (None, None))
    if paper is None or upload is None:
        raise no_draft()
    if not paper.is_open:
        raise paper_closed(paper.name, int(paper.level), paper.grantors)
    resource = f"fronts_services.upload:{upload.code}"
    detail = {"affair": affair.code, "file": upload.file.name[:60], "level": int(paper.level)}
    audit.record(by, "services.upload.read", resource, detail=detail, subject=affair.subject)
    return upload


def reach_of(row: Affair, *, by: Actor) -> Level:
    """The clearance with which the actor takes part in an affair: of posts at bodies that do, no others."""
    if by.is_system:
        return max(Level)
    return max((access.clearance(by, READ, one) for one in _taking_part(row)), default=Level.L1)


def withheld_of(row: Affair, *, by: Actor) -> frozenset[str]:
    """The names of an affair's data that its form asks for at a level above the clearance of who takes part.

    What a process takes over of the form is no less personal than what stands in the application.
    """
    sent = submission_of(row)
    if sent is None or by.is_system:
        return frozenset()
    reach, fields = reach_of(row, by=by), form_schema(sent, row)["properties"]
    return frozenset(name for name, one in fields.items() if level_of_field(one) > reach)


def level_of_answers(row: Affair) -> Level:
    """The level of what is brought when something more is asked for."""
    own = Application.objects.filter(affair=row).select_related("item").first()
    return _told(ANSWER, _items(submission_of(row), own), {}, Level(row.level))[1]


def level_of_field(field: Mapping[str, Any]) -> Level:
    """The level of a form's field: as declared; pictures that are read as identity cards are personal."""
    return Level[field.get("x-level") or ("L3" if field.get("x-read") == IDENTITY else "L2")]


def _taking_part(row: Affair) -> list[AffairBody]:
    rows: QuerySet[AffairBody] = AffairBody.objects.select_related("body").filter(affair=row)
    found = list(rows)
    for one in found:
        one.affair = row
    return found


def _decision(taking: Iterable[AffairBody], level: Level, by: Actor) -> Decision:
    """By the first body at which a post has the clearance; else why not, and who could."""
    if by.is_system:
        return Decision(True, "system")
    refused = Decision(False, "")
    for one in taking:
        decision = access.decide(by, READ, one, level=level)
        if decision:
            return decision
        refused = decision
    return refused


def _items(sent: Submission | None, own: Application | None) -> list[Item]:
    """The items that this was sent for, the affair's own first: all of a bundle's share their papers."""
    rows = [own.item] if own is not None else []
    if sent is not None and sent.run_id:
        rows += [part.item for part in BundlePart.objects.select_related("item").filter(run=sent.run_id)]
    return [read_item(one) for one in rows]


def _told(field: str, asked: list[Item], schema: Mapping[str, Any], base: Level) -> tuple[str, Level]:
    """What a file is called, and its level: as strict as the strictest item that asks for it.

    What was brought later may be whatever was asked for: it is as the strictest paper of the items. What is
    not declared any more is personal.
    """
    if field.startswith(ANSWER):
        levels = [one.level_at(base) for item in asked for one in item.materials.values()]
        return gettext("Brought later, as it was asked for"), max([base, *levels])
    if field.startswith(MATERIAL):
        key = field.removeprefix(MATERIAL)
        found = [item.materials[key] for item in asked if key in item.materials]
        name = found[0].name.label if found else key
        return name, max((one.level_at(base) for one in found), default=Level.L3)
    declared = field_at(schema, tuple(int(one) if one.isdigit() else one for one in field.split(".")))
    if not declared:
        return field, Level.L3
    title = declared.get("x-title-en") if (get_language() or "").startswith("en") else declared.get("title")
    return str(title or declared.get("title") or field), max(base, level_of_field(declared))
