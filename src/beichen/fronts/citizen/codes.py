"""Codes of accounts travel as messages: this room carries what `kernel/access` asks to be sent."""

from __future__ import annotations

from beichen.kernel.access.service import Sending
from beichen.kernel.actor import Actor, system
from beichen.kernel.changes import Changes
from beichen.kernel.levels import Level
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Template
from beichen.settings import settings

OWNER = "house:citizen"
TEMPLATE = "account-code"
CHANNELS = {"phone": "sms", "mail": "mail"}
_TEXTS = {
    "subject_zh": "验证码",
    "subject_en": "Your code",
    "text_zh": "您的验证码为 {code}，十分钟内有效。工作人员不会向您索要验证码；非本人操作请忽略。",
    "text_en": "Your code is {code}, good for ten minutes. Nobody of the city asks you for it. "
    "Ignore it if it was not you.",
    "channels": ["sms", "mail"],
    "urgency": comms.Urgency.URGENT.value,
    "values": ["code"],
}


def load_messages(*, by: Actor) -> Changes:
    """Make sure that the texts of this room exist; the same again writes nothing."""
    return comms.load_stock(comms.Stock(templates={TEMPLATE: _TEXTS}), owner=OWNER, by=by)


def carry(sending: Sending, by: Actor) -> bool:
    """Send a code; False where no channel reaches that kind of address. A demonstration shows it instead."""
    if not Template.objects.filter(key=TEMPLATE, is_current=True).exists():
        load_messages(by=system("citizen"))
    to = comms.ToAddress(CHANNELS[sending.kind], sending.address, language=sending.language)
    notice = comms.Notice(
        TEMPLATE, {"code": sending.code}, about=f"account-code:{sending.handle[:16]}", level=Level.L3
    )
    message = comms.send(notice, [to], by=by, key=f"account-code:{sending.handle}")
    return settings().demo or not message.deliveries.filter(reason="not-configured").exists()
