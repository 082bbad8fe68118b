"""`beichen simulate`: plays the devices, the weather and the people of a city towards a running house."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import orjson

from beichen.platforms.iot.codes import NO_HOUSE, REFUSED
from beichen.platforms.iot.simulation.house import House
from beichen.platforms.iot.simulation.population import KEY_FILE, Memory, choose, enrol, invented
from beichen.platforms.iot.simulation.running import Plan, Play, machines
from beichen.problem import Problem, ProblemError, shorten
from beichen.settings import settings

MEMORY = "simulation.json"
WAIT_SECONDS = 120.0
GATEWAY_SECONDS = 60.0
TERMINAL_SECONDS, LINE_SECONDS = 1.0, 60.0


def kept_key() -> str:
    """The key that a demonstration made for this. Raises ProblemError IOT-143."""
    file = settings().data_dir / KEY_FILE
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        hint = "beichen client new play --role simulator, then --key KEY"
        raise ProblemError(Problem(REFUSED, "there is no key for simulations", hint=hint)) from None


def _declared(house: House, patient: bool) -> dict[str, Any]:
    """What scenes say; a house that is starting is waited for when ``patient``."""
    deadline = time.monotonic() + (WAIT_SECONDS if patient else 0)
    while True:
        try:
            return house.declared()
        except ProblemError as error:
            if error.problems[0].code != NO_HOUSE or time.monotonic() > deadline:
                raise
            time.sleep(1.0)


async def _played(play: Play, host: str, port: int, say: Any) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    progress = asyncio.create_task(_progress(play, say))
    try:
        await play.run(host, port, stop)
    finally:
        progress.cancel()


async def _progress(play: Play, say: Any) -> None:
    while True:
        await asyncio.sleep(TERMINAL_SECONDS if sys.stderr.isatty() else LINE_SECONDS)
        say(play)


def _line(play: Play) -> None:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(play.until))
    text = (
        f"{moment}  sent {play.counts.sent}, acknowledged {play.counts.acknowledged}, reports {play.reports}"
    )
    click.echo(f"\r{text}" if sys.stderr.isatty() else text, err=True, nl=not sys.stderr.isatty())


def _result(play: Play, number: int, seconds: float) -> dict[str, Any]:
    counts = play.counts
    return {
        "devices": number,
        "seconds": round(seconds, 1),
        "sent": counts.sent,
        "acknowledged": counts.acknowledged,
        "readings": counts.readings,
        "held_back": counts.held_back,
        "commands": counts.commands,
        "reports": play.reports,
        "problems": play.problems,
    }


@click.command()
@click.option(
    "--devices", type=click.IntRange(1, 100_000), help="How many; default one on each invented thing."
)
@click.option(
    "--rate", type=click.FloatRange(0, 100_000), default=0.0, help="Messages a second of all together."
)
@click.option(
    "--minutes", type=click.FloatRange(0), default=0.0, help="Simulated minutes; default until Ctrl-C."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same values.")
@click.option(
    "--scale", type=click.FloatRange(0.1, 100_000), default=1.0, help="Simulated seconds in a second."
)
@click.option(
    "--faults", type=click.FloatRange(0, 1_000), default=1.0, help="How many times the declared faults."
)
@click.option(
    "--people", type=click.FloatRange(0, 1_000), default=1.0, help="How many times the declared reports."
)
@click.option(
    "--since", type=click.FloatRange(0, 744), default=0.0, help="Hours before now that are made up for."
)
@click.option("--url", default="", help="The house; default the one on this machine.")
@click.option("--mqtt", default="", help="HOST:PORT of its MQTT; default that of the house.")
@click.option("--key", envvar="SIMULATOR_KEY", default="", help="A client's key of the role simulator.")
@click.option("--memory", type=click.Path(path_type=Path), help="The file that keeps the devices' tokens.")
@click.option("--quiet", is_flag=True, help="Say nothing while it runs; wait for a house that is starting.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def simulate(
    devices: int | None,
    url: str,
    mqtt: str,
    key: str,
    memory: Path | None,
    quiet: bool,
    as_json: bool,
    **told: Any,
) -> None:
    """Play devices, weather and people towards a running house, through MQTT, NGSI-LD and Open311 alone."""
    hours = told.pop("since")
    house = House(url or f"http://localhost:{settings().port}", key or kept_key())
    declared = _declared(house, patient=quiet)
    known = Memory.at(memory or settings().data_dir / MEMORY)
    now = time.time()
    since = max(known.until, now - hours * 3600) if hours else 0.0
    plan = Plan(**told, since=since, patience=GATEWAY_SECONDS if quiet else 0.0)
    things, new = choose(invented(house, declared), devices, declared, plan.seed)
    house.put([one.entity for one in new])
    enrol(house, declared, things, {one.code: one.every for one in machines(things, declared, plan)}, known)
    host, port = _broker(mqtt, house.url, declared)
    play = Play(house, declared, things, known.tokens, plan)
    try:
        asyncio.run(_played(play, host, port, (lambda _play: None) if quiet else _line))
    except OSError as error:
        message = shorten(f"MQTT at {host}:{port}: {error.strerror or error}")
        raise ProblemError(Problem(NO_HOUSE, message, hint="name it with --mqtt HOST:PORT")) from None
    finally:
        known.until = play.until
        known.keep()
    _tell(_result(play, len(things), time.time() - now), as_json)


def _broker(mqtt: str, url: str, declared: dict[str, Any]) -> tuple[str, int]:
    host, _, port = mqtt.rpartition(":")
    return host or urlsplit(url).hostname or "localhost", int(port or declared["mqtt_port"])


def _tell(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(result).decode())
        return
    click.echo(
        "{devices} devices sent {sent} messages with {readings} readings in {seconds} s; {acknowledged} were "
        "acknowledged, {held_back} held back; {reports} reports of people".format(**result)
    )
    for what, count in result["problems"].items():
        click.echo(f"{count} times: {what}", err=True)
