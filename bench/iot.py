"""Readings from MQTT with QoS 1, and from batches over HTTP, until they can be asked for.

*MQTT*: fifty devices with two hundred messages in flight each, one reading a message. Ours: the broker keeps
each message before it acknowledges; the gateway treats it, lets ten rules look at it, writes the table and
the latest value; the time ends when the table answers all of them. The peer: Mosquitto and a bare gmqtt
subscriber (QoS 1) that decodes the JSON and counts. A ratio of 1 means as fast as that. Both are fed the same
way on the same cores: once by one process that packs MQTT by hand, which leaves the cores to what is
measured, its start included; once by two processes of plain gmqtt clients, as devices are written, that are
in before the time begins. ``acknowledged_s`` is until the publishers had every acknowledgement. The smallest
size is said five times, ours and the peer's in turns, and the median counts: once is a third of a second, in
which one look of a collector shows. ``first_s`` is the first of them: in the first case it comes right after
the gateway's start.

*Arrow*: a hub of 51 devices sends batches of 200,000 readings, one after another; the same way, the
same rules. The peer writes the same batches into a table of Delta, untreated, from one process.

Delays: from publish until the event that a rule raised stands in the outbox, and until the latest value is
in the database, one reading after another, while fifty devices send 5,000 readings a second.
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
BATCHES = ("200000", "1000000", "5000000")


def run() -> list[Row]:
    """Three sizes each; needs Mosquitto on the path."""
    command = [sys.executable, "-m", "bench._iot", *SIZES, "/", *BATCHES]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    rows = []
    for row in found["rows"]:
        figures = {"readings_per_s": round(row["size"] / row["ours"]), **row["figures"]}
        figures |= {"peer_per_s": round(row["size"] / row["peer"])}
        rows.append(Row(row["case"], row["size"], row["ours"], row["name"], row["peer"], "", figures))
    rows[len(SIZES) - 1].figures.update(found["delays"])
    return rows
