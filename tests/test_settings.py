"""Settings: from the environment and a file, every mistake at once, nothing unsafe in production."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from beichen.problem import ProblemError
from beichen.settings import DEVELOPMENT_SECRET, MALFORMED, UNKNOWN, UNSAFE, Settings, read_settings


def mistakes(environ: dict[str, str], folder: Path) -> list[tuple[str, str | None]]:
    """The codes and the settings they stand at."""
    with pytest.raises(ProblemError) as error:
        read_settings(environ, folder)
    return [(problem.code, problem.where.field) for problem in error.value.problems]


def test_defaults_make_one_machine(tmp_path: Path) -> None:
    """Nothing needs to be set; everything embedded lives in one folder."""
    chosen = read_settings({"PATH": "/bin"}, tmp_path)
    assert chosen.data_dir == tmp_path / "var"
    assert chosen.database == f"sqlite:///{tmp_path}/var/beichen.db"
    assert chosen.files == f"{tmp_path}/var/files"
    assert chosen.live == "http://localhost:8001"
    assert (chosen.public, chosen.mail_sender) == ("http://localhost:8000", "beichen@localhost")
    assert not chosen.is_production


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "beichen.toml").write_text('port = 9000\ndemo = true\ncity = "a"\n', encoding="utf-8")
    chosen = read_settings({"BEICHEN_CITY": "b", "BEICHEN_DEMO": "no"}, tmp_path)
    assert (chosen.port, chosen.demo, chosen.city) == (9000, False, "b")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DEMO", "perhaps"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("WEB_WORKERS", "-1"),
        ("NATS_PORT", "4222.5"),
        ("DATABASE_URL", "mysql://x"),
        ("NATS_URL", "kafka://x"),
        ("SMTP_URL", "mail.example"),
        ("SMS_URL", "ftp://x"),
        ("PUBLIC_URL", "city.example"),
        ("ENVIRONMENT", "staging"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, text: str, tmp_path: Path) -> None:
    assert mistakes({f"BEICHEN_{name}": text}, tmp_path) == [(MALFORMED, name.lower())]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """In the file and in the environment, each with the nearest name."""
    (tmp_path / "beichen.toml").write_text(
        'prot = 9000\nhosts = ["a"]\n[nats]\nurl = "x"\n', encoding="utf-8"
    )
    environ = {"BEICHEN_DEBUGG": "1", "BEICHEN_HTTPS": "maybe"}
    assert mistakes(environ, tmp_path) == [
        (UNKNOWN, "prot"),
        (MALFORMED, "hosts"),
        (UNKNOWN, "nats"),
        (UNKNOWN, "debugg"),
        (MALFORMED, "https"),
    ]
    with pytest.raises(ProblemError) as error:
        read_settings(environ, tmp_path)
    assert [problem.hint for problem in error.value.problems][:1] == ["did you mean 'port'?"]
    assert error.value.problems[0].where.file == str(tmp_path / "beichen.toml")
    assert error.value.problems[3].where.file == "environment"


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"port = 1\nport = 2\n"])
def test_a_file_that_cannot_be_read_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "beichen.toml").write_bytes(content)
    assert mistakes({}, tmp_path) == [(MALFORMED, None)]


@pytest.mark.parametrize("address", ["", "http://localhost:8000", "https://127.0.0.1"])
def test_production_says_no_printed_address_that_nobody_reaches(address: str) -> None:
    chosen = Settings(environment="production", secret_key="x" * 32, public_url=address)
    assert [problem.where.field for problem in chosen.production_problems()] == ["public_url"]


def test_a_command_beside_a_house_says_its_port(tmp_path: Path) -> None:
    """Printed addresses of a house at another port than the usual one."""
    shell = Settings(data_dir=tmp_path)
    assert shell.public == "http://localhost:8000"
    replace(shell, port=8161).keep_port()
    assert shell.public == "http://localhost:8161"
    assert replace(shell, port=9000).public == "http://localhost:9000", "what is set counts"
    assert replace(shell, public_url="https://city.example/").public == "https://city.example"
    (tmp_path / "served.port").write_text("nothing")
    assert shell.public == "http://localhost:8000"


def test_production_refuses_what_is_unsafe() -> None:
    """Each with what to do; development takes it."""
    unsafe = Settings(environment="production", debug=True, demo=True, secret_key=DEVELOPMENT_SECRET)
    assert [(problem.code, problem.where.field) for problem in unsafe.production_problems()] == [
        (UNSAFE, "debug"),
        (UNSAFE, "demo"),
        (UNSAFE, "secret_key"),
        (UNSAFE, "public_url"),
    ]
    short = Settings(environment="production", secret_key="x" * 31, public_url="https://city.example")
    assert [problem.where.field for problem in short.production_problems()] == ["secret_key"]
    assert replace(short, secret_key="x" * 32).production_problems() == []
    assert Settings(debug=True, demo=True).production_problems() == []
