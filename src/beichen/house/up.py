"""`beichen up`: NATS, web, live, gateway and worker, with a demo's feed, as one supervised group.

Before they start, everything that can be known to go wrong is checked and said at once, and the steps
of :mod:`beichen.house.first_start` are done.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from beichen.house import stamp
from beichen.house.supervisor import Program, Supervisor
from beichen.kernel.bus import server
from beichen.problem import Problem, ProblemError, Where, code, nearest
from beichen.settings import Settings, refuse_unsafe, settings

PARTS = ("nats", "web", "live", "gateway", "worker", "feed")
COLOURS = {
    "nats": "magenta",
    "web": "green",
    "live": "cyan",
    "gateway": "blue",
    "worker": "yellow",
    "feed": "white",
}
LATER = ("gateway", "worker", "feed")  # nobody waits for them at the start
PORT_TAKEN = code("UPP-101", "A port that is needed is taken.", status=503)
FEED_HOURS = "24"  # of the past that the demo's devices make up for, at the first start and after a pause
NOT_WRITABLE = code("UPP-102", "The data folder cannot be written.", status=500)
RUNNING = code("UPP-103", "These processes already run on this data folder.", status=409)
UNKNOWN_PART = code("UPP-105", "There is no process of this name.")
STEPS_FAILED = code("UPP-106", "The preparation before the start failed.", status=500)


def _parts(only: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in only.split(",") if part.strip()) or PARTS
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        raise ProblemError(
            *(Problem(UNKNOWN_PART, f"no process is called {p!r}", hint=nearest(p, PARTS)) for p in unknown)
        )
    return tuple(part for part in PARTS if part in wanted)


def _wanted(parts: tuple[str, ...], chosen: Settings) -> tuple[str, ...]:
    """The parts that the settings leave: no broker beside another one, no feed but in a demonstration."""
    left_out = set() if chosen.nats_url.startswith("embedded:") else {"nats"}
    if not chosen.demo or not chosen.mqtt_port:
        left_out.add("feed")
    return tuple(part for part in parts if part not in left_out)


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_problems(chosen: Settings, parts: tuple[str, ...]) -> list[Problem]:
    needed = {"web": (chosen.address, chosen.port), "live": (chosen.address, chosen.port + 1)}
    needed["nats"] = ("127.0.0.1", chosen.nats_port)
    if chosen.mqtt_port:
        needed["mqtt"] = (chosen.mqtt_address, chosen.mqtt_port)
    hints = {"nats": "choose another with BEICHEN_NATS_PORT", "mqtt": "choose another with BEICHEN_MQTT_PORT"}
    return [
        Problem(
            PORT_TAKEN,
            f"port {port}, which {part} needs, is taken",
            Where(field="port"),
            hints.get(part, "choose another with --port N"),
        )
        for part, (address, port) in needed.items()
        if ("nats" if part == "mqtt" else part) in parts and not _is_free(address, port)
    ]


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        hint = f"{error.strerror}; choose another with --data DIR"
        raise ProblemError(
            Problem(NOT_WRITABLE, "no file can be written there", Where(str(folder)), hint)
        ) from None


@contextmanager
def _alone(folder: Path, parts: tuple[str, ...]) -> Iterator[None]:
    """Hold a lock for each part. Raises ProblemError UPP-103 for parts that another start holds."""
    held, problems = [], []
    for part in parts:
        lock = (folder / f"{part}.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            problems.append(Problem(RUNNING, f"{part} already runs here", Where(str(folder))))
        held.append(lock)
    try:
        if problems:
            raise ProblemError(*problems)
        yield
    finally:
        for lock in held:
            lock.close()


def _choose(data: Path | None, port: int | None, demo: bool) -> Settings:
    """Settings with the command's options, passed on to every child through the environment."""
    if data is not None:
        os.environ["BEICHEN_DATA_DIR"] = str(data.expanduser().resolve())
    if port is not None:
        os.environ["BEICHEN_PORT"] = str(port)
    if demo:
        os.environ["BEICHEN_DEMO"] = "true"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every start compiles everything again
    settings.cache_clear()
    return refuse_unsafe()


