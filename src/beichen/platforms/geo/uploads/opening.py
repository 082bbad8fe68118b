"""Finds out what a file is by what it contains, never by its name alone, and opens the reader for it.

Nothing is opened by GDAL that was not recognised first, and then only with that one driver: some of its
others follow addresses that stand in a file. Archives are looked through before anything is unpacked.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from beichen.platforms.geo.uploads import codes
from beichen.platforms.geo.uploads.found import Reader
from beichen.platforms.geo.uploads.geojson import Collection, Sequence
from beichen.platforms.geo.uploads.parquet import Parquet
from beichen.platforms.geo.uploads.sheets import LookUp, Sheet
from beichen.platforms.geo.uploads.vector import Vector
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

TAKEN = (
    "geojson",
    "json",
    "geojsonl",
    "geojsons",
    "ndjson",
    "gpkg",
    "zip",
    "csv",
    "xlsx",
    "parquet",
    "geoparquet",
)
MOST_MEMBERS = 200
MOST_UNPACKED = 4 << 30  # bytes
MOST_RATIO = 200  # a byte may unpack to
SMALL = 10 << 20  # bytes: below, no ratio matters
_SHAPE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def open_reader(path: Path, name: str, options: dict[str, str], look_up: LookUp) -> Reader:
    """The reader for a file called ``name``. Raises ProblemError GEO-801, 802, 803, 805, 807.

    ``look_up`` says where the addresses of a sheet are.
    """
    ending = PurePosixPath(name.lower()).suffix.lstrip(".")
    with path.open("rb") as file:
        head = file.read(4096)
    if ending not in TAKEN:
        hint = nearest(ending, TAKEN) or ", ".join(TAKEN)
        message = said("files that end in .{ending} are not taken", ending=ending[:20])
        raise ProblemError(Problem(codes.NOT_TAKEN, shorten(message), Where(field="file"), hint))
    if not head:
        raise ProblemError(Problem(codes.UNREADABLE, said("the file is empty"), Where(field="file")))
    reader = _reader(path, ending, head, options, look_up)
    if reader is None:
        message = said("the content is not what .{ending} says", ending=ending)
        raise ProblemError(Problem(codes.UNREADABLE, message, Where(field="file")))
    return reader


def _reader(path: Path, ending: str, head: bytes, options: dict[str, str], look_up: LookUp) -> Reader | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if ending in ("geojsonl", "geojsons", "ndjson"):
        return Sequence(path) if text[:1] in (b"\x1e", b"{") else None
    if ending in ("geojson", "json"):
        if text[:1] == b"\x1e":
            return Sequence(path)
        return Collection(path) if text[:1] == b"{" else None
    if ending == "gpkg":
        return (
            Vector(f"GPKG:{path}", options.get("layer", ""))
            if head.startswith(b"SQLite format 3\0")
            else None
        )
    if ending in ("parquet", "geoparquet"):
        return Parquet(path) if head.startswith(b"PAR1") else None
    if ending == "csv":
        if b"\0" in head or text.startswith((b"<", b"PK\x03\x04", b"%PDF")):
            return None
        return Sheet(path, is_workbook=False, options=options, look_up=look_up)
    if not head.startswith(b"PK\x03\x04"):
        return None
    if ending == "xlsx":
        _look_through(path)
        _refuse_entities(path)
        return Sheet(path, is_workbook=True, options=options, look_up=look_up)
    return _shapefile(path, options)


def _look_through(path: Path) -> list[zipfile.ZipInfo]:
    """The members of an archive. Raises ProblemError GEO-802, GEO-803 for one that is not unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ProblemError(Problem(codes.UNREADABLE, said("the archive is broken"))) from error
    size = sum(member.file_size for member in members)
    is_bomb = size > SMALL and size > MOST_RATIO * path.stat().st_size
    if len(members) > MOST_MEMBERS or size > MOST_UNPACKED or is_bomb:
        message = said("{count} members that unpack to {size} MB", count=len(members), size=size >> 20)
        raise ProblemError(Problem(codes.TOO_MUCH, shorten(message), Where(field="file")))
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if parts.is_absolute() or ".." in parts.parts or is_link or member.flag_bits & 1:
            message = said("the archive holds {name!r}, which is not unpacked", name=member.filename[:40])
            raise ProblemError(Problem(codes.UNREADABLE, shorten(message), Where(field="file")))
    return members


def _refuse_entities(path: Path) -> None:
    """Raises ProblemError GEO-803 for a workbook whose XML defines entities: such grow when they are read."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                head = file.read(4096)
            if b"<!DOCTYPE" in head.replace(b"\0", b"") or b"<!ENTITY" in head.replace(b"\0", b""):
                message = said("{name} defines entities", name=member.filename[:40])
                raise ProblemError(Problem(codes.TOO_MUCH, message, Where(field="file")))


def _shapefile(path: Path, options: dict[str, str]) -> Reader:
    """Unpacks the one Shapefile of an archive beside it. Raises ProblemError GEO-802, GEO-807."""
    members = _look_through(path)
    stems: dict[str, list[zipfile.ZipInfo]] = {}
    for member in members:
        place = PurePosixPath(member.filename)
        is_ours = place.suffix.lower() in _SHAPE and "__MACOSX" not in place.parts
        if is_ours:
            stems.setdefault(str(place.with_suffix("")), []).append(member)
    whole = [stem for stem, files in stems.items() if any(_suffix(one) == ".shp" for one in files)]
    wanted = options.get("layer", "")
    chosen = [stem for stem in whole if PurePosixPath(stem).name == wanted] if wanted else whole
    if len(chosen) != 1:
        message = said("the archive holds {count} Shapefiles", count=len(whole))
        hint = ", ".join(PurePosixPath(stem).name for stem in whole)[:200]
        raise ProblemError(Problem(codes.WHICH_LAYER, message, Where(field="layer"), hint))
    folder = path.parent / f"{path.name}-unpacked"
    folder.mkdir(exist_ok=True)
    _unpack(path, stems[chosen[0]], folder)
    shape = folder / "features.shp"
    if shape.read_bytes()[:4] != b"\x00\x00\x27\x0a":
        raise ProblemError(Problem(codes.UNREADABLE, said("the .shp of the archive is no Shapefile")))
    if not (folder / "features.dbf").exists():
        raise ProblemError(Problem(codes.UNREADABLE, said("the archive holds no .dbf beside the .shp")))
    return Vector(str(shape), encoding=_encoding(folder))


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _unpack(path: Path, members: list[zipfile.ZipInfo], folder: Path) -> None:
    """Unpack members under names of our own; what a member says of its size is not believed."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(path) as archive:
            for member in members:
                with (
                    archive.open(member) as source,
                    (folder / f"features{_suffix(member)}").open("wb") as target,
                ):
                    while piece := source.read(1 << 20):
                        left -= len(piece)
                        if left < 0:
                            raise ProblemError(Problem(codes.TOO_MUCH, said("it unpacks to too much")))
                        target.write(piece)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise ProblemError(Problem(codes.UNREADABLE, said("the archive is broken"))) from error


def _encoding(folder: Path) -> str | None:
    """None where the Shapefile says its encoding; else UTF-8, or GB 18030 where the text is not UTF-8."""
    if (folder / "features.cpg").exists():
        return None
    with (folder / "features.dbf").open("rb") as file:
        sample = file.read(4 << 20)
    length = int.from_bytes(sample[8:10], "little")
    try:
        # The sample may end within a character.
        sample[length:-3].decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"
