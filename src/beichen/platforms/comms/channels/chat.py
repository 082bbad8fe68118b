"""Group chats: WeCom 企业微信, DingTalk 钉钉, Feishu 飞书 and Lark, and plain webhooks, by apprise's classes.

A chat is an apprise address: ``wecombot://KEY``, ``dingtalk://SECRET@TOKEN``, ``feishu://TOKEN``,
``json://HOST/PATH``. Only these classes are imported: the whole of apprise is a hundred services more, some
of which read files or run programs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from beichen.platforms.comms.channels.channel import Outcome, Parcel, RefusedError, Send, TroubleError
from beichen.platforms.comms.codes import BAD_ADDRESS
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

CLASSES = {
    "wecombot": ("wecombot", "NotifyWeComBot"),
    "dingtalk": ("dingtalk", "NotifyDingTalk"),
    "feishu": ("feishu", "NotifyFeishu"),
    "lark": ("lark", "NotifyLark"),
    "json": ("custom_json", "NotifyJSON"),
    "jsons": ("custom_json", "NotifyJSON"),
}


# Apprise logs the secret address of a chat that it finds malformed.
logging.getLogger("apprise").disabled = True


def _service(url: str) -> Any:
    """Apprise's object for the address, or None where it cannot be one."""
    scheme = urlsplit(url).scheme
    if scheme not in CLASSES:
        return None
    module, name = CLASSES[scheme]
    kind: Any = getattr(import_module(f"apprise.plugins.{module}"), name)
    found = kind.parse_url(url)
    try:
        return kind(**found) if found else None
    except TypeError:  # what apprise raises for a part that is missing or malformed
        return None


def check_chat(url: str) -> str:
    """The address of a chat, when it is one. Raises ProblemError COM-108, which never repeats the secret."""
    scheme = urlsplit(url).scheme
    if scheme not in CLASSES:
        message = shorten(said("no chat has the scheme {scheme!r}", scheme=scheme[:20]))
        raise ProblemError(Problem(BAD_ADDRESS, message, Where(field="chat"), nearest(scheme, CLASSES)))
    if _service(url) is None:
        message = said("the address of the chat is not complete")
        raise ProblemError(Problem(BAD_ADDRESS, message, Where(field="chat")))
    return url


class Chat:
    """Every group brings its own address: there is nothing to set up."""

    def is_set_up(self) -> bool:
        """Always."""
        return True

    @contextmanager
    def open(self) -> Iterator[Send]:
        """Each chat is a server of its own; nothing is shared."""

        def send(parcel: Parcel) -> Outcome:
            service = _service(parcel.address)
            if service is None:
                raise RefusedError("the group's chat has no address that can be used")
            body = f"{parcel.text}\n{parcel.link}".strip()
            if not service.notify(body=body, title=parcel.subject, notify_type="info"):
                raise TroubleError("the chat did not take it")
            return Outcome()

        yield send


CHANNEL = Chat()
