"""Topics of devices: ``v1/{device}/telemetry|attributes|commands`` and ``v1/{device}/commands/{id}/ack``.

The broker keeps what comes with QoS 1 in its stream of MQTT messages before it acknowledges (:data:`STREAM`),
under the topic with dots for slashes after :data:`KEPT`. Words of a device's code hold no dot, star or slash.
"""

from __future__ import annotations

from typing import NamedTuple

from beichen.kernel.bus.callout import Rights

STREAM = "$MQTT_msgs"
KEPT = "$MQTT.msgs."
TELEMETRY, ATTRIBUTES, ACKNOWLEDGED, BATCH = "telemetry", "attributes", "ack", "batch"
FROM_DEVICES = ("v1.*.telemetry", "v1.*.attributes", "v1.*.commands.*.ack")
BATCHES = "house.batches"  # readings as columns; no device may publish there
PROBE = f"{KEPT}house.probe"  # says nothing; read by nobody
ABOVE = tuple(pattern.replace("*", "+").replace(".", "/") for pattern in FROM_DEVICES)  # as MQTT says it
MOST_KNOWN = 300_000
QOS = "Nmqtt-Pub"  # the header in which the server says a message's quality of service


class Topic(NamedTuple):
    """What a message is: whose, of which kind, and the command that it answers."""

    device: str
    kind: str
    command: str = ""


def topic_of(subject: str) -> Topic | None:
    """The topic of a subject, with or without :data:`KEPT` before it; None for what no device sends."""
    words = subject.removeprefix(KEPT).split(".")
    if len(words) == 3 and words[0] == "v1" and words[2] in (TELEMETRY, ATTRIBUTES):
        return Topic(words[1], words[2])
    if words == ["house", "batches"]:
        return Topic("", BATCH)
    if len(words) == 5 and words[2] == "commands" and words[4] == ACKNOWLEDGED:
        return Topic(words[1], ACKNOWLEDGED, words[3])
    return None


class Topics:
    """The topics of subjects, remembered: devices say the same few for ever, and strangers anything."""

    def __init__(self) -> None:
        self._known: dict[bytes, Topic | None] = {}

    def of(self, subject: bytes) -> Topic | None:
        """As :func:`topic_of`."""
        try:
            return self._known[subject]
        except KeyError:
            if len(self._known) >= MOST_KNOWN:
                self._known = {}
            found = self._known[subject] = topic_of(subject.decode("utf-8", "replace"))
            return found


def telemetry(device: str) -> str:
    """The subject of a device's readings, as the stream keeps it."""
    return f"{KEPT}v1.{device}.{TELEMETRY}"


def commands(device: str) -> str:
    """The subject on which a device is told commands."""
    return f"v1.{device}.commands"


def rights_of(device: str) -> Rights:
    """What a device may do at the broker: speak for itself, and hear its own commands."""
    own = f"v1.{device}."
    return Rights(
        publish=(f"{own}telemetry", f"{own}attributes", f"{own}commands.*.ack"),
        # The server sends what comes with QoS 1 by way of its own subject, which no client can name.
        subscribe=(f"{own}commands", "$MQTT.sub.>"),
    )
