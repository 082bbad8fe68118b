"""Sign-ins: whole ones (authorize, code for tokens, userinfo) and checks of tokens, at three sizes.

A sign-in is three requests through the whole of each program in one process (Django's test client, no
network): somebody who is signed in and has consented is asked for by a system, the system exchanges the code
with PKCE and asks who it is. A check is one introspection by the system. Accounts, each with a consent and a
token that holds, are added in bulk. The peer is django-oauth-toolkit bare, on the same kind of database, with
its own models and views and nothing else; where it is installed (`uv pip install django-oauth-toolkit`, no
dependency). Ours keeps an audit record of each sign-in and each disclosure, chained, in the same transaction.
`BENCH_ACCOUNTS` names the sizes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]
CASES = {"sign-ins": "whole sign-ins", "checks": "checks of tokens"}


def _measure(module: str, url: str, folder: str, sizes: str) -> dict[str, Any]:
    """One process for each program, on an empty database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEICHEN_")}
    environment = {**kept, "BEICHEN_DATA_DIR": folder, "BEICHEN_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", module, *sizes.split(",")]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run() -> list[Row]:
    """On SQLite, and on PostgreSQL where `tools/services` gives it."""
    sizes = os.environ.get("BENCH_ACCOUNTS", "1000,10000,100000")
    rows = []
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        urls = [f"sqlite:///{folder}/beichen.db"]
        given = os.environ.get("BEICHEN_DATABASE_URL", "")
        urls += [given] if given.startswith("postgres") else []
        for url in urls:
            ours = _measure("bench._signins", url, folder, sizes)
            peers = _measure("bench._signins_peer", url, folder, sizes)
            rows += [_row(case, size, url, ours, peers) for size in sizes.split(",") for case in CASES]
    return rows


def _row(case: str, size: str, url: str, ours: dict[str, Any], peers: dict[str, Any]) -> Row:
    our, peer = ours[size][case], peers.get(size, {}).get(case, 0.0)
    database = "PostgreSQL" if url.startswith("postgres") else "SQLite"
    figures = {"a second": round(1 / our, 1)} | ({"peer's a second": round(1 / peer, 1)} if peer else {})
    about = "django-oauth-toolkit bare" if peer else "not installed"
    return Row(f"{CASES[case]}, {database}", int(size), our, about, peer, figures=figures)
