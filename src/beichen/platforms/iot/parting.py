"""Devices that are in though they may not come in any more: the broker is told to part them.

A device is let in once, by its credential. Whoever is disabled or lost afterwards, or loses a credential, is
looked for among the broker's connections, also where it came in before this gateway began. One that still
has another credential comes in anew with that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db.models import Exists, Max, OuterRef, Q
from nats.aio.client import Client
from nats.errors import Error as NatsError

from beichen.kernel.bus import broker
from beichen.platforms.iot.models import Credential, Device, Fleet
from beichen.platforms.iot.words import SPEAKING

LOOK_SECONDS = 1.0
ANSWER_SECONDS = 2.0
PAGE = 1_024  # connections of one answer
_SERVERS = "$SYS.REQ.SERVER"
logger = logging.getLogger(__name__)
InDatabase = Callable[..., Awaitable[Any]]


class Seen(NamedTuple):
    """How far the fleet's changes were looked at: its stamp, and when a credential was revoked last."""

    stamp: int = 0
    revoked_at: datetime | None = None


def barred_since(seen: Seen) -> tuple[Seen, set[str]]:
    """The devices that changed since then and may not be in as they came in."""
    stamp = Fleet.objects.filter(pk=1).values_list("stamp", flat=True).first() or 0
    if stamp == seen.stamp:
        return seen, set()
    last = Credential.objects.aggregate(last=Max("revoked_at"))["last"]
    valid = Credential.objects.filter(device=OuterRef("pk"), revoked_at=None)
    is_barred: Any = ~Q(state__in=SPEAKING) | ~Exists(valid)
    if seen.revoked_at is not None:
        is_barred |= Exists(Credential.objects.filter(device=OuterRef("pk"), revoked_at__gt=seen.revoked_at))
    elif seen.stamp:
        is_barred |= Exists(Credential.objects.filter(device=OuterRef("pk"), revoked_at__isnull=False))
    changed = Device.objects.filter(is_barred, stamp__gt=seen.stamp)
    return Seen(stamp, last), set(changed.values_list("code", flat=True))


class Parting:
    """Sees to it, for one session of the gateway."""

    def __init__(self, in_database: InDatabase) -> None:
        self._in_database = in_database
        self._seen = Seen()

    async def run(self) -> None:
        """Look for ever. A broker that is not ours may not let us see its connections: that is logged."""
        while True:
            seen, barred = await self._in_database(barred_since, self._seen)
            try:
                if barred:
                    await _part(barred)
                self._seen = seen
            except (NatsError, OSError, TimeoutError) as error:
                logger.warning("devices that may not be in could not be parted: %s", error or type(error))
                self._seen = seen if isinstance(error, NatsError) else self._seen
            await asyncio.sleep(LOOK_SECONDS)


async def _part(barred: set[str]) -> None:
    """End the connections of these devices at all servers."""
    client = await broker.connect("parting", broker.OVERSEER)
    try:
        for server in await _servers(client):
            for connection in await _connections(client, server):
                who = connection.get("authorized_user")
                if connection.get("type") == "mqtt" and who in barred:
                    kick = orjson.dumps({"cid": connection["cid"]})
                    await client.request(f"{_SERVERS}.{server}.KICK", kick, timeout=ANSWER_SECONDS)
                    logger.info("%s may not be in any more and was parted", who)
    finally:
        await client.close()


async def _servers(client: Client) -> list[str]:
    """The identities of all servers: each answers, and nobody says how many there are."""
    inbox, found = client.new_inbox(), list[str]()
    answers = await client.subscribe(inbox)
    await client.publish(f"{_SERVERS}.PING", b"", reply=inbox)
    try:
        while True:
            patience = ANSWER_SECONDS if not found else ANSWER_SECONDS / 4
            answer = await answers.next_msg(timeout=patience)
            found.append(orjson.loads(answer.data)["server"]["id"])
    except (NatsError, TimeoutError):
        if not found:
            raise
    return found


async def _connections(client: Client, server: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        asked = orjson.dumps({"auth": True, "limit": PAGE, "offset": len(found)})
        answer = await client.request(f"{_SERVERS}.{server}.CONNZ", asked, timeout=ANSWER_SECONDS)
        page = orjson.loads(answer.data)["data"].get("connections") or []
        found += page
        if len(page) < PAGE:
            return found
