"""The closed lists of words of this room, with what people read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundKind(models.TextChoices):
    """What part 17 of a plan asks for: mid-term and final evaluation, and performance every year."""

    MID_TERM = "mid-term", _("Mid-term evaluation")
    FINAL = "final", _("Final evaluation")
    YEARLY = "yearly", _("Yearly performance")


class SchemeStatus(models.TextChoices):
    """A scheme's way: what was adopted is never changed; a better one is its next version."""

    DRAFT = "draft", _("Not adopted yet")
    ADOPTED = "adopted", _("In force")


class Source(models.TextChoices):
    """Where a criterion's value comes from; a group has the criteria below it."""

    GROUP = "group", _("Group of criteria")
    EVIDENCE = "evidence", _("Computed from evidence")
    SELF_REPORT = "self-report", _("Self-report")
    THIRD_PARTY = "third-party", _("Third party")
    SURVEY = "survey", _("Public opinion survey")
    BONUS = "bonus", _("Bonus")
    DEDUCTION = "deduction", _("Deduction")


WEIGHTED = (Source.GROUP, Source.EVIDENCE, Source.SELF_REPORT, Source.THIRD_PARTY, Source.SURVEY)
SCORED = WEIGHTED[1:]
ADJUSTING = (Source.BONUS, Source.DEDUCTION)


class RuleName(models.TextChoices):
    """How a value becomes a score from 0 to 100."""

    LINEAR = "linear", _("Linear between floor and ceiling")
    STEPS = "steps", _("By steps")
    RANK = "rank", _("Rank among peers")
    MIN_MAX = "min-max", _("Between the worst and the best of the peers")
    MET = "met", _("Met or not met")
    DIRECT = "direct", _("The value is the score")


class Missing(models.TextChoices):
    """What happens where a subject has no value."""

    REDISTRIBUTE = "redistribute", _("No score; its weight goes to its neighbours")
    ZERO = "zero", _("Zero")
    PEERS = "peers", _("The mean of its peers")


class Stage(models.TextChoices):
    """Where a round stands; it only moves forward."""

    REPORTING = "reporting", _("Self-reports")
    ASSESSING = "assessing", _("Third party and surveys")
    REVIEW = "review", _("Draft under review")
    PUBLISHED = "published", _("Results published")


STAGES = tuple(Stage)


class AppealStatus(models.TextChoices):
    """What became of an appeal."""

    OPEN = "open", _("Waiting for a decision")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class How(models.TextChoices):
    """How a line of a score card came by its score."""

    COMPUTED = "computed", _("Computed by the rule")
    CORRECTED = "corrected", _("Corrected in review")
    ZERO = "zero", _("No data, so zero")
    PEERS = "peers", _("No data, so the mean of its peers")
    DROPPED = "dropped", _("No data; the weight goes to its neighbours")
    GROUP = "group", _("Mean by weight")
    GIVEN = "given", _("Given")
    BOUND = "bound", _("A total lies between 0 and 100")
