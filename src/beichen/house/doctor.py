"""`beichen doctor`: what is missing or unsafe here, each with what to do about it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import orjson
from django.conf import settings as django_settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from beichen.fronts.codes import service as codes
from beichen.fronts.services.items import service as items
from beichen.kernel.access.openid import service as openid
from beichen.kernel.bus import broker, server
from beichen.platforms.ai import service as ai
from beichen.platforms.iot import service as iot
from beichen.platforms.ledger import service as ledger
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Level, Problem, ProblemError, code, shorten
from beichen.settings import settings

NO_DATABASE = code("DOC-101", "The database does not answer.", status=503)
BEHIND = code("DOC-102", "The database's schema is behind.", status=503)
NO_BROKER = code("DOC-103", "The broker does not answer.", status=503)
NO_STORE = code("DOC-104", "The file store cannot be used.", status=503)
LITTLE_SPACE = code("DOC-105", "There is little space left.", status=507)
NO_ASSETS = code("DOC-106", "The static files are missing.", status=503)
NO_FONT = code("DOC-107", "No font with Chinese characters is installed.")
NO_PACKAGE = code("DOC-108", "A package is missing.", status=500)
OPEN_KEY = code("DOC-109", "A private key can be read by others than its owner.")
PACKAGES = ("granian", "nats", "obstore", "orjson", "shapely", "starlette")
SPACE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the environment and what looks at it."""

    name: str
    look: Callable[[], Iterator[Problem]]


def look_at_settings() -> Iterator[Problem]:
    """What is not safe in production."""
    yield from settings().production_problems()


def look_at_packages() -> Iterator[Problem]:
    """What the lock file has and this Python has not."""
    for name in PACKAGES:
        if importlib.util.find_spec(name) is None:
            yield Problem(NO_PACKAGE, f"the package {name} is not installed", hint="make setup")


def look_at_database() -> Iterator[Problem]:
    """Whether it answers and has today's schema."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        hint = f"check BEICHEN_DATABASE_URL: {error}".splitlines()[0]
        yield Problem(NO_DATABASE, f"no {connection.vendor} database answers", hint=hint)
        return
    if missing:
        hint = "beichen up applies them, or beichen manage migrate"
        yield Problem(BEHIND, f"{len(missing)} migrations are not applied", hint=hint)


async def _greet() -> None:
    client = await broker.connect("doctor")
    await client.close()


def look_at_broker() -> Iterator[Problem]:
    """Whether NATS answers, or its program is here to be started."""
    if settings().nats_url.startswith("embedded:"):
        try:
            server.program()
        except ProblemError as error:
            yield from error.problems
        return
    try:
        asyncio.run(_greet())
    except broker.TROUBLE as error:
        hint = f"check BEICHEN_NATS_URL: {error}".splitlines()[0]
        yield Problem(NO_BROKER, f"nothing answers at {broker.address()}"[:80], hint=hint)


def look_at_files() -> Iterator[Problem]:
    """Whether the folder of files can be written."""
    place = settings().files
    if "://" in place:
        return
    folder = Path(place)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        hint = f"{folder}: {error.strerror}; make it writable, or set BEICHEN_FILES_URL"
        yield Problem(NO_STORE, "the folder of files cannot be written", hint=hint)


def look_at_space() -> Iterator[Problem]:
    """Whether there is room."""
    free = shutil.disk_usage(settings().data_dir).free
    if free < SPACE_BYTES:
        hint = f"make room at {settings().data_dir}"
        yield Problem(LITTLE_SPACE, f"{free >> 20} MiB are free; at least 1 GiB is needed", hint=hint)


def look_at_assets() -> Iterator[Problem]:
    """Whether the static files were collected."""
    if not (Path(django_settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Problem(NO_ASSETS, "the static files were not collected", hint="make setup, then beichen up")


def look_at_fonts() -> Iterator[Problem]:
    """Whether Chinese can be printed."""
    if shutil.which("fc-list") is None:
        return
    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, check=False, timeout=20)
    if not found.stdout.strip():
        hint = "install fonts-noto-cjk; needed only where pages are printed or photographed"
        yield Problem(NO_FONT, "no font here has Chinese characters", hint=hint, level=Level.WARNING)


def look_at_tables() -> Iterator[Problem]:
    """Whether tables can be written and asked."""
    yield from warehouse.look()


def look_at_bridge() -> Iterator[Problem]:
    """Whether the city's own MQTT broker answers, where one is bridged in."""
    yield from iot.look()


def look_at_models() -> Iterator[Problem]:
    """Whether the models of scenes find their engines."""
    try:
        yield from ai.look()
    except DatabaseError:
        return  # the check of the database says it


def look_at_sign_in() -> Iterator[Problem]:
    """Whether identities can be signed, and systems that connect are safe in production."""
    try:
        yield from openid.look()
    except DatabaseError:
        return  # the check of the database says it


def look_at_keys() -> Iterator[Problem]:
    """Whether the keys of ledger, certificates and codes are here, are the right ones, and private."""
    try:
        yield from ledger.look()
        yield from codes.look_at_keys()
    except DatabaseError:
        return  # the check of the database says it
    for folder in (settings().ledger_keys_folder, settings().codes_keys_folder):
        yield from _open_keys(folder)


def _open_keys(folder: Path) -> Iterator[Problem]:
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        return
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            hint = f"chmod 600 {file}"
            yield Problem(
                OPEN_KEY, shorten(f"others can read the key {file.name}"), hint=hint, level=Level.WARNING
            )


def look_at_payments() -> Iterator[Problem]:
    """Whether fees can be paid, where there are any."""
    try:
        yield from items.look_at_payments()
    except DatabaseError:
        return  # the check of the database says it


CHECKS = (
    Check("settings", look_at_settings),
    Check("packages", look_at_packages),
    Check("database", look_at_database),
    Check("broker", look_at_broker),
    Check("bridge", look_at_bridge),
    Check("files", look_at_files),
    Check("tables", look_at_tables),
    Check("models", look_at_models),
    Check("sign-in", look_at_sign_in),
    Check("keys", look_at_keys),
    Check("payments", look_at_payments),
    Check("space", look_at_space),
    Check("assets", look_at_assets),
    Check("fonts", look_at_fonts),
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(as_json: bool) -> None:
    """Check the environment, the settings and every engine; say what to do."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    found = {check.name: list(check.look()) for check in CHECKS}
    ill = any(problem.level == Level.ERROR for problems in found.values() for problem in problems)
    if as_json:
        report = {name: [problem.as_dict() for problem in problems] for name, problems in found.items()}
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    else:
        for name, problems in found.items():
            click.echo(f"{name:10} {'ok' if not problems else ''}".rstrip())
            for problem in problems:
                click.echo(f"  {problem}")
    sys.exit(1 if ill else 0)
