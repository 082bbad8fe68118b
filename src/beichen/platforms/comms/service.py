"""What can be done with messages: send, deliver and read them, say who is on duty and how one is reached.

A room above calls it like this, in its own transaction:

    from beichen.platforms.comms import service as comms

    notice = comms.Notice(template="case-dispatched", values={"code": case.code}, about=f"case:{case.code}")
    comms.send(notice, to=[comms.ToRoster("hotline-duty")], by=actor, key=f"case-dispatched:{case.code}")
"""

from __future__ import annotations

from beichen.platforms.comms.contacts import Preferences, preferences_of, set_city_quiet, set_preferences
from beichen.platforms.comms.delivering import deliver_due
from beichen.platforms.comms.duty import (
    RosterWeek,
    add_shift,
    candidates,
    on_duty,
    remove_shift,
    roster_weeks,
)
from beichen.platforms.comms.forgetting import forget_addresses, forget_person, forget_subject
from beichen.platforms.comms.groups import add_member, remove_member, set_chat
from beichen.platforms.comms.log import deliveries_for, delivery_for, disclosed_address, status
from beichen.platforms.comms.notice import (
    Notice,
    Receiver,
    ToAddress,
    ToBody,
    ToFollowers,
    ToGroup,
    ToPerson,
    ToRoster,
)
from beichen.platforms.comms.receipts import (
    Receipt,
    Receipts,
    inbox_message,
    inbox_of,
    inbox_of_message,
    mark_read,
    record_receipts,
    record_shown,
    unread_count,
)
from beichen.platforms.comms.sending import city_quiet, send
from beichen.platforms.comms.stock import Stock, load_stock
from beichen.platforms.comms.subscribing import Browser, followed, forget_followers, subscribe, unsubscribe
from beichen.platforms.comms.trial import try_channel
from beichen.platforms.comms.words import Urgency

__all__ = [
    "Browser",
    "Notice",
    "Preferences",
    "Receipt",
    "Receipts",
    "Receiver",
    "RosterWeek",
    "Stock",
    "ToAddress",
    "ToBody",
    "ToFollowers",
    "ToGroup",
    "ToPerson",
    "ToRoster",
    "Urgency",
    "add_member",
    "add_shift",
    "candidates",
    "city_quiet",
    "deliver_due",
    "deliveries_for",
    "delivery_for",
    "disclosed_address",
    "followed",
    "forget_addresses",
    "forget_followers",
    "forget_person",
    "forget_subject",
    "inbox_message",
    "inbox_of",
    "inbox_of_message",
    "load_stock",
    "mark_read",
    "on_duty",
    "preferences_of",
    "record_receipts",
    "record_shown",
    "remove_member",
    "remove_shift",
    "roster_weeks",
    "send",
    "set_chat",
    "set_city_quiet",
    "set_preferences",
    "status",
    "subscribe",
    "try_channel",
    "unread_count",
    "unsubscribe",
]
