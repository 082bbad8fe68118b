"""The tool that lets Wapiti attack a house: what it counts as a finding, and whom it attacks."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tools import wapiti

HOUSE = "http://localhost:1"


def finding(info: str, path: str = "/") -> dict[str, Any]:
    return {"method": "GET", "path": path, "parameter": "q", "info": info}


def report(folder: Path, **parts: dict[str, list[dict[str, Any]]]) -> Path:
    file = folder / "report.json"
    none: dict[str, Any] = {"vulnerabilities": {}, "anomalies": {}, "infos": {"crawled_pages_nbr": 7}}
    file.write_text(json.dumps(none | parts), encoding="utf-8")
    return file


def test_what_is_known_is_counted_apart_and_all_else_is_looked_at(tmp_path: Path) -> None:
    known = finding("Secure flag is not set in the cookie : csrftoken")
    other = finding("Secure flag is not set in the cookie : somebody")
    file = report(
        tmp_path,
        vulnerabilities={"Secure Flag cookie": [known, other], "SQL Injection": [finding("x", "/csrftoken")]},
        anomalies={"Internal Server Error": [finding("500", "/search")]},
    )
    fresh, counts, pages = wapiti.judged(file, ["/ssrf/1"])
    assert fresh == [
        "the house asked /ssrf/1",
        "Secure Flag cookie: GET / q: Secure flag is not set in the cookie : somebody",
        "SQL Injection: GET /csrftoken q: x",
        "Internal Server Error: GET /search q: 500",
    ]
    assert list(counts.values()) == [1]
    assert pages == 7


def test_a_finding_that_is_none_is_said_in_the_document() -> None:
    text = (Path(__file__).resolve().parents[1] / "docs/attacking.md").read_text(encoding="utf-8")
    assert [one.why for one in wapiti.KNOWN if one.why.rpartition(" ")[2] not in text] == []


def test_the_session_goes_along_and_what_ends_it_is_left_out() -> None:
    told = Namespace(modules="xss", minutes=1.0, wapiti="wapiti", part="door")
    words = wapiti.command(told, HOUSE, "beichen_session=x", "http://127.0.0.1:2/", Path("r"), "f")
    assert words[words.index("-C") + 1] == "beichen_session=x"
    assert "--drop-set-cookie" not in words  # it drops every cookie, that of -C too
    left_out = [words[place + 1] for place, word in enumerate(words) if word == "-x"]
    assert f"{HOUSE}/account/logout/*" in left_out
    assert f"{HOUSE}/console*" in left_out
    assert not any(f"{HOUSE}{path}*" in left_out for path in ("/my", "/services", "/", "/account"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [("", (True, False)), ("[+] GET http://x/account/login/?next=%2Fmy (1)", (True, True))],
)
def test_who_is_sent_to_sign_in_was_shut_out(
    said: str, expected: tuple[bool, bool], capfd: pytest.CaptureFixture[str]
) -> None:
    assert wapiti.run([sys.executable, "-c", f"print({said!r})"]) == expected
    assert capfd.readouterr().out == f"{said}\n"
    assert wapiti.run([sys.executable, "-c", "raise SystemExit(1)"]) == (False, False)


def test_the_listener_notes_who_asks_but_not_wapiti_itself() -> None:
    with wapiti.listener() as (endpoint, asked):
        assert httpx.get(f"{endpoint}get_ssrf.php?session_id=1").json() == {}
        httpx.get(f"{endpoint}ssrf/1/2/71/")
    assert asked == ["/ssrf/1/2/71/"]


def test_only_a_house_on_this_machine_is_attacked() -> None:
    tool = Path(wapiti.__file__)
    done = subprocess.run(
        [sys.executable, tool, "https://beichen.example"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "only a house on this machine is attacked" in done.stderr


def test_what_is_no_house_is_not_attacked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The process of live updates listens on the house's next port; as nobody it could be attacked."""
    monkeypatch.setattr(wapiti, "run", lambda words: pytest.fail(f"attacked: {words}"))
    with wapiti.listener() as (endpoint, _asked):
        words = ["wapiti", endpoint, "--report", str(tmp_path / "report.json")]
        monkeypatch.setattr(sys, "argv", words)
        assert wapiti.main() == 2
    assert capsys.readouterr().err == f"no house answers at {endpoint.rstrip('/')}\n"
