"""Killed in the middle of an installation, nothing is half installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from beichen.kernel.scene.tests.factories import CITY

_SCRIPT = """
import os, signal, sys
import django
django.setup()
from pathlib import Path
from django.core.management import call_command
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.scene import service
from beichen.kernel.scene.models import InstalledPackage
from beichen.kernel.scene.sections.roles import RolesSection

mode, folder = sys.argv[1], Path(sys.argv[2])
if mode == "kill":
    call_command("migrate", verbosity=0)
    def dies(section, package, *, by):
        assert Body.objects.count() == 2, "regions and bodies are written by now"
        os.kill(os.getpid(), signal.SIGKILL)
    RolesSection.install = dies
if mode != "count":
    service.install(folder, by=system("test"))
print(Region.objects.count(), Body.objects.count(), InstalledPackage.objects.count())
"""


def _run(mode: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "BEICHEN_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "beichen.house.django",
    }
    command = [sys.executable, "-c", _SCRIPT, mode, str(CITY)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=data)


def test_an_installation_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """kill -9 between two sections; then the same installation succeeds."""
    assert _run("kill", tmp_path).returncode == -signal.SIGKILL
    assert _run("count", tmp_path).stdout.split() == ["0", "0", "0"]
    assert _run("install", tmp_path).stdout.split() == ["4", "2", "1"]
