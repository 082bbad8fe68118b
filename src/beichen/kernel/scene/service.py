"""What can be done with packages: read and check a folder, install it, compare it, remove it."""

from __future__ import annotations

from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import get_language

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.scene import codes
from beichen.kernel.scene.catalogue import register, sections
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.installation import content_of, install_all, installed, preview_all, remove_one
from beichen.kernel.scene.models import InstalledPackage
from beichen.kernel.scene.reading import Reading, read_package
from beichen.kernel.scene.report import Outcome, PackageReport
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in, known_bodies
from beichen.kernel.scene.validation import validate
from beichen.kernel.scene.vocabulary import Schema
from beichen.kernel.scene.yaml_text import parse_yaml
from beichen.problem import Problem, ProblemError, nearest, shorten

__all__ = [
    "Outcome",
    "PackageReport",
    "check",
    "check_value",
    "find_package",
    "install",
    "installed_packages",
    "is_current",
    "known_bodies",
    "load_package",
    "package_names",
    "preview",
    "read_text",
    "register",
    "remove",
    "sections",
]

READ = permission("scene.read", "查看场景", "See which scenes are installed")
INSTALL = permission("scene.package.install", "安装场景", "Install and upgrade scenes and cities")
REMOVE = permission("scene.package.remove", "移除场景", "Remove scenes")


def find_package(name: str, kind: PackageKind | None = None) -> Path:
    """The folder of a package: a path, or the key of one that is built in or installed.

    Raises ProblemError SCN-401, naming the nearest key.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.absolute()
    known: dict[str, Path] = {}
    for one in [kind] if kind else list(PackageKind):
        known |= built_in(one)
    if name in known:
        return known[name]
    message = shorten(f"no folder or package is called {name!r}")
    raise ProblemError(Problem(codes.NOT_FOUND, message, hint=nearest(name, known)))


def check(folder: Path, kind: PackageKind | None = None) -> Reading:
    """Read the package in ``folder``: every mistake of every file. Touches no database."""
    return read_package(folder, kind)


def read_text(content: bytes, schema: Schema, *, name: str) -> tuple[Document | None, list[Problem]]:
    """A text in the language of packages that comes from elsewhere than a folder: the document and every
    mistake against ``schema``; None where it cannot be read at all."""
    document, problems = parse_yaml(content, name=name, file=name)
    if document is None or problems:
        return document, problems
    return document, validate(document, schema)


def check_value(value: object, schema: Schema, *, name: str) -> tuple[Document, list[Problem]]:
    """The same for a value that was put together by a form: places are told as JSON pointers alone."""
    document = Document(name, name, value, {}, {})
    return document, validate(document, schema)


def install(folder: Path, *, by: Actor, kind: PackageKind | None = None) -> list[PackageReport]:
    """Install or upgrade the package in ``folder`` and the scenes it requires: all or nothing.

    Raises ProblemError with every mistake of its files, or every reason why a section refuses.
    """
    require(by, INSTALL)
    package = read_package(folder, kind).sound()
    return install_all([package], by=by)


def load_package(folder: Path, kind: PackageKind, *, by: Actor) -> PackageReport:
    """Install the package in ``folder`` and report on it alone; see :func:`install`."""
    return install(folder, by=by, kind=kind)[-1]


def preview(folder: Path, *, by: Actor, kind: PackageKind | None = None) -> list[PackageReport]:
    """What :func:`install` would change; nothing is written."""
    require(by, INSTALL)
    package = read_package(folder, kind).sound()
    return preview_all([package], by=by)


def remove(folder: Path, *, by: Actor, kind: PackageKind | None = None) -> PackageReport:
    """Withdraw what the package declares; its data stays, and the report says where."""
    require(by, REMOVE)
    package = read_package(folder, kind).sound()
    return remove_one(package, by=by)


def is_current(folder: Path, kind: PackageKind) -> bool:
    """Whether the package in ``folder`` is installed with exactly this content."""
    package = read_package(folder, kind).package
    if package is None:
        return False
    row = installed(kind, package.key)
    return row is not None and row.files == content_of(package)


def package_names() -> dict[str, str]:
    """What people call the packages that were ever installed, by ``kind:key``, in the reader's language: the
    owners of what they declared."""
    language = "en" if get_language() == "en" else "zh"
    rows = InstalledPackage.objects.values_list("kind", "key", "name")
    return {f"{kind}:{key}": name[language] for kind, key, name in rows}


def installed_packages(kind: PackageKind | None = None) -> QuerySet[InstalledPackage]:
    """The packages that are installed now."""
    rows = InstalledPackage.objects.filter(is_current=True)
    return rows if kind is None else rows.filter(kind=kind)
