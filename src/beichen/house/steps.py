"""The steps of a start that belong to no room: schema, assets, roles, the city, the demo accounts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings as django_settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from ruamel.yaml import YAML

from beichen.fronts.citizen.service import load_messages as load_door_messages
from beichen.kernel.access.models import Account, Client, RelyingParty
from beichen.kernel.access.openid import service as openid
from beichen.kernel.access.service import create_client
from beichen.kernel.access.service import load_roles as load_builtin_roles
from beichen.kernel.actor import system
from beichen.kernel.bus.lock import Lock
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import region_by_code
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.addresses.names import are_names_read
from beichen.platforms.geo.basemap import service as basemap
from beichen.platforms.geo.basemap.jobs import build_base_map
from beichen.platforms.geo.jobs import read_names
from beichen.platforms.iot.simulation.population import INVENTED, KEY_FILE
from beichen.problem import Problem, ProblemError, code
from beichen.registry import service as registry
from beichen.registry.models import Object
from beichen.settings import settings

BUSY = code("UPP-104", "Another start is changing the database.", status=503)
WAIT_SECONDS = 120.0
DEMO_PARTY = "demo-estate"
MOST_INVENTED = 20_000  # objects without a region that are looked through


@contextmanager
def _alone() -> Iterator[None]:
    """One start at a time on one database."""
    lock = Lock("start")
    deadline = monotonic() + WAIT_SECONDS
    while not lock.take():
        if monotonic() > deadline:
            hint = "wait for the other start, or end it"
            raise ProblemError(Problem(BUSY, "another start holds the database for two minutes", hint=hint))
        sleep(0.2)
    try:
        yield
    finally:
        lock.release()


def migrate() -> str:
    """Bring the database's schema up to date."""
    with _alone():
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return ""
        call_command("migrate", interactive=False, verbosity=0)
        return f"{len(plan)} migrations"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_assets() -> str:
    """Collect, hash and compress the static files when one of them changed."""
    target = Path(django_settings.STATIC_ROOT)
    stamp, wanted = target / ".collected", _fingerprint()
    if stamp.is_file() and stamp.read_text() == wanted:
        return ""
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)
    return "collected"


def load_roles() -> str:
    """Make sure that the built-in roles exist."""
    load_builtin_roles(by=system("start"))
    return ""


def load_messages() -> str:
    """Make sure that the texts of messages exist that no package brings."""
    changes = load_door_messages(by=system("start"))
    return f"{len(changes.added)} texts" if changes else ""


def load_city() -> str:
    """Load the city that the settings name, when it or what it needs changed since the last start."""
    folder = packages.find_package(settings().city, PackageKind.CITY)
    wants_people = settings().demo and not Account.objects.filter(is_demo=True).exists()
    if packages.is_current(folder, PackageKind.CITY) and not wants_people:
        return ""
    reports = packages.install(folder, by=system("start"), kind=PackageKind.CITY)
    return ", ".join(f"{report.key} {report.version} {report.outcome}" for report in reports)


def base_map() -> str:
    """Have the base map built in the background when the layers changed since it was."""
    if basemap.is_current():
        return ""
    enqueue(build_base_map)
    return "is being built"


def place_names() -> str:
    """Have the names of all things read in the background, once: a house may be older than its gazetteer."""
    if are_names_read():
        return ""
    enqueue(read_names)
    return "are being read"


def place_demo() -> str:
    """Put the demo's things into the regions in which they lie: they were made before the city had a map."""
    if not settings().demo:
        return ""
    lost = Object.objects.filter(region=None, removed_at=None, type__is_declared=True).order_by("pk")
    invented = [one for one in lost[:MOST_INVENTED] if one.urn.rpartition(":")[2].startswith(INVENTED)]
    number = 0
    for one in invented:
        value = (one.parsed().get("location") or {}).get("value") or {}
        code = geo.region_at(*value["coordinates"][:2]) if value.get("type") == "Point" else ""
        if code:
            registry.place_object(one.urn, region_by_code(code), by=system("start"))
            number += 1
    return f"{number} placed" if number else ""


def simulator_key() -> str:
    """A key for the program that plays the city's devices, in a file of the owner's alone."""
    file = settings().data_dir / KEY_FILE
    if not file.is_file() or not Client.objects.filter(key="simulator", is_active=True).exists():
        secret = create_client("simulator", "Simulator", "simulator", by=system("start"))
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secret)
    return ""


def demo_party() -> str:
    """A system of the demonstration to which people sign in: a page on this machine, without a secret."""
    if RelyingParty.objects.filter(key=DEMO_PARTY).exists():
        return ""
    body = Body.objects.filter(is_current=True).order_by("path").first()
    if body is None:
        return ""
    facts = openid.PartyFacts(
        DEMO_PARTY,
        "演示：不动产查询",
        "查询本人名下的不动产登记（演示）",
        body.key,
        ("http://localhost:9400/signed-in", "http://127.0.0.1:9400/signed-in"),
        ("openid", "profile", "acting_for", "phone"),
        "Demo: real estate",
        "To show what you own (demonstration)",
        is_public=True,
        logout_uris=("http://localhost:9400/",),
    )
    openid.register_party(facts, by=system("start"), is_demo=True)
    return f"{DEMO_PARTY} registered"


def show_accounts() -> str:
    """The demo accounts and their password, which the city package publishes."""
    accounts = Account.objects.filter(is_demo=True).select_related("person")
    people = accounts.prefetch_related("person__posts").order_by("id")
    lines = [
        f"  {account.username:10} "
        + (", ".join(post.title for post in account.person.posts.all()) or account.person.name)
        for account in people
        if account.person is not None
    ]
    demo = packages.find_package(settings().city, PackageKind.CITY) / "demo.yaml"
    if not lines or not demo.is_file():
        return ""
    password = YAML(typ="safe").load(demo)["password"]
    return "\n".join([f"password {password}", *lines])
