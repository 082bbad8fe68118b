"""`indicators/*.sql` of a scene: one indicator a file, whose name is the indicator's key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.declaration import Declaration, declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import KEBAB
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Problem, ProblemError, said, shorten

FILES = "indicators/*.sql"
TABLES = "tables.yaml"


class ComputedSection(Section):
    """A scene's indicators."""

    key = "computed-indicators"
    kind = PackageKind.SCENE
    files = (FILES,)
    order = 42
    reads = (TABLES,)

    def check(self, package: Package) -> list[Problem]:
        """Everything that is wrong with any of the files; no database is asked."""
        return [problem for name in package.glob(FILES) for problem in _problems(package, name)]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Define the indicators with how they are computed; values come with the next run."""
        declared = [_declared(package, name) for name in package.glob(FILES)]
        return declare_computations(
            declared, owner=_owner(package), package=_titled(package), where=package.where(FILES), by=by
        )

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Compute no more; values stay."""
        return declare_computations(
            [], owner=_owner(package), package=_titled(package), where=package.where(FILES), by=by
        )

    def kept(self, package: Package) -> list[str]:
        """Where the values are."""
        if not package.glob(FILES):
            return []
        return ["the indicators stay in hubs_data.indicator, marked as not current, with their values"]

    def describe(self, package: Package) -> str:
        """A table of the indicators."""
        rows = []
        for name in package.glob(FILES):
            one = _declared(package, name)
            by = ", ".join("+".join(grouping.names) for grouping in one.header.by)
            head = one.header
            rows.append((one.key, head.zh, head.en, head.unit, by, head.target or ""))
        return table(("key", "名称", "name", "unit", "by", "target"), rows)


def _owner(package: Package) -> str:
    return f"{package.kind}:{package.key}"


def _titled(package: Package) -> str:
    """What values name as their source."""
    return f"{package.name['zh']}（{package.key} {package.version}）"


def _key(name: str) -> str:
    return PurePosixPath(name).stem


def _declared(package: Package, name: str) -> Declaration:
    """The declaration in a file. Raises ProblemError."""

    def read(package: Package) -> Declaration:
        text = package.path(name).read_text(encoding="utf-8-sig")
        file = package.where(name).file or name
        return declare(
            text, _key(name), {**warehouse.declared_columns(), **warehouse.package_columns(package)}, file
        )

    return package.once(f"computed:{name}", read)


def _problems(package: Package, name: str) -> Iterator[Problem]:
    if not re.fullmatch(KEBAB, _key(name)) or len(_key(name)) > 80:
        message = said("{key!r} is no key of an indicator", key=_key(name))
        hint = said("lower-case words with hyphens, such as {example}", example="handled-in-time")
        yield Problem(codes.BAD_HEADER, shorten(message), package.where(name, 1), hint)
    try:
        _declared(package, name)
    except UnicodeDecodeError:
        yield Problem(codes.BAD_SQL, said("the file is not UTF-8 text"), package.where(name, 1))
    except ProblemError as error:
        yield from error.problems
