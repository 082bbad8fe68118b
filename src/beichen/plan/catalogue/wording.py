"""Findings in the reader's words: categories, severities, and the sentence that explains each."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beichen.plan.catalogue.models import FindingRecord
from beichen.plan.models import PlanKind

CATEGORIES: dict[str, str | Promise] = {
    "contradiction": _("Contradiction"),
    "gap": _("Gap"),
    "weaker": _("Weaker target"),
    "year": _("Other year"),
    "unit": _("Other unit or counting"),
    "body": _("Other or unknown body"),
}
SEVERITIES: dict[str, str | Promise] = {"high": _("High"), "medium": _("Medium"), "low": _("Low")}
TONES = {"high": "missed", "medium": "behind", "low": "unknown"}
KINDS: dict[str, str | Promise] = {
    PlanKind.DEVELOPMENT: _("Development outline"),
    PlanKind.SPATIAL: _("Spatial plan"),
    PlanKind.SPECIAL: _("Special plan"),
    PlanKind.REGIONAL: _("Regional plan"),
}
STEPS: dict[str, str | Promise] = {
    "submit": _("Submit"),
    "link": _("Take into the consistency check"),
    "return": _("Return"),
    "approve": _("Approve"),
    "file": _("Put on file"),
}
_REASONS: dict[str, str | Promise] = {
    "exceeds-whole": _("A part cannot exceed the whole: %(theirs)s %(unit)s here, %(ours)s for all."),
    "opposed": _("The outline limits to %(ours)s %(unit)s, the plan promises %(theirs)s the other way."),
    "falls-short": _("%(theirs)s %(unit)s falls short of the outline's %(ours)s by %(share)s%%."),
    "other-number": _("The same quantity of the same region: %(ours)s and %(theirs)s %(unit)s."),
    "counted-otherwise": _("One is a yearly mean, the other a level or a sum: not comparable."),
    "not-comparable": _("%(theirs)s cannot be converted into %(ours)s: not comparable."),
    "later-year": _("The outline says %(ours)s, the plan only %(theirs)s."),
    "earlier-year": _("The outline says %(ours)s, the plan speaks of %(theirs)s and not of the final year."),
    "other-unit": _("Stated in %(theirs)s; converted it is %(value)s %(ours)s."),
    "other-lead": _("The outline makes %(ours)s responsible, the plan %(theirs)s."),
    "binding-missing": _("A binding indicator of the outline that this plan does not carry."),
    "missing": _("The outline promises this where the plan details it; the plan is silent."),
    "project-missing": _("A project of the outline that the plan does not carry."),
    "other-scale": _("The same project at another scale: %(ours)s and %(theirs)s."),
    "unknown-body": _("Neither the outline nor the city knows a body of this name."),
}


def explained(finding: FindingRecord) -> str:
    """Why it is a finding, in one sentence."""
    details: dict[str, Any] = {"share": "–", **finding.details}
    return str(_REASONS[finding.reason]) % details


def matched(finding: FindingRecord) -> str:
    """How the two statements were found to speak of the same."""
    if finding.ours is None or finding.theirs is None:
        return ""
    if finding.match >= 1:
        return gettext("Same name, synonyms brought to one word")
    return gettext("Names alike to %(share)d%%") % {"share": round(100 * finding.match)}
