"""A folder into a package, with every mistake of every file. Touches no database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from beichen.kernel.scene import codes
from beichen.kernel.scene.catalogue import owner_of, sections
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.manifest import manifest_schema, named_files
from beichen.kernel.scene.section import Package, PackageKind, Section, matches
from beichen.kernel.scene.shelves import known_scenes
from beichen.kernel.scene.validation import validate
from beichen.kernel.scene.vocabulary import Schema
from beichen.kernel.scene.yaml_text import parse_yaml
from beichen.problem import Level, Problem, ProblemError, Where, nearest, shorten

MAX_FILES = 2000
_YAML = (".yaml", ".yml")
_PASSED_OVER = {"__pycache__", "node_modules"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a folder: the package when its manifest is sound, and every problem."""

    package: Package | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep the package from being installed."""
        return [problem for problem in self.problems if problem.level is Level.ERROR]

    def sound(self) -> Package:
        """The package. Raises ProblemError with every problem when there is one."""
        if self.package is None or self.errors:
            raise ProblemError(*self.problems)
        return self.package


def label_of(folder: Path) -> str:
    """How a folder is shown: from the working directory when it lies inside, else in full."""
    here = Path.cwd()
    return folder.relative_to(here).as_posix() if folder.is_relative_to(here) else folder.as_posix()


def kind_of(folder: Path) -> PackageKind | None:
    """The kind whose manifest stands in ``folder``."""
    return next((kind for kind in PackageKind if (folder / kind.manifest).is_file()), None)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def _list_files(folder: Path, label: str) -> tuple[list[str], list[Problem]]:
    """The names of the package's files; a link that leads out of the folder is a problem."""
    names: list[str] = []
    problems: list[Problem] = []
    inside = folder.resolve()
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if not path.resolve().is_relative_to(inside) or not path.is_file():
            problems.append(
                Problem(codes.OUTSIDE, "this file leads out of the package", Where(f"{label}/{name}"))
            )
        elif len(names) >= MAX_FILES:
            problems.append(Problem(codes.OUTSIDE, f"more than {MAX_FILES} files", Where(label)))
            break
        else:
            names.append(name)
    return names, problems


def _read_yaml(folder: Path, label: str, name: str) -> tuple[Document | None, list[Problem]]:
    return parse_yaml((folder / name).read_bytes(), name=name, file=f"{label}/{name}")


def _read_document(
    folder: Path, label: str, name: str, schema: Schema
) -> tuple[Document | None, list[Problem]]:
    """A YAML file against its schema; where the text itself is wrong, the schema's words add nothing."""
    document, problems = _read_yaml(folder, label, name)
    if document is not None:
        places = {(problem.where.line, problem.where.column) for problem in problems}
        wrong = validate(document, schema)
        problems += [one for one in wrong if (one.where.line, one.where.column) not in places]
    return (None if problems else document), problems


def _check_manifest(package: Package) -> list[Problem]:
    """What its schema cannot say of a manifest: the folder's name, the files it names."""
    problems = []
    folder = package.folder.resolve().name
    if package.key != folder:
        where = package.manifest.position((str(package.kind),))
        message = f"the key is {package.key!r}, the folder is {folder!r}"
        problems.append(Problem(codes.OTHER_NAME, shorten(message), where, "use the same word"))
    for path, name in named_files(package.kind, package.manifest.value):
        if name not in package.files:
            where = package.manifest.position(path)
            problems.append(
                Problem(codes.NO_FILE, shorten(f"no file {name!r}"), where, nearest(name, package.files))
            )
    return problems


@dataclass(slots=True)
class _Files:
    """The files of a package: the sound documents, the broken names, and what is wrong."""

    documents: dict[str, Document] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def _read_documents(folder: Path, label: str, kind: PackageKind, names: list[str]) -> _Files:
    """Every file but the manifest: does a section claim it, and does its YAML fit the schema."""
    files = _Files()
    expected = {pattern for section in sections(kind) for pattern in section.files}
    for name in names:
        section = owner_of(kind, name)
        if name == kind.manifest:
            continue
        if section is None:
            where = Where(f"{label}/{name}")
            hint = nearest(name, expected)
            files.problems.append(Problem(codes.UNKNOWN_FILE, "no section claims this file", where, hint))
        elif name.endswith(_YAML):
            document, wrong = _read_document(folder, label, name, section.schema())
            files.problems += wrong
            if document is None:
                files.broken.add(name)
            else:
                files.documents[name] = document
    return files


