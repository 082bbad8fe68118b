"""Runs what public checks of OGC API there are for Python against a live server; keeps what they said.

    .venv/bin/python -m tests.conformance.ogc

`ogctests` (Geoscience Australia) follows the abstract tests of Features, Part 1, and of filters; it validates
answers against OGC's published schemas. `ogcapi-registry` checks the definition in OpenAPI by the
requirements of the classes that are declared. They run in an environment of their own, ``.venv-ogc``,
from ``ogc.lock``; neither is part of the project.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx

from tests.conformance import suite

HERE = Path(__file__).parent
VENV = suite.ROOT / ".venv-ogc"
LOCK = HERE / "ogc.lock"
RESULTS = HERE / "ogc-results.json"
REASONS = HERE / "ogc-reasons.json"
PAGE = suite.ROOT / "docs" / "ogc-conformance.md"
CITY = suite.ROOT / "tests" / "cities" / "invented"
SCOPES = {"core": "Features, Part 1", "filtering": "Features, Part 3"}
DEFINITION = "definition"
VERSIONS = {"ogctests": "0.1.15", "ogcapi-registry": "0.4.0"}
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
HEAD = """# OGC API: what public checks say

Written by `python -m tests.conformance.ogc`, which starts a house with an invented city and lets two packages
that we did not write ask it.

OGC's own executable test suites (`ets-ogcapi-features10`, `ets-ogcapi-tiles10`, for the TEAM engine) were
**not** run: they are built from parts of a registry of Java that was out of reach. What ran in their place:

- `ogctests` {ogctests}: the abstract tests of Features, Part 1 (OGC 17-069r4, Annex A), and of filters and
  queryables (Part 3); answers are validated against OGC's published schemas.
- `ogcapi-registry` {registry}: the definition in OpenAPI against the requirements of the classes that
  `/ogc/conformance` names.
- GDAL's OAPIF driver, OWSLib and a reader of vector tiles, as clients
  (`src/beichen/platforms/geo/ogc/tests/test_clients.py`, in every run of the tests).

"""


def make_environment() -> Path:
    """The interpreter of the environment, made from its lock file when it is missing."""
    python = VENV / "bin" / "python"
    if not python.exists():
        uv = suite.ROOT / ".venv" / "bin" / "uv"
        subprocess.run([uv, "venv", "--quiet", VENV], check=True)
        subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, LOCK], check=True)
    return python


def run(python: Path) -> list[dict[str, str]]:
    """Everything from a fresh database to the list of results."""
    with tempfile.TemporaryDirectory(prefix="beichen-ogc-") as folder:
        work = Path(folder)
        env = suite.environment(work / "data", 1)
        key = suite.prepare(env)
        for command in (["city", "load", str(CITY)], ["manage", "collectstatic", "--noinput"]):
            subprocess.run(
                [sys.executable, "-m", "beichen", *command],
                env=env,
                cwd=suite.ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        with suite.server(env, key) as address:
            warm(address)
            found = [one for scope in SCOPES for one in asked(python, scope, f"{address}/ogc", work)]
            return [*found, *defined(python, f"{address}/ogc")]


def warm(address: str) -> None:
    """Lay the layers out before they are asked for: the checks wait five seconds for an answer."""
    for path in ("collections", "collections/districts/items", "collections/wells/items", "api?f=html"):
        httpx.get(f"{address}/ogc/{path}", timeout=300).raise_for_status()


def asked(python: Path, scope: str, address: str, work: Path) -> list[dict[str, str]]:
    """What `ogctests` says of one scope."""
    report = work / f"{scope}.xml"
    script = (
        "import sys, ogctests; from pathlib import Path; from ogctests.main import run_ogctests; "
        "ours = ['-c', 'empty.ini', '--rootdir=.', f'--confcutdir={Path(ogctests.__file__).parent}']; "
        "run_ogctests(f'features/{sys.argv[1]}', sys.argv[2], [*ours, *sys.argv[3:]])"
    )
    (work / "empty.ini").write_text("[pytest]\n", encoding="utf-8")  # nothing of this project's own
    subprocess.run(
        [python, "-c", script, scope, address, "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"],
        cwd=work,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "NO_PROXY": "127.0.0.1", "LANG": "C.UTF-8"},
    )
    # The report was written by a package that this run installed itself.
    tree = ElementTree.parse(report)  # noqa: S314
    return [_outcome(scope, case) for case in tree.iter("testcase")]


def _outcome(scope: str, case: Any) -> dict[str, str]:
    name = case.get("name")
    outcome = {"scope": scope, "name": f"{scope}/{case.get('classname', '').rpartition('.')[2]}/{name}"}
    for kind, state in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
        told = case.find(kind)
        if told is not None:
            return {**outcome, "state": state, "message": plain(told.get("message", ""))}
    return {**outcome, "state": PASSED, "message": ""}


def plain(message: str) -> str:
    """A message on one line, without what differs from run to run."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", " ".join(message.split()))[:300]


def defined(python: Path, address: str) -> list[dict[str, str]]:
    """What `ogcapi-registry` says of the definition: an outcome for each complaint, or that there is none."""
    script = """
import json, sys, httpx
from ogcapi_registry import validate_ogc_api
get = lambda path: httpx.get(sys.argv[1] + path, headers={"accept": "application/json"}).json()
found = validate_ogc_api(get("/api"), get("/conformance")["conformsTo"])
print(json.dumps([[str(one.get("path", "")), str(one.get("message", ""))] for one in found.errors]))
"""
    told = subprocess.run(
        [python, "-c", script, address], check=True, capture_output=True, text=True, cwd=VENV
    ).stdout
    complaints = [
        {
            "scope": DEFINITION,
            "name": f"{DEFINITION}/{path}: {plain(message)}"[:200],
            "state": FAILED,
            "message": plain(message),
        }
        for path, message in json.loads(told.strip().splitlines()[-1])
    ]
    none = {"scope": DEFINITION, "name": f"{DEFINITION}: no complaint", "state": PASSED, "message": ""}
    return complaints or [none]


def reason_of(name: str) -> str:
    """Why a check does not pass, as we see it; empty where nothing is written."""
    return str(json.loads(REASONS.read_text(encoding="utf-8")).get(name, ""))


def page(results: list[dict[str, str]]) -> str:
    """The page of results."""
    text = HEAD.format(ogctests=VERSIONS["ogctests"], registry=VERSIONS["ogcapi-registry"])
    text += "| checks | passed | failed | skipped |\n|---|---|---|---|\n"
    for scope, title in {**SCOPES, DEFINITION: "Definition in OpenAPI 3.0"}.items():
        states = [one["state"] for one in results if one["scope"] == scope]
        counts = " | ".join(str(states.count(state)) for state in (PASSED, FAILED, SKIPPED))
        text += f"| {title} | {counts} |\n"
    others = [one for one in results if one["state"] != PASSED]
    if others:
        text += "\n## What does not pass, and why\n\n"
        for one in others:
            text += f"- `{one['name']}` ({one['state']}): {reason_of(one['name'])}\n"
    return text


def main() -> int:
    """Run all, write results and page; exit status 1 when something fails without a reason."""
    results = run(make_environment())
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if not REASONS.exists():
        REASONS.write_text("{}\n", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")
    unexplained = [one for one in results if one["state"] != PASSED and not reason_of(one["name"])]
    for one in unexplained:
        sys.stderr.write(f"{one['name']}: {one['state']}: {one['message']}\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
