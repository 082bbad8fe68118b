"""Devices that speak MQTT for benchmarks, without a library: what is measured is the broker, not they.

`python -m bench._devices PORT SECRETS COUNT START [RATE]`; SECRETS is a file with a list of codes and tokens,
START the devices' own clock in milliseconds, RATE messages a second in all.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from pathlib import Path

WINDOW = 200
PAUSE = 0.01


def length(number: int) -> bytes:
    """MQTT 3.1.1, 2.2.3."""
    out = bytearray()
    while True:
        number, digit = divmod(number, 128)
        out.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(out)


def text(word: str) -> bytes:
    """MQTT 3.1.1, 1.5.3."""
    return struct.pack("!H", len(word)) + word.encode()


async def connected(port: int, code: str, secret: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that the broker has accepted. Raises OSError for one that it has not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    hello = b"\x00\x04MQTT\x04\xc2\x00\x00" + text(code) + text(code) + text(secret)
    writer.write(b"\x10" + length(len(hello)) + hello)
    try:
        answer = await reader.readexactly(4)
    except asyncio.IncompleteReadError:
        answer = b""
    if answer[3:] != b"\0":
        writer.close()
        raise ConnectionRefusedError(f"{code} was refused: {answer!r}")
    return reader, writer


async def _device(port: int, code: str, secret: str, count: int, start: int, rate: float) -> None:
    reader, writer = await connected(port, code, secret)
    topic, sent, acknowledged, left = text(f"v1/{code}/telemetry"), 0, 0, 0
    began = time.monotonic()
    while acknowledged < count:
        due = min(count, int((time.monotonic() - began) * rate) + 1) if rate else count
        out = []
        while sent - acknowledged < WINDOW and sent < due:
            payload = b'{"ts":%d,"level_m":%.2f}' % (start + sent, (sent % 3000) / 100)
            packet = topic + struct.pack("!H", sent % 65535 + 1) + payload
            out.append(b"\x32" + length(len(packet)) + packet)
            sent += 1
        writer.write(b"".join(out))
        if rate and sent == acknowledged:
            await asyncio.sleep(PAUSE)
            continue
        left += len(await reader.read(65536))
        acknowledged, left = acknowledged + left // 4, left % 4
    writer.close()


async def publish(port: int, secrets: list[list[str]], count: int, start: int, rate: float = 0) -> None:
    """Every device says its share, and waits for its acknowledgements."""
    share = len(secrets)
    await asyncio.gather(
        *(_device(port, code, secret, count // share, start, rate / share) for code, secret in secrets)
    )


def main() -> None:
    """Do what the arguments say."""
    port, name, count, start, *rest = sys.argv[1:]
    secrets = json.loads(Path(name).read_text())
    asyncio.run(publish(int(port), secrets, int(count), int(start), float(rest[0]) if rest else 0))


if __name__ == "__main__":
    main()
