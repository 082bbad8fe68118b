"""Where files of revisions are kept, and where they are laid out to be read.

A file is a content of the file store (a folder or a bucket). Its folder lies below the data folder of each
machine, is made from it when first asked for, and may be thrown away at any time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from beichen.kernel.files import store as contents
from beichen.platforms.geo.snapshots.snapshot import Snapshot
from beichen.platforms.geo.snapshots.unfolding import FORM, folder_of, unfold
from beichen.settings import settings

LARGEST = 8 << 30  # bytes of a revision's file


def root() -> Path:
    """Where snapshots are laid out."""
    return settings().data_dir / "snapshots"


def keep(path: Path) -> tuple[str, int]:
    """Put a finished file into the store; returns its hash and size. Raises ProblemError FIL-103, FIL-104."""
    with path.open("rb") as file, contents.spool(file, path.name, LARGEST) as spooled:
        contents.put(spooled)
        return spooled.hash, spooled.size


def fetch(content: str, target: Path) -> None:
    """Write a kept file to ``target``. Raises ProblemError FIL-105."""
    with target.open("wb") as file:
        file.writelines(contents.read(content))


def opened(name: str, write: Callable[[Path], None], tag: str = "") -> Snapshot:
    """The snapshot ``name``, laid out first if it is not yet on this machine."""
    folder = _folder(settings().data_dir, name)
    if not folder.is_dir():
        unfold(name, root(), write)
    return _opened(str(folder), tag or name)


def opened_file(content: str) -> Snapshot:
    """The snapshot of a kept file. Raises ProblemError FIL-105."""
    return opened(content[:40], lambda target: fetch(content, target))


@lru_cache(maxsize=512)
def _folder(_data: Path, name: str) -> Path:
    """Where a snapshot lies, as long as the data folder is this one."""
    return folder_of(name, root())


@lru_cache(maxsize=128)
def _opened(folder: str, tag: str) -> Snapshot:
    return Snapshot(Path(folder), tag)


def prune(kept: Iterable[str]) -> list[str]:
    """Throw away folders of names that are not ``kept``, or of another form than today's; processes that
    read one read on. Returns their names."""
    names = set(kept)
    gone = []
    for folder in root().iterdir() if root().is_dir() else ():
        if folder.is_dir() and not folder.name.startswith("making-"):
            name = folder.name.rpartition("-")[0]
            if name not in names:
                (root() / f"{name}.lock").unlink(missing_ok=True)
            elif folder.name == f"{name}-{FORM}":
                continue
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(name)
    return sorted(gone)
