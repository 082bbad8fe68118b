"""Ports of tests: below those that the system gives to connections, and nobody else's."""

from __future__ import annotations

import socket
import subprocess
import sys

from beichen.kernel.bus.tests import ports

ASK = """
import itertools, sys
from beichen.kernel.bus.tests import ports
ports.random.SystemRandom = lambda: type("One", (), {"randrange": lambda *_: next(wished)})()
wished = itertools.chain(map(int, sys.argv[1:]), itertools.count(20_000))
print(ports.free_port())
"""


def test_it_lies_below_those_of_connections() -> None:
    first = int(ports.RANGE.read_text(encoding="ascii").split()[0])
    assert ports.LOWEST <= ports.free_port() < first


def test_what_one_process_was_given_another_is_not() -> None:
    mine, beside = ports.free_port(), ports.free_port()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = listening.getsockname()[1]
        command = [sys.executable, "-c", ASK, str(mine), str(taken), str(beside)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) not in {mine, taken, beside}


def test_ports_beside_each_other_are_both_given() -> None:
    first = ports.free_port(count=2)
    for port in (first, first + 1):
        socket.create_server(("127.0.0.1", port)).close()
        assert not ports._claimed(range(port, port + 1))
