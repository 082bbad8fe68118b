"""Taking a file in: kept, read in the background, made a layer's revision, shown when its steward says so."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from beichen.kernel.access.service import actor_again, require
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.files import store as contents
from beichen.kernel.jobs.service import enqueue
from beichen.platforms.geo.addresses.matching import match_many
from beichen.platforms.geo.editing.writing import forget_edits
from beichen.platforms.geo.making import NEW, LayerWords, check_words
from beichen.platforms.geo.models import GeometryKind, Layer, Origin, Upload, UploadState
from beichen.platforms.geo.regions import Regions
from beichen.platforms.geo.revisions import forget_old, keep_features, show
from beichen.platforms.geo.rights import WRITE
from beichen.platforms.geo.snapshots import keeping
from beichen.platforms.geo.sources import kept_by
from beichen.platforms.geo.uploads import codes, systems
from beichen.platforms.geo.uploads.opening import open_reader
from beichen.platforms.geo.uploads.reading import Reading, Wishes
from beichen.platforms.geo.uploads.report import Line, Report, line_of_file, read_lines
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings

LARGEST = 2 << 30  # bytes of a file
TOLD_SECONDS = 1.0
PATIENCE = timedelta(days=1)  # beyond all attempts of a job
NEAR_CITY = 0.5  # degrees about the city's box that are not remarked
OPTIONS = ("layer", "crs", "longitude", "latitude", "geometry", "address", "key")
logger = logging.getLogger(__name__)


def bring_layer(
    stream: BinaryIO,
    name: str,
    words: LayerWords,
    *,
    by: Actor,
    options: dict[str, str] | None = None,
    is_read_later: bool = True,
) -> Upload:
    """Take a file as a new layer, or as the next revision of one that was brought before.

    It is read in the background, unless the caller reads it; :class:`Upload` says how far that is.
    Raises ProblemError: ACC-403; GEO-106 when the key belongs to a layer that is not one's own to change;
    GEO-804, GEO-809; FIL-103, FIL-104.
    """
    from beichen.platforms.geo import jobs  # which calls this room's service

    body, layer = check_words(words, Origin.UPLOAD, by)
    given = {key: value for key, value in (options or {}).items() if key in OPTIONS and value}
    if given.get("crs"):
        systems.bringer(given["crs"])
    short = PurePath(name.replace("\\", "/")).name[-200:]
    with contents.spool(stream, short, LARGEST) as spooled:
        contents.put(spooled)
    with transaction.atomic():
        upload = Upload.objects.create(
            layer=layer,
            name=short,
            hash=spooled.hash,
            size=spooled.size,
            options=given,
            facts=asdict(words),
            level=words.level,
            body=body,
            brought_by=by.key,
        )
        resource = f"platforms_geo.upload:{upload.code}"
        audit.record(by, "geo.layer.bring", resource, detail={"layer": words.key, "hash": upload.hash})
        if is_read_later:
            enqueue(jobs.read_upload, upload.code)
    return upload


def bringer_of(upload: Upload) -> Actor | None:
    """Whoever brought it, with the rights of today; None for one that may no longer act."""
    kind, _colon, name = upload.brought_by.partition(":")
    return system(name) if kind == "system" else actor_again(upload.brought_by)


def read_upload(code: str, *, by: Actor | None = None) -> Upload:
    """Read a file that was brought; may be repeated. What is wrong with it stands in the upload after.

    It is read within the rights of ``by``, else of whoever brought it, as they are now: addresses of a sheet
    that these may not read, or that are above the layer's level, give no places to the layer.
    """
    upload = Upload.objects.select_related("layer", "body").get(code=code)
    if upload.state in (UploadState.DONE, UploadState.REFUSED):
        return upload
    spool = settings().data_dir / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.READING)
    folder = Path(tempfile.mkdtemp(dir=spool, prefix="upload-"))
    try:
        reader = by or bringer_of(upload)
        if reader is None:
            raise ProblemError(Problem("ACC-403", said("who brought it may not act any more")))
        require(reader, WRITE, upload)
        _read(upload, folder, reader)
    except ProblemError as error:
        _refuse(upload, error.problems)
    except Exception:
        logger.exception("the upload %s could not be read", code)
        message = said("it could not be read; operators: see the log")
        _refuse(upload, (Problem(codes.UNREADABLE, message),))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    upload.refresh_from_db()
    return upload


def _read(upload: Upload, folder: Path, by: Actor) -> None:
    source = folder / "source"
    keeping.fetch(upload.hash, source)
    report_path = folder / "report.jsonl"
    look_up = partial(match_many, by=by, level=upload.level)
    words = LayerWords(**upload.facts)
    with Report(report_path) as report:
        reader = open_reader(source, upload.name, upload.options, look_up)
        reading = Reading(
            reader,
            _wishes(upload, words),
            report,
            folder / "spooled.arrow",
            city=city_box(),
            locate=Regions(),
        )
        try:
            reading.examine(_telling(upload))
            kept = keep_features(reading.batches(), reading.layout)
        finally:
            upload.problems = report.first
            upload.refused, upload.repaired, upload.kept = reading.refused, reading.repaired, reading.kept
            upload.save(update_fields=["problems", "refused", "repaired", "kept"])
    with report_path.open("rb") as file, contents.spool(file, "report.jsonl", LARGEST) as spooled:
        contents.put(spooled)
    with transaction.atomic():
        if Upload.objects.select_for_update().get(pk=upload.pk).state == UploadState.DONE:
            return  # another worker, which was thought dead, was faster
        layer = _layer(upload, words, reading)
        forget_edits(layer, layer.edition)
        upload.revision, upload.layer = show(layer, kept, by=by, of=upload.hash), layer
        forget_old(layer)
        upload.report, upload.state, upload.done_at = spooled.hash, UploadState.DONE, timezone.now()
        upload.save(update_fields=["report", "revision", "layer", "state", "done_at"])


def _wishes(upload: Upload, words: LayerWords) -> Wishes:
    kind = upload.layer.kind if upload.layer is not None else words.kind
    return Wishes(
        kind=GeometryKind(kind) if kind else None,
        key=upload.options.get("key", ""),
        region=words.region_property,
        valid_from=words.dimensions.get("valid_from", ""),
        valid_to=words.dimensions.get("valid_to", ""),
        system=upload.options.get("crs", ""),
    )


def _telling(upload: Upload) -> Callable[[int, int], None]:
    """What tells the upload's row, about once a second, how far the reading is."""
    last = time.monotonic()

    def tell(read: int, expected: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_SECONDS:
            last = time.monotonic()
            Upload.objects.filter(pk=upload.pk).update(read=read, expected=expected)

    return tell


def _layer(upload: Upload, words: LayerWords, reading: Reading) -> Layer:
    """The layer's row, made or changed to what is said of it; a new one is not shown yet."""
    key = upload.options.get("key", "")
    values: dict[str, Any] = {
        **words.values(),
        "body": upload.body,
        "particulars": {"key": key} if key else {},
        "kind": reading.kind,
        "origin": Origin.UPLOAD,
        "owner": Origin.UPLOAD.value,
    }
    layer, _created = Layer.objects.update_or_create(
        key=words.key, defaults=values, create_defaults={**values, **NEW}
    )
    return layer


@transaction.atomic
def _refuse(upload: Upload, problems: tuple[Problem, ...]) -> None:
    upload.problems = [*(line_of_file(one) for one in problems), *upload.problems]
    upload.state, upload.done_at = UploadState.REFUSED, timezone.now()
    upload.save(update_fields=["problems", "state", "done_at"])
    found = sorted({one.code for one in problems})
    by = bringer_of(upload) or system("geo")
    audit.record(by, "geo.layer.refuse", f"platforms_geo.upload:{upload.code}", detail={"codes": found})


def give_up_uploads(*, now: datetime | None = None) -> int:
    """Refuse files that are not read for :data:`PATIENCE`: their job ended its worker again and again.

    Returns how many.
    """
    open_ = Upload.objects.filter(state__in=[UploadState.WAITING, UploadState.READING])
    given_up = list(open_.filter(brought_at__lt=(now or timezone.now()) - PATIENCE))
    for upload in given_up:
        _refuse(upload, (Problem(codes.UNREADABLE, said("whoever read it came to no end with it")),))
    return len(given_up)


def city_box() -> tuple[float, float, float, float] | None:
    """The box of the city's regions and half a degree about it; None where no layer has regions."""
    rows = Layer.objects.filter(origin=Origin.PACKAGE, kind=GeometryKind.POLYGON, is_current=True)
    found = rows.exclude(region_property="").aggregate(
        west=Min("west"), south=Min("south"), east=Max("east"), north=Max("north")
    )
    if found["west"] is None:
        return None
    west, south, east, north = (float(found[side]) for side in ("west", "south", "east", "north"))
    return west - NEAR_CITY, south - NEAR_CITY, east + NEAR_CITY, north + NEAR_CITY


def find_upload(code: str, *, by: Actor) -> Upload:
    """An upload that ``by`` may see. Raises ProblemError GEO-808."""
    found = uploads_for(by).filter(code=code).first()
    if found is None:
        raise ProblemError(Problem(codes.NO_UPLOAD, said("no upload has this code")))
    return found


def uploads_for(by: Actor) -> QuerySet[Upload]:
    """The uploads that ``by`` may see, the latest first."""
    return Upload.objects.filter(kept_by(by)).select_related("layer", "revision", "body").order_by("-id")


def report_of(upload: Upload) -> Iterator[Line]:
    """The report's lines. Raises ProblemError GEO-808 where there is none, FIL-105."""
    if not upload.report:
        raise ProblemError(Problem(codes.NO_UPLOAD, said("the upload has no report yet")))
    return read_lines(contents.read(upload.report))
