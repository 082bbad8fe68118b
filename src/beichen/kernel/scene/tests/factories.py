"""Packages for tests: sound ones, copied into a folder of their own, and what is laid over them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene import codes
from beichen.kernel.scene.reading import Reading
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step
from beichen.kernel.scene.vocabulary import record
from beichen.problem import Problem, ProblemError

HERE = Path(__file__).parent
SCENE = HERE / "packages/scenes/street-trees"
CITY = HERE / "packages/cities/brookton"
BROKEN = HERE / "broken"
_MARKS = {"expected", "without"}


def copy_of(package: Path, shelf: Path, key: str = "", requires: tuple[str, ...] = ()) -> Path:
    """A copy of a sound package in ``shelf``; a scene may get another key, and others that it requires."""
    folder = shelf / (key or package.name)
    shutil.copytree(package, folder)
    if key:
        replace_in(folder, "scene.yaml", f"scene: {package.name}", f"scene: {key}")
    if requires:
        replace_in(folder, "scene.yaml", "requires: []", f"requires: [{', '.join(requires)}]")
    return folder


def replace_in(folder: Path, name: str, before: str, after: str) -> None:
    """Change a text of a copied package; the text must be there."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{before!r} is not in {name}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def broken_cases() -> list[Path]:
    """The folders of the corpus."""
    return sorted(path for path in BROKEN.iterdir() if path.is_dir())


def lay_over(case: Path, shelf: Path) -> Path:
    """The sound package with the files of ``case`` in place of its own."""
    folder = copy_of(SCENE if case.name.startswith("scene-") else CITY, shelf)
    for path in case.rglob("*"):
        name = path.relative_to(case)
        if path.is_file() and path.name not in _MARKS:
            target = folder / str(name).removesuffix(".broken")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    without = case / "without"
    for name_ in without.read_text(encoding="utf-8").split() if without.exists() else ():
        (folder / name_).unlink()
    return folder


def places(reading: Reading, folder: Path) -> list[str]:
    """What was found, in the form of the corpus: ``CODE file:line:column``."""
    lines = []
    for problem in reading.problems:
        where = problem.where
        file = (where.file or "").removeprefix(folder.as_posix()).lstrip("/") or "."
        parts = [file, *(str(number) for number in (where.line, where.column) if number is not None)]
        lines.append(f"{problem.code} {':'.join(parts)}")
    return lines


@dataclass
class NotesSection(Section):
    """A section for tests: it claims `notes.txt` and says of each line that it was added."""

    key: str = "notes"
    kind: PackageKind = PackageKind.SCENE
    files: tuple[str, ...] = ("notes.txt",)
    order: int = 60
    done: list[str] = field(default_factory=list)

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Report each line; a line `refuse` is refused."""
        lines = package.path("notes.txt").read_text(encoding="utf-8").split() if self.owns(package) else []
        if "refuse" in lines:
            raise ProblemError(
                Problem(codes.NOT_ALLOWED, "this line is refused", package.where("notes.txt", 1))
            )
        self.done.append(package.key)
        return Changes(added=lines)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Report that everything was withdrawn."""
        return Changes(removed=["notes"] if self.owns(package) else [])

    def kept(self, package: Package) -> list[str]:
        """Say where the lines are."""
        return ["the notes stay in notes.txt"] if self.owns(package) else []

    def owns(self, package: Package) -> bool:
        """Whether the package has notes."""
        return "notes.txt" in package.files


def step(word: str, clauses: set[Clause], run: Callable[[Stage, dict[str, Any]], None]) -> Step:
    """A word for tests that takes any text."""
    schema = record({word: {"type": "string"}})
    return Step(word, frozenset(clauses), schema, run, zh=word, en=word)
