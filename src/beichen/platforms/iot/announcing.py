"""That things have newer values, told to whoever watches a screen: by type, region and level, now and then.

Readings come by the thousand a second and are no events. What is told here is a hint on the broker that
nobody keeps: the live process sums it up for the browsers that may see such things.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import orjson
from nats.aio.client import Client

from beichen.kernel.bus.event import HINTS

TYPE = "iot.thing.measured"
EACH_SECONDS = 5.0
MOST = 500  # then districts are told instead of streets
DISTRICT_PARTS = 3  # province, city, district
Kin = tuple[str, str, int]


def hints(kin: Iterable[Kin]) -> list[dict[str, object]]:
    """What is told, in the form of events: types with the region's path and the level of such things."""
    told = sorted(set(kin))
    if len(told) > MOST:
        told = sorted({(kind, _district(path), level) for kind, path, level in told})
    return [
        {"type": TYPE, "data": {"type": kind}, "region": path, "level": level} for kind, path, level in told
    ]


def _district(path: str) -> str:
    parts = path.strip("/").split("/")[:DISTRICT_PARTS]
    return f"/{'/'.join(parts)}/" if path else ""


class Announcer:
    """Gathers what changed and tells it every :data:`EACH_SECONDS` seconds."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kin: set[Kin] = set()

    def add(self, kin: Iterable[Kin]) -> None:
        """Things of this kin have newer values."""
        self._kin.update(kin)

    async def run(self) -> None:
        """Tell for ever; a broker that is away ends the session, as it does for all others."""
        while True:
            await asyncio.sleep(EACH_SECONDS)
            if self._kin:
                told, self._kin = hints(self._kin), set()
                await self._client.publish(HINTS, orjson.dumps(told))
