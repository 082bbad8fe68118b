"""What acts on the plan are called in its audit trail; the others are called as their rights.

Every act that a room of the plan records has words here or is a right: `tests/audited.py` holds it.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.kernel.access.service import declared

DEEDS: dict[str, Promise] = {
    "plan.catalogue.approved": _("A filing of a plan was approved"),
    "plan.catalogue.draft": _("Began a filing of a plan, or gave it back"),
    "plan.catalogue.filed": _("A plan was filed"),
    "plan.catalogue.linking": _("A filed plan went into the consistency check"),
    "plan.catalogue.submitted": _("Handed a plan in for filing"),
    "plan.catalogue.superseded": _("A filing was superseded by a later one"),
    "plan.congress.answered": _("Answered an opinion of the congress"),
    "plan.congress.dated": _("Recorded when the congress received and deliberated a report"),
    "plan.congress.judged": _("Recorded how the congress judged an answer"),
    "plan.congress.opined": _("Recorded an opinion of the congress"),
    "plan.congress.submitted": _("Submitted a report to the congress"),
    "plan.document.approved": _("Approved a report"),
    "plan.document.failed": _("A report could not be made"),
    "plan.document.made": _("A report was made"),
    "plan.document.published": _("Published a report"),
    "plan.document.returned": _("Gave a report back"),
    "plan.document.submitted": _("Handed a report in for review"),
    "plan.document.superseded": _("A report was superseded by a later edition"),
    "plan.duty.finish-milestone": _("Recorded a milestone as reached"),
    "plan.duty.open": _("Opened duties from the plan's facts"),
    "plan.duty.remind": _("Bodies were reminded of what is due"),
    "plan.duty.report-accepted": _("Accepted a report on progress"),
    "plan.duty.report-returned": _("Gave a report on progress back"),
    "plan.duty.report-submitted": _("Handed in a report on progress"),
    "plan.fact.confirm": _("Confirmed facts of the plan"),
    "plan.forecast.make": _("Forecasts of indicators were made"),
    "plan.investment.add": _("Entered a project"),
    "plan.investment.approval": _("Changed an approval of a project"),
    "plan.investment.change": _("Changed a project"),
    "plan.investment.done": _("Reported investment done"),
    "plan.investment.element": _("Changed what a project needs"),
    "plan.investment.funds": _("Changed the money of a project"),
    "plan.investment.import": _("Took projects over from a list"),
    "plan.investment.money-allotted": _("Allotted money to a project"),
    "plan.investment.plan-adopted": _("Adopted the year's investment plan"),
    "plan.investment.plan-budget-set": _("Set a budget in the investment plan"),
    "plan.investment.plan-drafted": _("Drafted the year's investment plan"),
    "plan.investment.plan-line-set": _("Changed a line of the investment plan"),
    "plan.investment.register": _("Projects of the plan were registered"),
    "plan.investment.stage": _("Moved a project to another stage"),
    "plan.investment.year": _("Changed a year's investment of a project"),
    "plan.measure.load": _("Declared how indicators are measured"),
    "plan.names.change": _("Changed English names"),
    "plan.nature.choose": _("Chose the nature of indicators"),
    "plan.note.answered": _("Answered a supervision note"),
    "plan.note.closed": _("Closed a supervision note"),
    "plan.note.reopened": _("Reopened a supervision note"),
    "plan.note.written": _("Wrote a supervision note"),
    "plan.status.keep": _("How indicators stand was kept"),
    "plan.value.apply": _("Took values over from a file"),
    "plan.value.bring": _("Brought a file of values"),
    "plan.year.allot": _("Allotted yearly targets to districts"),
    "plan.year.change": _("Changed targets of a year's draft"),
    "plan.year.discard": _("Discarded a year's draft"),
}


def deed(action: str) -> str:
    """What an act is called in the reader's language; its own key when it has no words."""
    if action in DEEDS:
        return str(DEEDS[action])
    right = declared().get(action)
    if right is None:
        return action
    return right.en if get_language() == "en" else right.zh


def named_deeds() -> list[tuple[str, str]]:
    """Every act on the plan by key and words, in the order of the words."""
    keys = {*DEEDS, *(name for name in declared() if name.startswith("plan."))}
    return sorted(((key, deed(key)) for key in keys), key=lambda one: one[1])
