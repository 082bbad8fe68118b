"""Where packages are found by name: beside each other, and among those that come with Beichen."""

from __future__ import annotations

from pathlib import Path

import beichen
from beichen.kernel.scene.section import PackageKind

_BUILT_IN = Path(beichen.__file__).parent
_SHELVES = {PackageKind.SCENE: _BUILT_IN / "scenes", PackageKind.CITY: _BUILT_IN / "cities"}


def built_in(kind: PackageKind) -> dict[str, Path]:
    """The packages that come with Beichen, by key."""
    return _folders(_SHELVES[kind], kind)


def _folders(shelf: Path, kind: PackageKind) -> dict[str, Path]:
    if not shelf.is_dir():
        return {}
    return {path.name: path for path in sorted(shelf.iterdir()) if (path / kind.manifest).is_file()}


def known_scenes(beside: Path) -> dict[str, Path]:
    """The scenes that a package in ``beside`` may require: its neighbours, then the built-in ones."""
    return built_in(PackageKind.SCENE) | _folders(beside.parent, PackageKind.SCENE)
