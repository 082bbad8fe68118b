"""What the documents say exists: commands, make targets, files, decisions without gaps."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from beichen.house.cli import beichen

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src/beichen").rglob("README.md")]
)
_COMMAND = re.compile(r"(?:^|`|&& |\$ |bin/)beichen ([a-z][^`\n#&|]*)", re.MULTILINE)
_TARGET = re.compile(r"(?:^ {4}|`)make ([a-z][a-z-]*)", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
# Commands of rooms that later versions bring; the documents must name none of them.
_PLACEHOLDER = re.compile(r"^[A-Z…\[<]")


def said(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(page, what is said) of each match in each page."""
    for page in PAGES:
        for found in pattern.findall(page.read_text(encoding="utf-8")):
            yield page.relative_to(ROOT).as_posix(), found.strip()


def resolve(words: list[str]) -> click.Command:
    """The command that ``words`` name; raises LookupError at the first word that is none."""
    command: click.Command = beichen
    for word in words:
        if not isinstance(command, click.Group) or _PLACEHOLDER.match(word) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        if found is None:
            raise LookupError(word)
        command = found
    return command


@pytest.mark.parametrize(("page", "line"), sorted(set(said(_COMMAND))))
def test_each_command_exists_with_its_options(page: str, line: str) -> None:
    for text in line.split("`")[0].split(" / "):
        words = shlex.split(text.rstrip(".:,;)"))
        command = resolve([word for word in words if word != "…"])
        known = {option for parameter in command.params for option in parameter.opts} | {
            "--help",
            "--version",
        }
        if command.context_settings.get("ignore_unknown_options"):
            continue
        wrong = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
        assert not wrong, f"{page}: beichen {line}: no option {wrong}"


def test_each_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    missing = [(page, target) for page, target in said(_TARGET) if target not in targets]
    assert not missing


def test_each_link_between_pages_leads_somewhere() -> None:
    rooms = re.compile(r"^(?:\.\./)?rooms/")
    dead = [
        (page, link)
        for page, link in said(_LINK)
        if not rooms.match(link) and not (ROOT / page).parent.joinpath(link).exists()
    ]
    assert not dead


def test_decisions_are_numbered_without_gaps_and_say_what_was_refused() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(numbers) + 1))
    for page in pages:
        assert "**Refused.**" in page.read_text(encoding="utf-8"), page.name
