"""A trial of a channel: one message to one address, now, outside every queue."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import random_code
from beichen.platforms.comms import channels
from beichen.platforms.comms.addresses import masked, written
from beichen.platforms.comms.channels import AwayError, Outcome, Parcel, RefusedError, TroubleError
from beichen.platforms.comms.channels.chat import check_chat
from beichen.platforms.comms.codes import NOT_SENT, NOT_SET_UP
from beichen.platforms.comms.words import ChannelName
from beichen.problem import Problem, ProblemError, Where, said, shorten


def try_channel(name: str, address: str, *, by: Actor, now: datetime | None = None) -> Outcome:
    """Send a test message. Raises ProblemError COM-107, 108, 109; 113 with what the channel said."""
    found = channels.channel(name)
    target = check_chat(address) if name == ChannelName.GROUP else written(name, address)
    if not found.is_set_up():
        hint = said("set BEICHEN_SMTP_URL or BEICHEN_SMS_URL")
        message = said("the channel {name} is not set up", name=name)
        raise ProblemError(Problem(NOT_SET_UP, message, Where(field="channel"), hint))
    at = timezone.localtime(now or timezone.now())
    subject, text = _("A trial of Beichen"), _("This message was sent to see whether the channel works.")
    number = f"trial-{random_code()}"
    parcel = Parcel(number, target, "", "zh", str(subject), f"{text} {at:%Y-%m-%d %H:%M:%S}")
    try:
        with found.open() as send:
            outcome = send(parcel)
    except (AwayError, RefusedError, TroubleError) as error:
        raise ProblemError(Problem(NOT_SENT, shorten(str(error) or name), Where(field="address"))) from error
    with transaction.atomic():
        detail = {"channel": name, "address": masked(name, target)}
        audit.record(by, "comms.channel.try", "platforms_comms.delivery", detail=detail)
    return outcome