def _check_sections(package: Package, broken: set[str]) -> list[Problem]:
    """What the sections say of files that are sound; what builds on broken files waits."""
    problems: list[Problem] = []
    broken = set(broken)
    for section in sections(package.kind):
        if any(matches(name, (*section.files, *section.reads)) for name in broken):
            continue
        found = _check_section(section, package)
        problems += found
        if any(problem.level is Level.ERROR for problem in found):
            broken.update(package.glob(*section.files))
    return problems


def _check_section(section: Section, package: Package) -> list[Problem]:
    try:
        return section.check(package)
    except ProblemError as error:
        return list(error.problems)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Each problem once, by file, line and column; at one place as they were found."""

    def place(problem: Problem) -> tuple[str, int, int]:
        where = problem.where
        return (where.file or "", where.line or 0, where.column or 0)

    return sorted(dict.fromkeys(problems), key=place)


def _no_manifest(folder: Path, kind: PackageKind | None) -> Problem:
    names = [kind.manifest] if kind else [kind.manifest for kind in PackageKind]
    found = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    close = [(near[0], name) for name in names if (near := get_close_matches(name, found, 1))]
    hint = f"rename {close[0][0]} to {close[0][1]}" if close else ""
    message = f"no {' or '.join(names)} in this folder" if folder.is_dir() else "there is no such folder"
    return Problem(codes.NO_MANIFEST, message, Where(label_of(folder)), hint)


class Reader:
    """Reads packages and what they require; each folder is read once."""

    def __init__(self) -> None:
        self._readings: dict[Path, Reading] = {}

    def read(self, folder: Path, kind: PackageKind | None = None, trail: tuple[str, ...] = ()) -> Reading:
        """The package in ``folder``; ``trail`` names those on whose behalf it is read."""
        folder = folder.absolute()
        if folder not in self._readings:
            self._readings[folder] = self._read(folder, kind, trail)
        return self._readings[folder]

    def _read(self, folder: Path, kind: PackageKind | None, trail: tuple[str, ...]) -> Reading:
        found = kind_of(folder)
        if found is None or (kind is not None and found is not kind):
            return Reading(None, [_no_manifest(folder, kind)])
        label = label_of(folder)
        names, problems = _list_files(folder, label)
        manifest, wrong = _read_document(folder, label, found.manifest, manifest_schema(found))
        files = _read_documents(folder, label, found, names)
        problems += [*wrong, *files.problems]
        if manifest is None:
            return Reading(None, _in_order(problems))
        package = Package(folder, label, found, manifest, tuple(names), files.documents)
        required, missing = self._read_required(package, (*trail, f"{found}:{package.key}"))
        package = replace(package, required=required)
        problems += [*missing, *_check_manifest(package), *_check_sections(package, files.broken)]
        return Reading(package, _in_order(problems))

    def _read_required(
        self, package: Package, trail: tuple[str, ...]
    ) -> tuple[dict[str, Package], list[Problem]]:
        """The packages that ``package`` requires, each after those it requires itself."""
        known = known_scenes(package.folder)
        found: dict[str, Package] = {}
        problems: list[Problem] = []
        for index, key in enumerate(package.requires):
            where = package.manifest.position(("requires", index))
            if f"{PackageKind.SCENE}:{key}" in trail:
                circle = " → ".join(name.partition(":")[2] for name in (*trail, f":{key}"))
                problems.append(Problem(codes.CIRCLE, shorten(f"a circle: {circle}"), where))
            elif key not in known:
                hint = nearest(key, set(known) - {package.key})
                message = shorten(f"no scene is called {key!r}")
                problems.append(Problem(codes.NO_SCENE, message, where, hint))
            else:
                reading = self.read(known[key], PackageKind.SCENE, trail)
                problems += reading.problems
                if reading.package is not None:
                    found |= {**reading.package.required, key: reading.package}
        return found, problems


def read_package(folder: Path, kind: PackageKind | None = None) -> Reading:
    """Read and check the package in ``folder`` and those that it requires."""
    return Reader().read(folder, kind)
