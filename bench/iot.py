"""Readings from MQTT with QoS 1 until they can be asked for, beside Mosquitto with a subscriber that only
decodes.

One publisher process, fifty devices with two hundred messages in flight each, one reading a message. Ours:
the broker keeps each message before it acknowledges, the gateway treats it, writes the table and the latest
value; the time ends when the table answers all of them. The peer: Mosquitto and a bare gmqtt subscriber
(QoS 1) that decodes the JSON and counts. A ratio of 1 means as fast as that. ``acknowledged_s`` is until
the publisher had every acknowledgement. Delays are from publish to the latest value in the database, one
reading every 20 ms.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]
SIZES = ("10000", "100000", "500000")


def run() -> list[Row]:
    """Three sizes; needs Mosquitto on the path."""
    command = [sys.executable, "-m", "bench._iot", "measure", *SIZES]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    rows = []
    for row in found["rows"]:
        figures = {"readings_per_s": round(row["size"] / row["ours"]), **row["figures"]}
        figures |= {"peer_per_s": round(row["size"] / row["peer"])}
        rows.append(
            Row("MQTT to table", row["size"], row["ours"], "Mosquitto + gmqtt", row["peer"], "", figures)
        )
    rows[-1].figures.update(found["delays"])
    return rows
