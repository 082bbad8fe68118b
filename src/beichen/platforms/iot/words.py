"""The words of this room that are kept in rows: states, kinds of credential, and what becomes of readings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What a device is to the city: its readings count in the first two states only."""

    REGISTERED = "registered", "已登记"
    ACTIVE = "active", "在用"
    DISABLED = "disabled", "停用"
    LOST = "lost", "遗失"


SPEAKING = (State.REGISTERED, State.ACTIVE)


class CredentialKind(models.TextChoices):
    """How a device proves that it is itself."""

    TOKEN = "token", "令牌"
    PASSWORD = "password", "口令"
    CERTIFICATE = "certificate", "证书"


class Treatment(models.TextChoices):
    """What became of a reading. The first four are in the table ``readings``, the others in
    ``refused_readings``."""

    ACCEPTED = "accepted", "已接收"
    LATE = "late", "迟到"
    OUT_OF_ORDER = "out-of-order", "乱序"
    SKEWED = "skewed", "时钟偏差"
    DUPLICATE = "duplicate", "重复"
    OUT_OF_RANGE = "out-of-range", "超出量程"
    WRONG_TYPE = "wrong-type", "类型不符"
    UNKNOWN_MEASURE = "unknown-measure", "未知测项"
    UNKNOWN_DEVICE = "unknown-device", "未知设备"
    NOT_SPEAKING = "not-speaking", "设备停用"
    WRONG_TIME = "wrong-time", "时间有误"
    TOO_FAST = "too-fast", "超过频率"
    MALFORMED = "malformed", "无法解析"


KEPT = (Treatment.ACCEPTED, Treatment.LATE, Treatment.OUT_OF_ORDER, Treatment.SKEWED)


class CommandState(models.TextChoices):
    """How far a command is."""

    WAITING = "waiting", "等待发送"
    SENT = "sent", "已发送"
    DONE = "done", "已执行"
    FAILED = "failed", "执行失败"
    TIMED_OUT = "timed-out", "超时"


class Progress(models.TextChoices):
    """How far a device is with an update of its firmware."""

    RUNS = "runs", "已运行新版本"
    DONE = "done", "已完成，待上报版本"
    UNDER_WAY = "under-way", "升级中"
    ASKED = "asked", "已下发"
    FAILED = "failed", "失败"
    TIMED_OUT = "timed-out", "超时"
    NOT_ASKED = "not-asked", "未下发"

    @classmethod
    def under_way(cls) -> tuple[Progress, Progress]:
        """Those who were asked and may still answer."""
        return (cls.UNDER_WAY, cls.ASKED)


# What people read of them, in their language.
STATE_NAMES = {
    State.REGISTERED.value: _("Registered, not heard yet"),
    State.ACTIVE.value: _("In use"),
    State.DISABLED.value: _("Disabled"),
    State.LOST.value: _("Lost"),
}
COMMAND_NAMES = {
    CommandState.WAITING.value: _("Waits to be sent"),
    CommandState.SENT.value: _("Sent, not answered"),
    CommandState.DONE.value: _("Done by the device"),
    CommandState.FAILED.value: _("Failed at the device"),
    CommandState.TIMED_OUT.value: _("Out of time"),
}
PROGRESS_NAMES = {
    Progress.RUNS.value: _("Runs the new version"),
    Progress.DONE.value: _("Says it is done, has not told its version"),
    Progress.UNDER_WAY.value: _("Is at it"),
    Progress.ASKED.value: _("Was asked"),
    Progress.FAILED.value: _("The update failed"),
    Progress.TIMED_OUT.value: _("Did not answer in time"),
    Progress.NOT_ASKED.value: _("Was not asked"),
}
TREATMENT_NAMES = {
    Treatment.ACCEPTED.value: _("Accepted readings"),
    Treatment.LATE.value: _("Late, kept"),
    Treatment.OUT_OF_ORDER.value: _("Out of order, kept"),
    Treatment.SKEWED.value: _("Clock ahead, kept"),
    Treatment.DUPLICATE.value: _("Sent again"),
    Treatment.OUT_OF_RANGE.value: _("Out of range"),
    Treatment.WRONG_TYPE.value: _("Of the wrong type"),
    Treatment.UNKNOWN_MEASURE.value: _("Of no known measure"),
    Treatment.UNKNOWN_DEVICE.value: _("Of no known device"),
    Treatment.NOT_SPEAKING.value: _("Of a device out of use"),
    Treatment.WRONG_TIME.value: _("With an impossible time"),
    Treatment.TOO_FAST.value: _("Over the device's rate"),
    Treatment.MALFORMED.value: _("Not readable"),
}
