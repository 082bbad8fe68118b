"""The closed lists of words of this room, with what people read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext


class Urgency(models.TextChoices):
    """How much a message may disturb: low waits in the inbox, urgent comes at night and on every channel."""

    LOW = "low", _("For information")
    NORMAL = "normal", pgettext("urgency", "Normal")
    URGENT = "urgent", _("Urgent")


class ChannelName(models.TextChoices):
    """The ways to a person or a group; each has one module in :mod:`.channels`."""

    INBOX = "inbox", _("Inbox")
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")
    GROUP = "group", _("Group chat")
    PUSH = "push", _("Notification of the browser")


class State(models.TextChoices):
    """A delivery's way: queued → sending → sent → delivered → read; or failed, held, dropped."""

    QUEUED = "queued", _("Waits to be sent")
    SENDING = "sending", _("Is being sent")
    SENT = "sent", pgettext("delivery", "Sent")
    DELIVERED = "delivered", pgettext("delivery", "Delivered")
    READ = "read", pgettext("delivery", "Read")
    FAILED = "failed", pgettext("delivery", "Failed")
    HELD = "held", _("Held until morning")
    DROPPED = "dropped", _("Not sent")


class Reason(models.TextChoices):
    """Why a delivery was not sent, or failed."""

    NOT_CONFIGURED = "not-configured", _("This channel is not set up")
    NO_ADDRESS = "no-address", _("No address is known")
    NOBODY_ON_DUTY = "nobody-on-duty", _("Nobody is on duty")
    NOBODY_THERE = "nobody-there", _("Nobody holds the post or is in the group")
    PERSONAL = "personal", _("Personal data does not go to a group chat")
    REFUSED = "refused", _("The channel refused it")
    GAVE_UP = "gave-up", _("Every attempt failed")
    UNSUBSCRIBED = "unsubscribed", _("The browser takes no notifications any more")
    BOUNCED = "bounced", _("It was reported as not delivered")
    ERASED = "erased", _("Its receiver had the data erased")


DUE = (State.QUEUED, State.HELD, State.SENDING)
"""States whose ``next_at`` says when to act: to send, or to take over from a process that died."""
ORDER = (State.QUEUED, State.HELD, State.SENDING, State.SENT, State.DELIVERED, State.READ)
"""Forward is to the right; a receipt never leads back."""
TONES = {
    State.QUEUED: "unknown",
    State.SENDING: "unknown",
    State.SENT: "on-course",
    State.DELIVERED: "ahead",
    State.READ: "ahead",
    State.FAILED: "missed",
    State.HELD: "behind",
    State.DROPPED: "unknown",
}
"""How each state is coloured: the words of :mod:`beichen.web.status`."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as packages write them, in Python's order."""
