"""A project's way from an idea to operation: the stages (阶段), their order, and what a change needs.

An empty stage is "no data": nobody has reported one. Pausing and ending stand beside the way; what was
paused goes on from where it stood.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """The six steps in their order, and the two that leave it."""

    PLANNED = "planned", _("Proposed")
    PREPARING = "preparing", _("In preparation")
    STARTED = "started", _("Started")
    BUILDING = "building", _("Under construction")
    COMPLETED = "completed", _("Completed")
    OPERATING = "operating", _("In operation")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


WAY = (
    Stage.PLANNED,
    Stage.PREPARING,
    Stage.STARTED,
    Stage.BUILDING,
    Stage.COMPLETED,
    Stage.OPERATING,
)
BESIDE = (Stage.PAUSED, Stage.ENDED)
ACTIVE = (Stage.STARTED, Stage.BUILDING)
DONE = (Stage.COMPLETED, Stage.OPERATING)
WORDS = {
    Stage.PLANNED: "谋划",
    Stage.PREPARING: "前期",
    Stage.STARTED: "开工",
    Stage.BUILDING: "在建",
    Stage.COMPLETED: "竣工",
    Stage.OPERATING: "投产",
    Stage.PAUSED: "暂停",
    Stage.ENDED: "终止",
}
_OTHER_WORDS = {
    "谋划储备": Stage.PLANNED,
    "储备": Stage.PLANNED,
    "前期工作": Stage.PREPARING,
    "前期准备": Stage.PREPARING,
    "拟开工": Stage.PREPARING,
    "新开工": Stage.STARTED,
    "已开工": Stage.STARTED,
    "续建": Stage.BUILDING,
    "建设中": Stage.BUILDING,
    "已竣工": Stage.COMPLETED,
    "完工": Stage.COMPLETED,
    "建成": Stage.COMPLETED,
    "已投产": Stage.OPERATING,
    "投用": Stage.OPERATING,
    "停建": Stage.PAUSED,
    "停工": Stage.PAUSED,
    "取消": Stage.ENDED,
}


def stage_of_word(word: str) -> Stage | None:
    """The stage that an office's word names, or None for a word that names none."""
    known = {chinese: stage for stage, chinese in WORDS.items()} | _OTHER_WORDS
    return known.get(word.strip())


def is_forward(before: str, after: str) -> bool:
    """Whether a change is the next step (or the first report), for which no reason is asked.

    ``before`` is the stage on the way: of a paused project the one that it had before the pause.
    """
    if after in BESIDE or before == Stage.ENDED:
        return False
    if not before:
        return True
    return WAY.index(Stage(after)) == WAY.index(Stage(before)) + 1


def passes_start(before: str, after: str) -> bool:
    """Whether the change takes a project over the line at which it must hold its approvals."""
    if after in BESIDE or WAY.index(Stage(after)) < WAY.index(Stage.STARTED):
        return False
    return before not in WAY or WAY.index(Stage(before)) < WAY.index(Stage.STARTED)
