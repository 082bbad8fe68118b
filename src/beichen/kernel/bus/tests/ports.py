"""Ports for servers of tests, which nothing else takes before the server does.

A port that the system chooses is free only until it is closed again: the next connection of any process may
go out from it. These lie below those that the system chooses from, and a process that was given one keeps its
name (an abstract socket) until it ends, so that tests beside it are given others.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

LOWEST = 12_000  # above those of well-known servers
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
DEFAULT_HIGHEST = 32_768


def free_port(*, count: int = 1) -> int:
    """The first of ``count`` ports in a row on which nothing listens, and that no other test gets."""
    chosen = random.SystemRandom()
    while True:
        port = chosen.randrange(LOWEST, _highest() - count)
        if _claimed(range(port, port + count)):
            return port


def _highest() -> int:
    """The first port from which the system chooses."""
    try:
        first = int(RANGE.read_text(encoding="ascii").split()[0])
    except OSError:
        return DEFAULT_HIGHEST
    return first if first > LOWEST + 1000 else DEFAULT_HIGHEST


def _claimed(ports: range) -> bool:
    claims: list[socket.socket] = []
    try:
        for port in ports:
            claims.append(socket.socket(socket.AF_UNIX))
            claims[-1].bind(f"\0beichen-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("", port))
    except OSError:
        for claim in claims:
            claim.close()
        return False
    for claim in claims:
        claim.detach()  # open until the process ends
    return True
