"""The words of this room that are kept in rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What became of a run. Only one that is done says anything of the city."""

    DONE = "done", "完成"
    NOT_ENOUGH = "not-enough", "输入不足"
    MISSING = "missing", "缺少程序库"
    FAILED = "failed", "出错"
    BAD_ANSWER = "bad-answer", "结果不合格"
    TOO_LONG = "too-long", "超时"
    TOO_LARGE = "too-large", "内存超限"
    CRASHED = "crashed", "异常终止"


# What people read of them, in their language.
OUTCOME_NAMES = {
    Outcome.DONE.value: _("Run complete"),
    Outcome.NOT_ENOUGH.value: _("Too little to compute from"),
    Outcome.MISSING.value: _("A library is missing"),
    Outcome.FAILED.value: _("The model failed"),
    Outcome.BAD_ANSWER.value: _("The answer was refused"),
    Outcome.TOO_LONG.value: _("Ended at its time limit"),
    Outcome.TOO_LARGE.value: _("Ended at its memory limit"),
    Outcome.CRASHED.value: _("The process died"),
}
