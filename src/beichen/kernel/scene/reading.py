"""A folder into a package, with every mistake of every file. Touches no database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from beichen.kernel.scene import codes
from beichen.kernel.scene.catalogue import owner_of, sections
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.manifest import manifest_schema, named_files
from beichen.kernel.scene.section import Package, PackageKind, Section, matches
from beichen.kernel.scene.shelves import known_scenes
from beichen.kernel.scene.validation import validate
from beichen.kernel.scene.yaml_text import parse_yaml
from beichen.problem import Level, Problem, ProblemError, Where, nearest, shorten

MAX_FILES = 2000
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


def _read_manifest(folder: Path, label: str, kind: PackageKind) -> tuple[Document | None, list[Problem]]:
    document, problems = _read_yaml(folder, label, kind.manifest)
    if document is not None:
        problems += validate(document, manifest_schema(kind))
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


def _read_sections(package: Package) -> tuple[Package, list[Problem]]:
    """The package with its sound documents, and the problems of all its files."""
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    broken: set[str] = set()
    expected = {pattern for section in sections(package.kind) for pattern in section.files}
    for name in package.files:
        section = owner_of(package.kind, name)
        if name == package.kind.manifest:
            continue
        if section is None:
            where = package.where(name)
            problems.append(
                Problem(codes.UNKNOWN_FILE, "no section claims this file", where, nearest(name, expected))
            )
        elif name.endswith((".yaml", ".yml")):
            document, wrong = _read_yaml(package.folder, package.label, name)
            if document is not None and not wrong:
                wrong = validate(document, section.schema())
            problems += wrong
            if document is None or wrong:
                broken.add(name)
            else:
                documents[name] = document
    read = replace(package, documents=documents)
    for section in sections(package.kind):
        if not any(matches(name, (*section.files, *section.reads)) for name in broken):
            problems += _check_section(section, read)
    return read, problems


def _check_section(section: Section, package: Package) -> list[Problem]:
    try:
        return section.check(package)
    except ProblemError as error:
        return list(error.problems)


def place(problem: Problem) -> tuple[str, int, int, str]:
    """The order in which problems are shown: by file, line, column, code."""
    where = problem.where
    return (where.file or "", where.line or where.row or 0, where.column or 0, problem.code)


def _no_manifest(folder: Path, kind: PackageKind | None) -> Problem:
    names = [kind.manifest] if kind else [kind.manifest for kind in PackageKind]
    found = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    close = next((nearest(name, found) for name in names if "did you mean" in nearest(name, found)), "")
    message = f"no {' or '.join(names)} in this folder" if folder.is_dir() else "there is no such folder"
    return Problem(codes.NO_MANIFEST, message, Where(label_of(folder)), close)


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
        manifest, problems = _read_manifest(folder, label, found)
        files, outside = _list_files(folder, label)
        if manifest is None:
            return Reading(None, sorted({*problems, *outside}, key=place))
        package = Package(folder, label, found, manifest, tuple(files))
        required, missing = self._read_required(package, (*trail, f"{found}:{package.key}"))
        package, wrong = _read_sections(replace(package, required=required))
        problems += [*outside, *missing, *wrong, *_check_manifest(package)]
        return Reading(package, sorted(set(problems), key=place))

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
