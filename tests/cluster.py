"""A Spark cluster on this machine, from the wheel: one master, two workers.

PySpark is 400 MB that nothing but these tests needs: it is installed in an environment of its own when it is
missing, and found by the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from beichen.kernel.bus.tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".venv-spark"
VERSION = "4.0.5"
PATIENCE = 120.0  # seconds


def installed() -> Path:
    """The folder of PySpark's packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = PLACE / "lib" / version / "site-packages"
    if not (packages / "pyspark").exists():
        uv = str(ROOT / ".venv" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(PLACE)], check=True)
        command = [uv, "pip", "install", "--quiet", "--python", str(PLACE / "bin" / "python")]
        subprocess.run([*command, f"pyspark=={VERSION}"], check=True)
    return packages


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a master with two workers, which end afterwards."""
    packages = installed()
    script = str(packages / "pyspark" / "bin" / "spark-class")
    environment = {**os.environ, "SPARK_HOME": str(packages / "pyspark"), "SPARK_LOCAL_IP": "127.0.0.1",
                   "SPARK_DAEMON_MEMORY": "512m", "SPARK_WORKER_DIR": str(folder)}  # fmt: skip
    port, pages = free_port(), free_port()
    address = f"spark://127.0.0.1:{port}"
    master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(pages)]
    worker = ["worker.Worker", "--cores", "1", "--memory", "1g", "--host", "127.0.0.1", "--webui-port", "0"]
    processes = []
    try:
        for number, (name, *arguments) in enumerate((master, [*worker, address], [*worker, address])):
            with (folder / f"{number}.log").open("wb") as log:
                command = [script, f"org.apache.spark.deploy.{name}", *arguments]
                processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        _wait_for_workers(f"http://127.0.0.1:{pages}/json/")
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(30)


def end_driver() -> None:
    """End what this process started of Spark."""
    from pyspark.sql import SparkSession

    if (session := SparkSession.getActiveSession()) is not None:
        session.stop()


def _wait_for_workers(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own master
                if b'"aliveworkers" : 2' in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"no two workers at {url}")
