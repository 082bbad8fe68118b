"""The findings as a worked list: checks write them, people settle them, later filings resolve them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.catalogue.checking import check
from beichen.plan.catalogue.entries import require_own
from beichen.plan.catalogue.filings import outline_or_refuse
from beichen.plan.catalogue.finding import Finding, Severity
from beichen.plan.catalogue.models import Filing, FilingState, FindingRecord, FindingState
from beichen.plan.catalogue.reading import covers_of, known_bodies, statements_of
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

CHECK = permission("plan.catalogue.check", "开展规划衔接审查", "Check a plan against the outline")
SETTLE = permission("plan.catalogue.settle", "处理衔接审查意见", "Settle findings of a check")
NO_FACTS = code("PLN-708", "A filing without facts cannot be checked.", status=422)
NO_REASON = code("PLN-709", "A finding is justified without a reason.", status=422)
NO_FINDING = code("PLN-710", "The entry has no such finding.", status=404)
BAD_DECISION = code("PLN-711", "A finding cannot be settled so.", status=409)

DECISIONS = (FindingState.OPEN, FindingState.ACCEPTED, FindingState.JUSTIFIED)
_COLUMNS = (
    "filing", "digest", "category", "severity", "rank", "subject", "reason", "match", "details", "ours",
    "theirs", "state", "decision", "decided_by", "decided_at",
)  # fmt: skip


def _fill(row: FindingRecord, finding: Finding, filing: Filing) -> bool:
    """Write a finding into its row; whether anything changed. Other numbers open a decision again."""
    before = (row.filing_id, row.digest, row.severity, row.state, row.reason)
    is_same = row.digest == finding.digest
    if row.state == FindingState.RESOLVED or (not is_same and row.state != FindingState.OPEN):
        row.state, row.decision, row.decided_by, row.decided_at = FindingState.OPEN, "", "", None
    row.filing, row.digest = filing, finding.digest
    row.category, row.severity, row.reason = finding.category, finding.severity, finding.reason
    row.rank = list(Severity).index(finding.severity)
    row.subject, row.match, row.details = finding.subject[:300], finding.match, finding.details
    row.ours = finding.ours.as_dict() if finding.ours else None
    row.theirs = finding.theirs.as_dict() if finding.theirs else None
    return before != (row.filing_id, row.digest, row.severity, row.state, row.reason)


def _write(filing: Filing, found: Iterable[Finding]) -> dict[str, int]:
    """Make the entry's list say what was found; what is found no more is resolved."""
    now = timezone.now()
    held = {row.key: row for row in FindingRecord.objects.filter(entry=filing.entry)}
    fresh: list[FindingRecord] = []
    changed: list[FindingRecord] = []
    kept: set[str] = set()
    for finding in found:
        kept.add(finding.key)
        row = held.get(finding.key)
        if row is None:
            row = FindingRecord(entry=filing.entry, key=finding.key, found_at=now)
            _fill(row, finding, filing)
            fresh.append(row)
        elif _fill(row, finding, filing):
            changed.append(row)
    gone = [row for key, row in held.items() if key not in kept and row.state != FindingState.RESOLVED]
    for row in gone:
        row.state, row.filing = FindingState.RESOLVED, filing
    FindingRecord.objects.bulk_create(fresh, batch_size=400)
    FindingRecord.objects.bulk_update([*changed, *gone], list(_COLUMNS), batch_size=200)
    filing.checked_at = now
    filing.save(update_fields=["checked_at"])
    return {"new": len(fresh), "changed": len(changed), "resolved": len(gone), "found": len(kept)}


@transaction.atomic
def check_filing(filing: Filing, *, by: Actor) -> dict[str, int]:
    """Check a filing against the outline; counts of new, changed, resolved and found findings.

    Decisions stay as long as the numbers that they were taken on. Publishes ``plan.filing.checked``.
    Raises ProblemError: ACC-403, PLN-707, PLN-708.
    """
    return check_filings([filing], by=by)


@transaction.atomic
def check_filings(filings: Iterable[Filing], *, by: Actor) -> dict[str, int]:
    """Check many filings against the outline, which is read once; the counts together."""
    outline = outline_or_refuse()
    ours = statements_of(outline)
    bodies = known_bodies(ours.region)
    total = {"new": 0, "changed": 0, "resolved": 0, "found": 0}
    for filing in filings:
        require(by, CHECK, filing)
        if filing.plan is None:
            raise ProblemError(
                Problem(NO_FACTS, said("it was filed as a document: there is nothing to compare"))
            )
        theirs = statements_of(filing.plan, outline)
        found = check(ours, theirs, covers=covers_of(filing.entry.covers), bodies=bodies)
        counts = _write(filing, found)
        resource = f"plan_catalogue.filing:{filing.entry.key}/{filing.number}"
        audit.record(by, CHECK, resource, detail=counts)
        data = {"entry": filing.entry.key, "number": filing.number, **counts}
        publish("plan.filing.checked", filing.entry.key, data, by=by, region=filing.entry.region.path)
        total = {name: total[name] + counts[name] for name in total}
    return total


def checkable() -> QuerySet[Filing]:
    """The filings whose findings follow the outline: in the check, approved or filed."""
    states = [FilingState.LINKING, FilingState.APPROVED, FilingState.FILED]
    found = Filing.objects.filter(state__in=states, plan__isnull=False)
    return found.select_related("entry__region", "entry__body", "plan__region").order_by("id")


def finding_of(entry_key: str, key: str) -> FindingRecord:
    """A finding of an entry. Raises ProblemError PLN-710."""
    rows = FindingRecord.objects.select_related("entry__region", "entry__body", "filing__plan")
    found = rows.filter(entry__key=entry_key, key=key).first()
    if found is None:
        raise ProblemError(
            Problem(
                NO_FINDING, shorten(said("{entry_key} has no finding {key}", entry_key=entry_key, key=key))
            )
        )
    return found


@transaction.atomic
def settle_finding(finding: FindingRecord, state: str, *, reason: str, by: Actor) -> FindingRecord:
    """Say that a finding is to be changed, justified with a reason, or open again.

    Publishes ``plan.finding.settled``. Raises ProblemError: ACC-403, PLN-709, PLN-711.
    """
    require_own(by, SETTLE, finding.entry)
    if state not in DECISIONS or finding.state == FindingState.RESOLVED:
        message = shorten(
            said("a finding that is {state} cannot become {state2}", state=finding.state, state2=state)
        )
        raise ProblemError(Problem(BAD_DECISION, message, Where(field="state")))
    if state == FindingState.JUSTIFIED and not reason.strip():
        raise ProblemError(Problem(NO_REASON, said("say why the plan may differ"), Where(field="reason")))
    finding.state, finding.decision = state, reason.strip()[:500]
    finding.decided_by, finding.decided_at = by.key, timezone.now()
    finding.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    resource = f"plan_catalogue.finding:{finding.entry.key}/{finding.key}"
    audit.record(by, SETTLE, resource, detail={"state": state}, reason=finding.decision)
    data = {"entry": finding.entry.key, "finding": finding.key, "state": state}
    publish("plan.finding.settled", finding.entry.key, data, by=by, region=finding.entry.region.path)
    return finding


def findings(plan: Plan) -> QuerySet[FindingRecord]:
    """The findings of a plan that stand, the gravest first: open, to be changed or justified."""
    rows = FindingRecord.objects.filter(filing__plan=plan).exclude(state=FindingState.RESOLVED)
    return rows.select_related("entry").order_by("rank", "category", "id")
