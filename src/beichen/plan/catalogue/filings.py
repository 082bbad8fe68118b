"""Filing a plan (编制备案) and leading it from draft to filed: each step with its day, document and actor."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import BinaryIO

from django.db import transaction
from django.db.models import Q

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.files.service import store
from beichen.kernel.levels import Level as DataLevel
from beichen.plan.catalogue.entries import require_own
from beichen.plan.catalogue.finding import Severity
from beichen.plan.catalogue.models import Entry, Filing, FilingState, FindingState, Step
from beichen.plan.models import Plan, PlanKind, PlanState
from beichen.plan.service import PlanFacts, PlanPlace, current_plan, import_facts, place_plan, read_plan
from beichen.problem import Level, Problem, ProblemError, Where, code, said, shorten

FILE = permission("plan.catalogue.file", "报送规划", "File a plan")
APPROVE = permission("plan.catalogue.approve", "批准备案规划", "Approve a plan of the catalogue")
BAD_STEP = code("PLN-704", "A filing cannot take this step now.", status=409)
UNSETTLED = code("PLN-705", "Findings of the check are not settled yet.", status=409)
NO_DOCUMENT = code("PLN-706", "This step needs the number of its document.", status=422)
NO_OUTLINE = code("PLN-707", "There is no outline that a plan could stand under.", status=409)

READABLE = {".txt", ".docx", ".pdf"}
_KEPT_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Way:
    """A step that leads out of a state."""

    target: FilingState
    right: str
    needs_document: bool = False


WAYS: Mapping[FilingState, Mapping[str, Way]] = {
    FilingState.DRAFT: {"submit": Way(FilingState.SUBMITTED, FILE)},
    FilingState.SUBMITTED: {
        "link": Way(FilingState.LINKING, APPROVE),
        "return": Way(FilingState.DRAFT, APPROVE),
    },
    FilingState.LINKING: {
        "approve": Way(FilingState.APPROVED, APPROVE, needs_document=True),
        "return": Way(FilingState.DRAFT, APPROVE),
    },
    FilingState.APPROVED: {"file": Way(FilingState.FILED, APPROVE, needs_document=True)},
}


def outline_or_refuse() -> Plan:
    """The city's outline. Raises ProblemError PLN-707."""
    outline = current_plan()
    if outline is None:
        raise ProblemError(Problem(NO_OUTLINE, said("import the city's outline first")))
    return outline


