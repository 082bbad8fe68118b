"""Where tests keep what is no row: a folder of each process's own, under xdist too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from beichen.settings import settings


def test_a_worker_has_a_folder_of_its_own() -> None:
    folder, worker = settings().data_dir, os.environ.get("PYTEST_XDIST_WORKER")
    assert folder == Path(os.environ["BEICHEN_DATA_DIR"])
    if worker is None:
        assert folder != Path("var").resolve()
    else:
        assert folder.name == worker
        assert Path(django_settings.STATIC_ROOT).parent == folder  # Django was told it, too


def test_workers_that_are_started_are_given_one_each(pytestconfig: pytest.Config) -> None:
    class Spec:
        def __init__(self, name: str) -> None:
            self.id, self.env = name, {"LANG": "C"}

    specs = [Spec("gw0"), Spec("gw1")]
    pytestconfig.hook.pytest_xdist_setupnodes(config=pytestconfig, specs=specs)
    folders = {spec.env["BEICHEN_DATA_DIR"] for spec in specs}
    assert folders == {f"{os.environ['BEICHEN_DATA_DIR']}/{name}" for name in ("gw0", "gw1")}
    assert all(spec.env["LANG"] == "C" for spec in specs)
