"""What the public test suite said last, and two clients that we did not write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conformance import suite

ASKED = 0.9


def test_nine_tests_in_ten_pass_and_the_others_have_a_reason() -> None:
    tests = json.loads(suite.RESULTS.read_text(encoding="utf-8"))
    passed = [test for test in tests if test["passed"]]
    assert len(tests) > 400
    assert len(passed) >= ASKED * len(tests)
    assert [test["name"] for test in tests if not test["passed"] and not suite.reason_of(test["name"])] == []
    assert suite.PAGE.read_text(encoding="utf-8") == suite.page(tests)


NGSILDCLIENT = ["created", "read", "updated", "queried", "counted", "types", "deleted"]
FILIP = [
    "created", "read", "key-values", "changed", "queried", "near", "posted-again", "attribute-removed",
    "removed",
    "batch-created", "batch-changed", "batch-removed",
    "subscribed", "subscription-read", "subscription-changed", "unsubscribed",
]  # fmt: skip


def foreign_python(venv: Path, lock: str) -> Path:
    """The interpreter of an environment of its own, made from its lock file when it is missing."""
    python = venv / "bin" / "python"
    if not python.exists():
        uv = suite.ROOT / ".venv" / "bin" / "uv"
        file = suite.ROOT / "tests" / "conformance" / lock
        subprocess.run([uv, "venv", "--quiet", venv], check=True)
        subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, file], check=True)
    return python


@pytest.mark.services
@pytest.mark.parametrize(
    ("client", "lock", "expected"),
    [("ngsildclient", "requirements.lock", NGSILDCLIENT), ("filip", "filip.lock", FILIP)],
)
def test_a_public_client_speaks_with_us(client: str, lock: str, expected: list[str], tmp_path: Path) -> None:
    """Unchanged, each in an environment of its own: their requirements contradict each other."""
    venv = suite.VENV if client == "ngsildclient" else suite.VENV.with_name(f"{suite.VENV.name}-{client}")
    python = foreign_python(venv, lock)
    env = suite.environment(tmp_path / "var", 1)
    env.pop("BEICHEN_DATABASE_URL", None)
    key = suite.prepare(env)
    script = Path(__file__).with_name(f"{client}_session.py")
    with suite.server(env, key) as address:
        port = address.rpartition(":")[2]
        done = subprocess.run([python, script, port], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("step ")]
    assert steps == expected
