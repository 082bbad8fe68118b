"""What is documented is what there is: codes, settings, sections, commands."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import beichen
from beichen.house.cli import COMMANDS
from beichen.kernel.scene.catalogue import sections
from beichen.kernel.scene.section import PackageKind
from beichen.problem import registered_codes
from beichen.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
CODE = re.compile(r"\b[A-Z]{3}-\d{3}\b")
HEADING = re.compile(r"^## ([A-Z]{3}-\d{3})$", re.MULTILINE)


def modules() -> Iterator[str]:
    """Every module of Beichen that is no test, no migration and no program."""
    skipped = {"tests", "migrations", "__main__", "wsgi"}
    for found in pkgutil.walk_packages(beichen.__path__, "beichen."):
        if not skipped & set(found.name.split(".")):
            yield found.name


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """The codes of all rooms."""
    for name in modules():
        importlib.import_module(name)
    return set(registered_codes())


def test_every_code_has_a_heading_and_every_heading_a_code(codes: set[str]) -> None:
    """`docs/problems.md` explains each code once, and none that is gone."""
    headings = HEADING.findall((DOCS / "problems.md").read_text(encoding="utf-8"))
    assert sorted(codes - set(headings)) == []
    assert sorted(set(headings) - codes) == []
    assert len(set(headings)) == len(headings)


def test_every_code_is_explained() -> None:
    """A heading is followed by at least a sentence."""
    text = (DOCS / "problems.md").read_text(encoding="utf-8")
    for part in HEADING.split(text)[2::2]:
        assert len(part.split()) >= 5, part


def files_of_tests() -> Iterator[Path]:
    """Every file that is a test or that a test reads, broken ones too."""
    for folder in [ROOT / "tests", *(ROOT / "src").rglob("tests")]:
        yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def named_values(source: str) -> Iterator[object]:
    """What the names stand for that Python text imports from Beichen, and their attributes."""
    tree = ast.parse(source)
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in sys.modules:
            for name in node.names:
                found[name.asname or name.name] = getattr(sys.modules[node.module], name.name, None)
    yield from found.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in found:
            yield getattr(found[node.value.id], node.attr, None)


def test_every_code_stands_in_a_test(codes: set[str]) -> None:
    """As it is shown, or by its constant: whoever adds a code shows how it comes about."""
    named: set[object] = set()
    for path in files_of_tests():
        text = path.read_text("utf-8", "replace")
        named.update(CODE.findall(text))
        if path.suffix == ".py":
            named.update(value for value in named_values(text) if isinstance(value, str))
    assert sorted(codes - named) == []


def test_every_setting_is_documented() -> None:
    """With its name and its default, and none that is gone."""
    rows = dict(
        re.findall(r"^\| `(BEICHEN_\w+)` \| (.*?) \|", (DOCS / "settings.md").read_text("utf-8"), re.M)
    )
    known = {f"{PREFIX}{item.name.upper()}": item.default for item in fields(Settings)}
    assert set(rows) == set(known)
    for name, default in known.items():
        if default not in ("", None) and name != "BEICHEN_SECRET_KEY":
            text = str(default).lower() if isinstance(default, bool) else str(default)
            assert rows[name] == f"`{text}`", name


def test_every_section_is_documented() -> None:
    """In the page for scene authors or for city packages: its file, or the folder of its files."""
    pages = {PackageKind.SCENE: "scene-authors.md", PackageKind.CITY: "city-packages.md"}
    for kind, page in pages.items():
        text = (DOCS / page).read_text(encoding="utf-8")
        for section in sections(kind):
            for pattern in section.files:
                folder, slash, _rest = pattern.partition("/")
                named = pattern in text or (slash and f"`{folder}/" in text)
                assert named, f"{page} does not name {pattern} ({section.key})"


def test_every_command_is_documented() -> None:
    """`beichen NAME` stands in a page."""
    text = "".join(path.read_text(encoding="utf-8") for path in [*DOCS.glob("*.md"), ROOT / "README.md"])
    assert [name for name in COMMANDS if f"beichen {name}" not in text] == []
