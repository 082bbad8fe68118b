"""What every test stands on: a data folder of its process's own, static files as they lie in the source."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as tried

from beichen.settings import settings as chosen

DATA = "BEICHEN_DATA_DIR"
OWN = "" if DATA in os.environ else tempfile.mkdtemp(prefix="beichen-test-")
"""The folder that this process made, and removes; empty where one was given."""
os.environ[DATA] = OWN or os.environ[DATA]
chosen.cache_clear()  # Django has asked for them already; a change would else move the folder amid a run

LONGEST_NAME = 200

# How long an example takes says how busy the machine is. What must be quick has a test of its own.
tried.register_profile("city", deadline=None, suppress_health_check=[HealthCheck.too_slow])
tried.load_profile("city")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Give each worker a folder of its own, in its environment before Django is read there.

    Else one worker's test throws away what another's has laid out.
    """
    for spec in specs:
        spec.env[DATA] = str(Path(os.environ[DATA], spec.id))


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if OWN:
        shutil.rmtree(OWN, ignore_errors=True)


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for the city's tables, which no transaction of a test takes back."""
    from beichen.settings import settings

    monkeypatch.setenv("BEICHEN_TABLES_URL", str(tmp_path / "tables"))
    settings.cache_clear()
    yield tmp_path / "tables"
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Spark cluster. The driver in this process ends before it."""
    from tests import cluster

    with pytest.MonkeyPatch.context() as patch, cluster.running(tmp_path_factory.mktemp("spark")) as address:
        patch.syspath_prepend(cluster.installed())
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        yield f"{address}?memory=512m&cores=2"
        cluster.end_driver()


def pytest_configure() -> None:
    """Serve static files without a collected manifest; write to the database, empty it and keep passwords
    quickly.
    """
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from tests.emptied import empty_quickly

    empty_quickly()
    # The disk is not waited for at every commit: what must outlive a power cut has processes of its own.
    for database in settings.DATABASES.values():
        options = database.get("OPTIONS", {})
        if "init_command" in options:
            options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    # Argon2 still, but nobody attacks a test: it needs no hundred megabytes and eight threads a password.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = (
        1,
        8,
        1,
    )
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file's content is no name: it may differ from one run, and from one worker, to the next."""
    return argname if isinstance(val, bytes | str) and len(val) > LONGEST_NAME else None


def pytest_collection() -> None:
    """Watch the services before a test imports one: see :mod:`tests.audited`."""
    from tests.audited import watch_services

    watch_services()


def pytest_runtest_setup() -> None:
    """Forget what a process keeps: of devices, whose changes a test's database counts from the beginning; of
    names, of catalogues, and how often somebody signed in.
    """
    from django.core.cache import cache

    cache.clear()
    foretelling = sys.modules.get("beichen.platforms.iot.foretelling")
    if foretelling is not None:
        foretelling.forget()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another engine than the embedded one, run what can tell them apart; the rest ran before.

    A module of the browser tests fills the house for itself, so that one worker runs all of it.
    """
    from beichen.settings import settings

    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    if settings().database.startswith("sqlite:"):
        return
    told_apart = [item for item in items if _meets_an_engine(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(told_apart)])
    items[:] = told_apart


def _meets_an_engine(item: pytest.Item) -> bool:
    """Whether the test reaches a database, or processes that do."""
    markers = {marker.name for marker in item.iter_markers()}
    fixtures = set(getattr(item, "fixturenames", ()))
    of_django = any(
        kind.__name__ == "TransactionTestCase" for kind in (getattr(item, "cls", None) or object).__mro__
    )
    named = {"db", "transactional_db", "live_server"} & fixtures
    return bool(markers & {"django_db", "services", "engines"} or named or of_django)
