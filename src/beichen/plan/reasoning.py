"""The reasoning of a judgement in words, with the numbers that were used."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from beichen.plan.measurement import Verdict
from beichen.web.numbers import figure

SENTENCES = {
    "no-target": _("The plan's table states no number for this indicator, so nothing can be compared."),
    "no-values": _("There is no real value of the city for the years of the plan."),
    "only-before": _(
        "The last real value, %(actual)s%(unit)s, is of %(year)s, before the plan's first year."
    ),
    "unusable": _("The values cannot be compounded into a mean growth."),
    "one-value-no-base": _(
        "Only one value is known (%(year)s: %(actual)s%(unit)s) and the plan states no base: no path can be "
        "drawn."
    ),
    "growth": _(
        "Compounded over %(years)s the mean growth is %(actual)s%% a year; the plan promises %(target)s%%."
    ),
    "growth-in-part": _(
        "From %(years)s the mean growth is %(actual)s%% a year; the plan promises %(target)s%%. "
        "Not known yet: %(missing)s."
    ),
    "growth-so-far": _(
        "Compounded over the known years (%(years)s) the mean growth is %(actual)s%% a year; "
        "the plan promises %(target)s%%. There is no value for %(missing)s: "
        "each of these years would need %(needed)s%%."
    ),
    "sum": _(
        "Until %(year)s the values add up to %(actual)s%(unit)s; an even course asks for "
        "%(expected)s%(unit)s of the promised %(target)s%(unit)s."
    ),
    "sum-with-gaps": _("The values of %(missing)s are missing, so there is no sum to compare."),
    "path": _(
        "In %(year)s the value is %(actual)s%(unit)s; the straight path from %(base)s%(unit)s "
        "(%(base_year)s) to %(target)s%(unit)s (%(target_year)s) asks for %(expected)s%(unit)s."
    ),
    "final": _(
        "The target of %(target)s%(unit)s was for %(target_year)s; "
        "the value of %(year)s is %(actual)s%(unit)s."
    ),
}


def words(verdict: Verdict, unit: str) -> str:
    """The reasoning in the reader's language."""
    shown: Mapping[str, str] = {
        name: figure(value, 2) if isinstance(value, float) else str(value)
        for name, value in verdict.numbers.items()
    }
    if (get_language() or "").startswith("en"):
        shown = {name: text.replace("、", ", ") for name, text in shown.items()}
    return gettext(SENTENCES[verdict.reason]) % {"unit": unit, **shown}
