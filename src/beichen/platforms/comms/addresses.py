"""Addresses of each channel: how they are written, checked and shown to those who may not see them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from beichen.platforms.comms.codes import BAD_ADDRESS, NO_CHANNEL
from beichen.platforms.comms.words import ChannelName
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

REGION = "CN"  # the country of a number that is written without one
OUTSIDE = (ChannelName.MAIL, ChannelName.SMS)
"""Channels on which a person who has no account can be reached."""
MUTABLE = (*OUTSIDE, ChannelName.PUSH)
"""Channels that a person may keep for what is urgent."""


def _phone(text: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        message = shorten(said("{text!r} is no telephone number", text=text))
        raise ProblemError(Problem(BAD_ADDRESS, message, Where(field="phone"))) from None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mail(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        message = shorten(said("{text!r} is no e-mail address", text=text))
        raise ProblemError(Problem(BAD_ADDRESS, message, Where(field="mail"))) from None
    return text


def written(channel: str, address: str) -> str:
    """An outside address in the form in which it is kept: numbers as E.164, mail as it is.

    Raises ProblemError COM-107 for another channel, COM-108 for what is no address of it.
    """
    text = address.strip()
    if channel == ChannelName.SMS:
        return _phone(text)
    if channel == ChannelName.MAIL:
        return _mail(text)
    hint = nearest(channel, [name.value for name in OUTSIDE])
    message = shorten(said("no address has the channel {channel!r}", channel=channel))
    raise ProblemError(Problem(NO_CHANNEL, message, Where(field="channel"), hint))


def masked(channel: str, address: str) -> str:
    """An address that its owner recognises and nobody else can use: ``138****5678``, ``l***@x.cn``."""
    if not address:
        return ""
    if channel == ChannelName.MAIL:
        name, _at, host = address.rpartition("@")
        return f"{name[:1]}***@{host}"
    if channel == ChannelName.SMS:
        return f"{address[:-8]}****{address[-4:]}" if len(address) > 8 else "****"
    return "****"
