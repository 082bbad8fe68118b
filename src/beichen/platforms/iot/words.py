"""The words of this room that are kept in rows: states, kinds of credential, and what becomes of readings."""

from __future__ import annotations

from django.db import models


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
