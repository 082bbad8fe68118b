"""From a delivery to what a channel carries: language, link, and how much of it may leave the house."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from beichen.kernel.levels import Level
from beichen.platforms.comms.channels import Parcel
from beichen.platforms.comms.models import Delivery, Group
from beichen.platforms.comms.words import ChannelName
from beichen.settings import settings


def chats_of(rows: Iterable[Delivery]) -> dict[str, str]:
    """The secret address of each group's chat, by receiver: it is kept at the group alone. One query."""
    keys = {row.receiver.partition(":")[2] for row in rows if row.channel == ChannelName.GROUP}
    if not keys:
        return {}
    found = Group.objects.filter(key__in=keys).values_list("key", "chat")
    return {f"group:{key}": chat for key, chat in found}


def parcel_of(row: Delivery, chats: dict[str, str]) -> Parcel:
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
    return Parcel(
        number=row.number,
        address=chats.get(row.receiver, row.address),
        name=row.name,
        language=language,
        subject=subject,
        text=text,
        link=f"{settings().public}{href}" if href else "",
    )
