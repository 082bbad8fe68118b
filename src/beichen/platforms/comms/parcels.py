"""From a delivery to what a channel carries: language, link, and how much of it may leave the house."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from beichen.kernel.levels import Level
from beichen.platforms.comms.channels import Parcel
from beichen.platforms.comms.models import Delivery, Group, Subscription
from beichen.platforms.comms.words import ChannelName, Urgency
from beichen.settings import settings


def secrets_of(rows: Iterable[Delivery]) -> dict[str, str]:
    """The secret addresses of groups' chats and of browsers, by receiver: deliveries do not repeat them.

    One query for each of the two, where there are such deliveries.
    """
    groups, browsers = _keys(rows, ChannelName.GROUP), _keys(rows, ChannelName.PUSH)
    found: dict[str, str] = {}
    if groups:
        chats = Group.objects.filter(key__in=groups).values_list("key", "chat")
        found |= {f"group:{key}": chat for key, chat in chats}
    if browsers:
        found |= {
            f"push:{one.digest}": _address(one) for one in Subscription.objects.filter(digest__in=browsers)
        }
    return found


def _keys(rows: Iterable[Delivery], channel: ChannelName) -> set[str]:
    return {row.receiver.partition(":")[2] for row in rows if row.channel == channel}


def _address(one: Subscription) -> str:
    keys = {"p256dh": one.p256dh, "auth": one.auth}
    return orjson.dumps({"endpoint": one.endpoint, "keys": keys}).decode()


def parcel_of(row: Delivery, secrets: dict[str, str]) -> Parcel:
    """What the channel carries.

    Personal data (L3 and above) stays in the house: over mail and text messages its reader learns only that
    there is something to read. An outside address that the sender named itself gets the text: it is the
    only place where its owner can read it.
    """
    message, language = row.message, row.language
    subject, text, href = message.subject(language), message.text(language), message.href
    if message.level >= Level.L3 and not row.is_direct:
        with translation.override("en" if language == "en" else "zh-hans"):
            subject, text = _("A message for you"), _("You have a new message. Sign in to read it.")
        href = reverse("platforms_comms:inbox")
    if row.channel == ChannelName.PUSH and row.person_id is not None:
        href = reverse("platforms_comms:arrive", args=[message.code])  # reads it, and goes on to the thing
    return Parcel(
        number=row.number,
        address=secrets.get(row.receiver, row.address),
        name=row.name,
        language=language,
        subject=subject,
        text=text,
        link=f"{settings().public}{href}" if href else "",
        is_urgent=message.urgency == Urgency.URGENT,
    )