def _find_nats_ports(chosen: Settings) -> Settings:
    """The usual ports where they are free, else any: who chose none learns which from the announcement."""
    for name, address in (("nats_port", "127.0.0.1"), ("mqtt_port", chosen.mqtt_address)):
        port = getattr(chosen, name)
        if port == Settings.__dataclass_fields__[name].default and not _is_free(address, port):
            os.environ[f"BEICHEN_{name.upper()}"] = str(_free_port())
    settings.cache_clear()
    return settings()


def _programs(chosen: Settings, parts: tuple[str, ...]) -> list[Program]:
    python = (sys.executable, "-m")
    commands = {
        "web": (*python, "beichen.house.web", str(chosen.port)),
        "live": (*python, "beichen.house.live", str(chosen.port + 1)),
        "gateway": (*python, "beichen.house.gateway"),
        "worker": (*python, "beichen.house.worker"),
        "feed": (*python, "beichen", "simulate", "--quiet", "--since", FEED_HOURS),
    }
    if "nats" in parts:
        commands["nats"] = tuple(server.command(chosen.data_dir / "nats", chosen.nats_port, chosen.mqtt_port))
    return [
        Program(part, commands[part], rank=0 if part == "nats" else 1, is_urgent=part not in LATER)
        for part in parts
    ]


def _write(name: str, line: str) -> None:
    click.echo(f"{click.style(f'{name:<7}', fg=COLOURS.get(name))}│ {line}")


def prepare() -> None:
    """Run the steps before the start in a process of their own. Raises ProblemError UPP-106."""
    done = subprocess.run([sys.executable, "-m", "beichen.house.first_start"], check=False)
    if done.returncode:
        raise ProblemError(Problem(STEPS_FAILED, "a step before the start failed; see above"))


def _answers(chosen: Settings, parts: tuple[str, ...]) -> bool:
    if "web" not in parts:
        return True
    host = "127.0.0.1" if chosen.address in ("0.0.0.0", "127.0.0.1") else chosen.address
    try:
        with urllib.request.urlopen(f"http://{host}:{chosen.port}/healthz", timeout=0.5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@click.command()
@click.option("--demo", is_flag=True, help="Demo accounts and the simulated feed.")
@click.option("--port", type=click.IntRange(1, 65534), help="The web port; live takes the next one.")
@click.option("--data", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--only", default="", help="Some of nats,web,live,gateway,worker,feed.")
def up(demo: bool, port: int | None, data: Path | None, only: str) -> None:
    """Start everything; Ctrl-C ends everything."""
    started = time.monotonic()
    parts = _parts(only)
    chosen = _choose(data, port, demo)
    _check_folder(chosen.data_dir)
    parts = _wanted(parts, chosen)
    with _alone(chosen.data_dir, parts):
        if "nats" in parts:
            server.program()
            chosen = _find_nats_ports(chosen)
        if problems := _port_problems(chosen, parts):
            raise ProblemError(*problems)
        if {"web", "gateway", "worker"} & set(parts) and not stamp.is_current(chosen):
            prepare()
            stamp.keep(chosen)
        if "web" in parts:
            chosen.keep_port()

        def announce() -> None:
            seconds = time.monotonic() - started
            click.echo(f"\n  Beichen 北辰  http://localhost:{chosen.port}   (ready in {seconds:.1f} s)")
            if "nats" in parts and chosen.mqtt_port:
                click.echo(f"  MQTT      {chosen.mqtt_address}:{chosen.mqtt_port}")
            for line in accounts_to_show(chosen):
                click.echo(f"  {line}")
            click.echo("  Ctrl-C ends everything.\n")

        group = Supervisor(_programs(chosen, parts), dict(os.environ), _write)
        group.run(lambda: _answers(chosen, parts), announce)


def accounts_to_show(chosen: Settings) -> list[str]:
    """The demo accounts, as the step that made them wrote them down."""
    file = chosen.data_dir / "demo-accounts.txt"
    return file.read_text(encoding="utf-8").splitlines() if chosen.demo and file.is_file() else []
