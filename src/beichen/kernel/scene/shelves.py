"""Where packages are found by name: beside each other, and among those that come with Beichen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import beichen
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.yaml_text import parse_yaml

_BUILT_IN = Path(beichen.__file__).parent
_SHELVES = {PackageKind.SCENE: _BUILT_IN / "scenes", PackageKind.CITY: _BUILT_IN / "cities"}


def built_in(kind: PackageKind) -> dict[str, Path]:
    """The packages that come with Beichen, by key."""
    return _folders(_SHELVES[kind], kind)


def _folders(shelf: Path, kind: PackageKind) -> dict[str, Path]:
    if not shelf.is_dir():
        return {}
    return {path.name: path for path in sorted(shelf.iterdir()) if (path / kind.manifest).is_file()}


@cache
def known_bodies() -> frozenset[str]:
    """The keys of the bodies of every city that comes with Beichen; read once."""
    found: set[str] = set()
    for folder in built_in(PackageKind.CITY).values():
        file = folder / "bodies.yaml"
        if file.is_file():
            document, _problems = parse_yaml(file.read_bytes(), name=file.name, file=str(file))
            found |= {str(key) for key in document.value} if document is not None else set()
    return frozenset(found)


def known_scenes(beside: Path) -> dict[str, Path]:
    """The scenes that a package in ``beside`` may require: its neighbours, then the built-in ones."""
    return built_in(PackageKind.SCENE) | _folders(beside.parent, PackageKind.SCENE)
