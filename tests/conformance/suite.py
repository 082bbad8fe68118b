"""Runs the public ETSI NGSI-LD test suite (Robot Framework) against a live server; keeps the results.

    ETSI_NGSI_LD_SUITE=/path/to/ngsi-ld-test-suite .venv/bin/python -m tests.conformance.suite

The suite (forge.etsi.org/rep/cim/ngsi-ld-test-suite) is not part of the project. It is copied into a
temporary folder, its @context files are served from loopback, and it runs in an environment of its own,
``.venv-conformance``, from ``requirements.lock``.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from beichen.kernel.bus.tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-conformance"
RESULTS = Path(__file__).with_name("results.json")
REASONS = Path(__file__).with_name("reasons.json")
NOWHERE = Path(__file__).with_name("nowhere")
PAGE = ROOT / "docs" / "ngsi-ld-conformance.md"
INFORMATION = "ContextInformation/"
GROUPS = (
    f"{INFORMATION}Provision/Entities",
    f"{INFORMATION}Provision/EntityAttributes",
    f"{INFORMATION}Provision/BatchEntities",
    f"{INFORMATION}Provision/PurgeEntities",
    f"{INFORMATION}Provision/TransientEntities",
    f"{INFORMATION}Provision/TemporalEntity",
    f"{INFORMATION}Provision/TemporalEntityAttributes",
    f"{INFORMATION}Consumption/Entity",
    f"{INFORMATION}Consumption/Discovery",
    f"{INFORMATION}Consumption/TemporalEntity",
    f"{INFORMATION}Subscription",
    f"{INFORMATION}EntityMap",
    f"{INFORMATION}Snapshot",
    "jsonldContext",
)
SUITE_CONTEXTS = re.compile(r"https://raw\.githubusercontent\.com/[^\"'\s]*?/resources/jsonld-contexts/")
# A context of the same terms that some tests name by an address elsewhere.
OTHER_CONTEXT = re.compile(
    r"https://easy-global-market\.github\.io/[^\"'\s]*?/ngsildTestSuiteV1\.8-compound\.jsonld"
)
# Contexts of others that some tests name: only that they can be had matters.
FOREIGN = re.compile(r"https://fiware\.github\.io/([\w./-]+)\.jsonld")
CORE = re.compile(r"ngsi-ld-core-context-v1\.\d\.jsonld")
START_SECONDS = 180


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the suite's contexts and says nothing."""

    def log_message(self, *_arguments: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def contexts(folder: Path) -> Iterator[int]:
    """Serve ``folder`` on loopback; gives the port."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()


def environment(data: Path, context_port: int, mock_port: int = 1) -> dict[str, str]:
    """The settings of the server under test."""
    return {
        **os.environ,
        "BEICHEN_DATA_DIR": str(data),
        "BEICHEN_CITY": str(NOWHERE),
        "BEICHEN_CONTEXT_HOSTS": f"127.0.0.1:{context_port}, 127.0.0.1:{mock_port}",
        "BEICHEN_NOTIFICATION_HOSTS": "127.0.0.1",
        "BEICHEN_NATS_PORT": str(free_port()),
        "BEICHEN_MQTT_PORT": str(free_port()),  # 1883 is Mosquitto's
        "BEICHEN_HISTORY_PAGE": "30",  # the suite wants to see a part of forty instances
        "DJANGO_SETTINGS_MODULE": "beichen.house.django",
        "PYTHONPATH": str(ROOT),
    }


def prepare(env: dict[str, str]) -> str:
    """Migrate a fresh database and give the key of a client that may write."""
    run = functools.partial(subprocess.run, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    run([sys.executable, "-m", "beichen", "manage", "migrate", "--verbosity", "0"])
    return str(run([sys.executable, "-m", "tests.conformance.client"]).stdout).strip()


@contextlib.contextmanager
def server(env: dict[str, str], key: str) -> Iterator[str]:
    """Start the web process; gives its address."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "warning",
        "--workers-kill-timeout", "5", "tests.conformance.keyed:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        env={**env, "CONFORMANCE_KEY": key, "BEICHEN_PUBLIC_URL": f"http://127.0.0.1:{port}"},
        cwd=ROOT,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def workers(env: dict[str, str]) -> Iterator[None]:
    """NATS and the worker, which take notifications to their endpoints; once they work."""
    command = [sys.executable, "-m", "beichen", "up", "--only", "nats,worker"]
    process = subprocess.Popen(
        command, env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    works = threading.Event()
    reader = threading.Thread(target=_read, args=(process, works), daemon=True)
    reader.start()
    try:
        if not works.wait(START_SECONDS):
            raise SystemExit("the worker did not start")
        yield
    finally:
        process.terminate()
        process.wait(30)
        reader.join()


def _read(process: subprocess.Popen[str], works: threading.Event) -> None:
    """What it says, to its end: the bus works when it says so."""
    for line in process.stdout or ():
        if "bus works" in line:
            works.set()
        sys.stderr.write(line)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(address, timeout=2)
            return
        time.sleep(0.2)
    raise SystemExit(f"the server did not answer at {address}")


def adapt(suite: Path, target: Path, address: str, context_port: int, mock_port: int) -> None:
    """Copy the suite and point it at the server and at the contexts on loopback."""
    shutil.copytree(suite, target, ignore=shutil.ignore_patterns(".git", "doc"))
    local = f"http://127.0.0.1:{context_port}/"
    for file in [*target.glob("data/**/*"), *target.glob("resources/**/*"), *target.glob("TP/**/*.robot")]:
        if file.is_file() and file.suffix in {".json", ".jsonld", ".geojson", ".robot", ".resource", ".py"}:
            text = file.read_text(encoding="utf-8")
            text = FOREIGN.sub(lambda match: f"{local}{foreign_name(match)}", text)
            text = text.replace("http://localhost:9090", address)
            text = OTHER_CONTEXT.sub(f"{local}ngsi-ld-test-suite-compound.jsonld", text)
            file.write_text(CORE.sub("ngsi-ld-core-context-v1.8.jsonld", SUITE_CONTEXTS.sub(local, text)))
    shutil.copy(Path(__file__).with_name("mqtt.resource"), target / "resources/mqttUtils/MqttUtils.resource")
    variables = target / "resources" / "variables.py"
    lines = variables.read_text()
    lines += f"\nurl = '{address}/ngsi-ld/v1'\ntemporal_api_url = url\n"
    lines += f"ngsild_test_suite_context = '{local}ngsi-ld-test-suite-compound.jsonld'\n"
    lines += "delete_temporal_on_core_delete = False\n"
    lines += "core_context = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld'\n"
    lines += "notification_server_host = context_source_host = context_server_host = '127.0.0.1'\n"
    lines += f"notification_server_port, context_source_port = {free_port()}, {free_port()}\n"
    lines += f"context_server_port = {mock_port}\n"
    lines += f"mqtt_broker_host, mqtt_broker_non_default_port = '127.0.0.1', {free_port()}\n"
    variables.write_text(lines)


def foreign_name(match: re.Match[str]) -> str:
    """The file that stands for a context of others."""
    return match.group(1).replace("/", "-") + ".jsonld"


def stand_ins(suite: Path, served: Path) -> None:
    """Serve an empty context for each of others that the tests name."""
    for file in suite.glob("data/**/*"):
        if file.is_file() and file.suffix in {".json", ".jsonld"}:
            for match in FOREIGN.finditer(file.read_text(encoding="utf-8")):
                (served / foreign_name(match)).write_text('{"@context": {}}')


def robot(suite: Path, selected: list[str]) -> dict[str, Any]:
    """Run the tests and give Robot Framework's result as JSON."""
    output = suite / "output.json"
    paths = [f"TP/NGSI-LD/{group}" for group in selected]
    library = suite / "libraries" / "robotframework-httpctrl" / "src"
    command = [str(VENV / "bin" / "robot"), "--output", str(output), "--log", "NONE", "--report", "NONE"]
    command += ["--console", "none", "--pythonpath", str(library), "--loglevel", "INFO", *paths]
    subprocess.run(
        command,
        cwd=suite,
        check=False,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    return dict(json.loads(output.read_text()))


def outcomes(node: dict[str, Any], origin: dict[str, bool], group: str = "") -> Iterator[dict[str, Any]]:
    """Each test with its group, whether it passed and, if not, what it said."""
    for test in node.get("tests", []):
        yield {
            "name": test["name"],
            "group": group,
            "file": node["name"],
            "extension": origin.get(Path(node.get("source", "")).stem, False),
            "passed": test["status"] == "PASS",
            "message": re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", " ".join(test.get("message", "").split()))[
                :300
            ],
        }
    for suite in node.get("suites", []):
        inner = suite.get("source", "")
        found = next((name for name in GROUPS if f"/{name}/" in f"{inner}/"), group)
        yield from outcomes(suite, origin, found)


def extensions(suite: Path) -> dict[str, bool]:
    """Which files say that they are no part of the public suite."""
    files = suite.glob("TP/**/*.robot")
    return {file.stem: "extension TP" in file.read_text(encoding="utf-8") for file in files}


def run(suite: Path, selected: list[str]) -> list[dict[str, Any]]:
    """Everything from a fresh database to the list of results."""
    with tempfile.TemporaryDirectory(prefix="beichen-etsi-") as folder:
        work = Path(folder)
        served = work / "contexts"
        shutil.copytree(suite / "resources" / "jsonld-contexts", served)
        stand_ins(suite, served)
        mock_port = free_port()
        with contexts(served) as context_port:
            for file in served.iterdir():
                text = SUITE_CONTEXTS.sub(f"http://127.0.0.1:{context_port}/", file.read_text())
                file.write_text(text)
            env = environment(work / "var", context_port, mock_port)
            key = prepare(env)
            with server(env, key) as address, workers(env):
                adapt(suite, work / "suite", address, context_port, mock_port)
                result = robot(work / "suite", selected)
        return sorted(outcomes(result["suite"], extensions(suite)), key=lambda test: str(test["name"]))


def run_apart(suite: Path, selected: list[str]) -> list[dict[str, Any]]:
    """Each group in a house of its own: what one leaves behind is nothing to the next."""
    tests = [test for group in selected for test in run(suite, [group])]
    return sorted(tests, key=lambda test: str(test["name"]))


def reason_of(name: str) -> str:
    """Why a test fails, from ``reasons.json``: by the beginning of its name."""
    reasons: dict[str, str] = json.loads(REASONS.read_text(encoding="utf-8"))
    return next((reason for start, reason in reasons.items() if name.startswith(start)), "")


def page(tests: list[dict[str, Any]]) -> str:
    """The results as a page of the documentation."""
    public = [test for test in tests if not test["extension"]]
    parts = [
        "# NGSI-LD conformance",
        "",
        "What the public [ETSI test suite](https://forge.etsi.org/rep/cim/ngsi-ld-test-suite) says of",
        "`/ngsi-ld/v1`: all its ContextInformation and jsonldContext tests, with the extensions of a copy",
        "that says which they are. Each group runs in a house of its own; MQTT tests with Mosquitto.",
        "Before subscriptions, histories and contexts were there, 594 of these tests passed, and only 625",
        "were run: those for entities, attributes, batches, queries and discovery.",
        "`ETSI_NGSI_LD_SUITE=FOLDER .venv/bin/python -m tests.conformance.suite` writes this page.",
        "",
        "| tests | passed | of | share |",
        "|---|--:|--:|--:|",
    ]
    groups = [("all", tests), ("of them in the public suite", public)]
    groups += [(group, [test for test in tests if test["group"] == group]) for group in GROUPS]
    for name, members in groups:
        passed = sum(test["passed"] for test in members)
        parts.append(f"| {name} | {passed} | {len(members)} | {passed / len(members):.1%} |")
    parts += ["", "## What fails, and why", "", "| test | reason |", "|---|---|"]
    parts += [f"| {test['name']} | {reason_of(test['name'])} |" for test in tests if not test["passed"]]
    parts += ["", "## What passes", ""]
    parts += [f"- {test['name']}" for test in tests if test["passed"]]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Run the whole selection, or the groups and files named on the command line."""
    suite = os.environ.get("ETSI_NGSI_LD_SUITE")
    if not suite:
        raise SystemExit("set ETSI_NGSI_LD_SUITE to a copy of the ETSI NGSI-LD test suite")
    selected = sys.argv[1:]
    tests = run_apart(Path(suite), selected or list(GROUPS))
    passed = sum(test["passed"] for test in tests)
    if not selected:
        RESULTS.write_text(json.dumps(tests, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(page(tests), encoding="utf-8")
    for test in tests:
        if not test["passed"]:
            sys.stdout.write(f"FAIL {test['group']} {test['name']}: {test['message']}\n")
    sys.stdout.write(f"{passed} of {len(tests)} passed\n")


if __name__ == "__main__":
    main()
