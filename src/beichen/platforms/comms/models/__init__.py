"""What is kept: messages and their deliveries, templates, contacts and quiet hours, groups, rosters."""

from __future__ import annotations

from beichen.platforms.comms.models.messages import Delivery, Message, Template
from beichen.platforms.comms.models.people import Contact, Group, GroupMember, QuietHours, Subscription
from beichen.platforms.comms.models.rosters import Roster, Shift

__all__ = [
    "Contact",
    "Delivery",
    "Group",
    "GroupMember",
    "Message",
    "QuietHours",
    "Roster",
    "Shift",
    "Subscription",
    "Template",
]
