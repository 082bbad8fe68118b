"""判定规则: how a status comes about, in the words of the rules themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beichen.plan.reports.document import Listing, Paragraph, Section
from beichen.plan.reports.matter import Matter


def chapter(_matter: Matter) -> Section:
    """The published rules."""
    rules = (
        _(
            "The path: from the base value to the target in a straight line; a mean growth every year; "
            "an even share of a sum."
        ),
        _("Ahead: already at the target, or better than the path by more than a twentieth of the way."),
        _(
            "On course: on the path; an expected target may lie a twentieth of the way below it, "
            "a binding one may not."
        ),
        _("Behind: below that, before the target's year."),
        _("Missed: the target's year has come and its value does not meet the target."),
        _(
            "No data: no real value within the plan's years, no number in the plan, "
            "or too little to draw a path."
        ),
    )
    said = _(
        "Each status is worked out from the real values alone, by these rules, the same for every indicator."
    )
    return Section(_("How a status is judged"), (Paragraph(said), Listing(rules)), is_annex=True)