def _read(content: BinaryIO, name: str) -> PlanFacts:
    """The facts of a file. Raises the importer's ProblemError; its errors refuse the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(name).name
        with path.open("wb") as out:
            while piece := content.read(1 << 20):
                out.write(piece)
        facts = read_plan(path)
    wrong = [problem for problem in facts.problems if problem.level is Level.ERROR]
    if wrong:
        raise ProblemError(*wrong)
    return facts


def _step(filing: Filing, day: date, document: str, note: str, by: Actor) -> None:
    Step.objects.create(filing=filing, state=filing.state, day=day, document=document, note=note, by=by.key)
    resource = f"plan_catalogue.filing:{filing.entry.key}/{filing.number}"
    detail = {"state": str(filing.state), "document": document}
    audit.record(by, f"plan.catalogue.{filing.state}", resource, detail=detail, reason=note)
    data = {"entry": filing.entry.key, "number": filing.number, "state": str(filing.state)}
    publish("plan.filing.moved", filing.entry.key, data, by=by, region=filing.entry.region.path)


@transaction.atomic
def file_plan(
    entry: Entry, content: BinaryIO, name: str, *, on: date, by: Actor, as_document: bool = False
) -> Filing:
    """A new filing of the entry, as a draft: its facts are read, or with ``as_document`` only kept.

    Earlier filings that are not filed yet are superseded. Raises ProblemError: ACC-403, PLN-101 to 107 and
    FIL-101 to 104 for the file, PLN-707.
    """
    require_own(by, FILE, entry)
    outline = outline_or_refuse()
    facts = None if as_document else _read(content, name)
    content.seek(0)
    stored = store(content, name, by=by, level=DataLevel.L2, body=entry.body, region=entry.region)
    number = (entry.filings.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    earlier = entry.filings.exclude(state__in=[FilingState.FILED, FilingState.SUPERSEDED])
    for old in earlier.select_related("entry__region"):
        _supersede(old, on, by)
    filing = Filing(entry=entry, number=number, file=stored)
    if facts is not None:
        key = f"{entry.key}-{number}"
        place = PlanPlace(PlanKind(entry.kind), outline, PlanState.DRAFT)
        # The right that counts is that to file; importing facts is how it is done.
        import_facts(facts, key, by=replace(by, is_system=True), region=entry.region, place=place)
        filing.plan = Plan.objects.get(key=key)
        filing.problems = [problem.as_dict() for problem in facts.problems[:_KEPT_PROBLEMS]]
    filing.save()
    _step(filing, on, "", "", by)
    return filing


def _supersede(filing: Filing, on: date, by: Actor) -> None:
    filing.state = FilingState.SUPERSEDED
    filing.save(update_fields=["state"])
    if filing.plan is not None:
        place_plan(filing.plan, PlanState.SUPERSEDED, by=replace(by, is_system=True))
    _step(filing, on, "", "", by)


def unsettled(filing: Filing) -> int:
    """How many findings stand against an approval: open or to be changed, and more than a note."""
    grave = Q(severity__in=[Severity.HIGH, Severity.MEDIUM])
    states = [FindingState.OPEN, FindingState.ACCEPTED]
    return filing.entry.findings.filter(grave, filing=filing, state__in=states).count()


def _way(filing: Filing, name: str) -> Way:
    """The step out of the filing's state. Raises ProblemError PLN-704."""
    way = WAYS.get(FilingState(filing.state), {}).get(name)
    if way is None:
        hint = "one of: " + (", ".join(WAYS.get(FilingState(filing.state), {})) or "none")
        message = shorten(
            said("a filing that is {state} cannot take the step {name}", state=filing.state, name=name)
        )
        raise ProblemError(Problem(BAD_STEP, message, hint=hint))
    return way


def _refuse_step(filing: Filing, way: Way, document: str) -> None:
    """Raise what stands against the step."""
    if way.needs_document and not document.strip():
        raise ProblemError(Problem(NO_DOCUMENT, said("give the document's number"), Where(field="document")))
    if way.target is FilingState.APPROVED and filing.plan is not None:
        if filing.checked_at is None:
            raise ProblemError(Problem(UNSETTLED, said("the plan has not been checked yet")))
        left = unsettled(filing)
        if left:
            hint = said("justify them, or file the plan with the changes")
            raise ProblemError(
                Problem(UNSETTLED, said("{left} findings are not settled", left=left), hint=hint)
            )


@transaction.atomic
def move_filing(
    filing: Filing, name: str, *, on: date, by: Actor, document: str = "", note: str = ""
) -> Filing:
    """Take the step ``name`` of :data:`WAYS`. A plan that is filed is in force, and the one before no more.

    Publishes ``plan.filing.moved``. Raises ProblemError: ACC-403, PLN-704 to 706.
    """
    held = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    way = _way(held, name)
    if way.right == FILE:
        require_own(by, FILE, held.entry)
    else:
        require(by, way.right, held)
    _refuse_step(held, way, document)
    held.state = way.target
    held.save(update_fields=["state"])
    if held.state == FilingState.FILED:
        filed = held.entry.filings.filter(state=FilingState.FILED).exclude(pk=held.pk)
        for old in filed.select_related("entry__region", "plan"):
            _supersede(old, on, by)
        if held.plan is not None:
            place_plan(held.plan, PlanState.IN_FORCE, by=replace(by, is_system=True))
    _step(held, on, document.strip(), note.strip(), by)
    return held
