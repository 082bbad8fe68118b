"""A session of the public client ngsildclient with a broker on loopback; runs in its own environment."""

from __future__ import annotations

import sys

from ngsildclient import Client, Entity


def say(word: str, done: bool) -> None:
    """Print a step that was done; stop at one that was not."""
    if not done:
        raise SystemExit(f"{word}: not done")
    sys.stdout.write(f"step {word}\n")


def main(port: int) -> None:
    """Create, read, update, query, count, list types, delete."""
    with Client(hostname="127.0.0.1", port=port) as client:
        well = Entity("Manhole", "Manhole:1")
        well.prop("depth", 4)
        well.gprop("location", (43.9, 125.3))
        say("created", bool(client.create(well)))
        say("read", client.get(well.id)["depth.value"] == 4)
        well["depth.value"] = 5
        say("updated", bool(client.upsert(well)))
        found = client.query(type="Manhole", q="depth>4")
        say("queried", [entity.id for entity in found] == [well.id])
        say("counted", client.count(type="Manhole") == 1)
        say("types", "Manhole" in client.types.list())
        say("deleted", bool(client.delete(well)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
