"""What the public test suite said last, and a client that we did not write."""

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


@pytest.fixture
def foreign_python() -> Path:
    """The interpreter of the conformance environment, made from its lock file when it is missing."""
    python = suite.VENV / "bin" / "python"
    if not python.exists():
        lock = suite.ROOT / "tests" / "conformance" / "requirements.lock"
        uv = suite.ROOT / ".venv" / "bin" / "uv"
        subprocess.run([uv, "venv", "--quiet", suite.VENV], check=True)
        subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, lock], check=True)
    return python


@pytest.mark.services
def test_ngsildclient_speaks_with_us(foreign_python: Path, tmp_path: Path) -> None:
    env = suite.environment(tmp_path / "var", 1)
    env.pop("BEICHEN_DATABASE_URL", None)
    key = suite.prepare(env)
    script = Path(__file__).with_name("ngsildclient_session.py")
    with suite.server(env, key) as address:
        port = address.rpartition(":")[2]
        done = subprocess.run([foreign_python, script, port], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("step ")]
    assert steps == ["created", "read", "updated", "queried", "counted", "types", "deleted"]
