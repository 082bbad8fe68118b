"""A report's way from draft to published: who hands it in, who approves it, what it supersedes.

    draft → review → approved → published → superseded
              ↘ returned: a draft again, and the next edition is made anew

The document never changes on this way. Whoever made a report, or handed it in, cannot approve it.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import Decision, require
from beichen.kernel.actor import Actor
from beichen.plan.reports.making import note_step
from beichen.plan.reports.models import Report, State, Verb
from beichen.plan.reports.rights import (
    APPROVE,
    MAKE,
    NO_STEP,
    NO_WORDS,
    OWN_WORK,
    PUBLISH,
)
from beichen.problem import Problem, ProblemError, Where, said

# step → the states that it may be taken in, and the right that it needs
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    Verb.SUBMITTED: ((State.DRAFT,), MAKE),
    Verb.RETURNED: ((State.REVIEW, State.APPROVED), APPROVE),
    Verb.APPROVED: ((State.REVIEW,), APPROVE),
    Verb.PUBLISHED: ((State.APPROVED,), PUBLISH),
}


def _begin(report: Report, verb: str, by: Actor) -> tuple[Report, Decision]:
    """The locked row and why the step is allowed. Raises ProblemError ACC-403, PLN-921."""
    states, right = STEPS[verb]
    decision = require(by, right, report)
    locked = Report.objects.select_for_update(of=("self",)).defer("document").get(pk=report.pk)
    if locked.state not in states:
        message = said("a report that is {state} cannot be {verb}", state=locked.state, verb=verb)
        hint = said("make the next edition") if locked.state in {State.PUBLISHED, State.SUPERSEDED} else ""
        raise ProblemError(Problem(NO_STEP, message, Where(field="state"), hint))
    return locked, decision


def _end(report: Report, state: str, verb: str, by: Actor, words: str, decision: Decision) -> Report:
    report.state = state
    report.save(update_fields=["state", "level", "published_at"])
    note_step(report, verb, by=by, words=words.strip()[:500], reason=decision.reason)
    return report


@transaction.atomic
def submit_report(report: Report, *, by: Actor, words: str = "") -> Report:
    """Hand a draft in for review. Raises ProblemError ACC-403, PLN-921."""
    locked, decision = _begin(report, Verb.SUBMITTED, by)
    return _end(locked, State.REVIEW, Verb.SUBMITTED, by, words, decision)


@transaction.atomic
def return_report(report: Report, *, by: Actor, words: str) -> Report:
    """Send a report back with a reason. Raises ProblemError ACC-403, PLN-921, PLN-923."""
    locked, decision = _begin(report, Verb.RETURNED, by)
    if not words.strip():
        raise ProblemError(Problem(NO_WORDS, said("say why the report is returned"), Where(field="words")))
    return _end(locked, State.DRAFT, Verb.RETURNED, by, words, decision)


@transaction.atomic
def approve_report(report: Report, *, by: Actor, words: str = "") -> Report:
    """Approve what somebody else made. Raises ProblemError ACC-403, PLN-921, PLN-922."""
    locked, decision = _begin(report, Verb.APPROVED, by)
    handed_in = locked.steps.filter(verb=Verb.SUBMITTED).order_by("-id").values_list("by", flat=True).first()
    if by.key in {locked.made_by, handed_in}:
        hint = said("another person with this right approves it")
        raise ProblemError(Problem(OWN_WORK, said("nobody approves a report of their own"), hint=hint))
    return _end(locked, State.APPROVED, Verb.APPROVED, by, words, decision)


@transaction.atomic
def publish_report(report: Report, *, by: Actor, words: str = "") -> Report:
    """Publish an approved report at its audience's level; it supersedes the edition before.

    Raises ProblemError ACC-403, PLN-921.
    """
    locked, decision = _begin(report, Verb.PUBLISHED, by)
    before = Report.objects.select_for_update(of=("self",)).defer("document").select_related("region")
    for old in before.filter(plan_id=locked.plan_id, series=locked.series, state=State.PUBLISHED):
        _end(old, State.SUPERSEDED, Verb.SUPERSEDED, by, f"{locked.series} {locked.edition}", decision)
    locked.level, locked.published_at = locked.audience, timezone.now()
    return _end(locked, State.PUBLISHED, Verb.PUBLISHED, by, words, decision)
