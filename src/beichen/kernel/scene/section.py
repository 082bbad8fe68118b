"""What a room implements to own a part of every package: a section; and what it is given: the package.

A room subclasses :class:`Section` in its ``section.py`` and lists its instances there as ``SECTIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, TypeVar

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.document import Document
from beichen.problem import Problem, Where
from beichen.settings import settings

T = TypeVar("T")

__all__ = ["DemoSection", "Document", "Package", "PackageKind", "Section"]


class PackageKind(StrEnum):
    """A scene is an application; a city is a city's own facts."""

    SCENE = "scene"
    CITY = "city"

    @property
    def manifest(self) -> str:
        """The file that makes a folder a package of this kind."""
        return f"{self}.yaml"


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether the file ``name`` fits a pattern; ``*`` stays within a folder, ``**/`` is any depth."""
    parts = PurePosixPath(name).parts
    for pattern in patterns:
        wanted = PurePosixPath(pattern).parts
        if "**" in wanted:
            at = wanted.index("**")
            head, tail = wanted[:at], wanted[at + 1 :]
            fits = len(parts) >= len(head) + len(tail)
            pairs = [
                *zip(parts, head, strict=False),
                *zip(parts[len(parts) - len(tail) :], tail, strict=False),
            ]
        else:
            fits = len(parts) == len(wanted)
            pairs = list(zip(parts, wanted, strict=False))
        if fits and all(fnmatchcase(part, want) for part, want in pairs):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Package:
    """A folder of declarations that has been read.

    ``documents`` holds each YAML file that could be read and fits its schema, by its name within the
    folder (``"objects.yaml"``, ``"stories/overflow.yaml"``). ``required`` holds the packages that this
    one requires, directly or not, by key. ``label`` is how the folder is shown to people.
    """

    folder: Path
    label: str
    kind: PackageKind
    manifest: Document
    files: tuple[str, ...]
    documents: Mapping[str, Document] = field(default_factory=dict)
    required: Mapping[str, Package] = field(default_factory=dict)
    _read: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The package's key, such as ``drainage``."""
        return str(self.manifest.value[self.kind])

    @property
    def version(self) -> str:
        """The package's version, such as ``1.0.0``."""
        return str(self.manifest.value["version"])

    @property
    def name(self) -> dict[str, str]:
        """The package's name in ``zh`` and ``en``."""
        return dict(self.manifest.value["name"])

    @property
    def requires(self) -> tuple[str, ...]:
        """The keys of the scenes that this package names as required."""
        return tuple(self.manifest.value.get("requires", ()))

    def document(self, name: str) -> Document | None:
        """The YAML file with this name, or None when there is none (or it is broken)."""
        return self.documents.get(name)

    def value(self, name: str) -> Any:
        """The content of the YAML file with this name; an empty mapping when there is none."""
        document = self.documents.get(name)
        return {} if document is None else document.value

    def glob(self, *patterns: str) -> list[str]:
        """The names of the package's files that fit one of ``patterns``, sorted."""
        return [name for name in self.files if matches(name, patterns)]

    def path(self, name: str) -> Path:
        """Where the file stands on this machine."""
        return self.folder / name

    def once(self, name: str, read: Callable[[Package], T]) -> T:
        """What ``read`` makes of the file ``name``, made once: several sections look at the same tables."""
        if name not in self._read:
            self._read[name] = read(self)
        made: T = self._read[name]
        return made

    def where(self, name: str, line: int | None = None, column: int | None = None) -> Where:
        """A place in a file that its section reads itself; line and column count from one."""
        return Where(f"{self.label}/{name}", line, column)


class Section(Protocol):
    """A part of every package of one kind: its files, their schema, and what installing them does.

    Subclass it: the members with defaults need not be written. Sections are installed from low to high
    ``order`` and removed from high to low, inside the loader's transaction.
    """

    key: str
    kind: PackageKind
    files: tuple[str, ...]
    """Patterns of the files that this section owns: ``("objects.yaml",)``, ``("layers/**/*.geojson",)``."""
    order: int
    reads: tuple[str, ...] = ()
    """Patterns of other sections' files that ``check`` looks at; it waits until they are sound."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of each YAML file of this section."""
        return {}

    def check(self, package: Package) -> list[Problem]:
        """What the schema cannot say, with places; without a database. The section's files are sound."""
        return []

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the database say what the files say. Idempotent; compares first, writes differences.

        Raises ProblemError with every reason why it cannot, such as objects that would no longer fit.
        """
        return Changes()

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Withdraw what was declared and keep the data."""
        return Changes()

    def kept(self, package: Package) -> list[str]:
        """After a removal: what was kept and where it is found, a sentence each."""
        return []

    def describe(self, package: Package) -> str:
        """Markdown for the package's reference page, without a heading; empty: a plain list of names."""
        return ""


class DemoSection(Section):
    """What shows a room at work in a city; only where the setting `demo` is on.

    Subclass it with ``key``, ``order``, one file and :meth:`show`.
    """

    kind = PackageKind.CITY
    stays: str = ""
    """After a removal: what was kept and where it is found."""

    def show(self, document: Document, *, by: Actor) -> Changes:
        """Make what the file says and is not there yet."""
        raise NotImplementedError

    def install(self, package: Package, *, by: Actor) -> Changes:
        """With the setting `demo`, show the room at work, each thing once."""
        document = package.document(self.files[0])
        if document is None or not settings().demo:
            return Changes()
        return self.show(document, by=by)

    def kept(self, package: Package) -> list[str]:
        """What was made outlives the package."""
        return [self.stays] if self.stays and package.document(self.files[0]) else []
