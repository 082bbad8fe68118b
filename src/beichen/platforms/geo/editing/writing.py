"""Writing features one by one (OGC API Features, Part 4): checked against the layer, kept, recorded.

Each write is one transaction with its audit record. What a feature becomes is exactly what a revision will
hold of it: its version stays the same when edits are folded.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import orjson
import shapely
from django.db import transaction

from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.levels import Level
from beichen.platforms.geo.editing import codes
from beichen.platforms.geo.models import Edit, Layer, Origin
from beichen.platforms.geo.regions import Regions
from beichen.platforms.geo.rights import EDIT
from beichen.platforms.geo.snapshots import gathering, unfolding
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import REGION, FieldKind, Source, column_name, version_of
from beichen.platforms.geo.uploads.examining import kind_of
from beichen.platforms.geo.uploads.geojson import shape_of
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

LARGEST = 4 << 20  # bytes of a feature
FOLDED_AT = 500  # edits that lie over a revision before a job folds them
_REMOVED = {"document": "", "region": ""}


class Writer:
    """The edits of a layer by one actor, who may write them. Raises ProblemError ACC-403, GEO-821."""

    def __init__(self, layer: Layer, source: Source, by: Actor) -> None:
        if layer.origin != Origin.UPLOAD or layer.revision_id is None:
            message = said("the layer {key} comes from its {origin}", key=layer.key, origin=layer.origin)
            raise ProblemError(Problem(codes.NOT_EDITED, shorten(message)))
        access.require(by, EDIT, layer)
        self._layer = layer
        self._source = source
        self._by = by
        self._layout = Layout(
            source.described().fields,
            layer.dimensions.get("valid_from", ""),
            layer.dimensions.get("valid_to", ""),
        )
        self._regions = _regions(layer, by)

    def add(self, document: dict[str, Any]) -> str:
        """Add a feature; returns its key. Raises ProblemError GEO-822, GEO-823."""
        given = document.get("id")
        key = secrets.token_hex(8) if given in (None, "") else str(given)
        feature, region = self._checked(key, document)
        with transaction.atomic():
            self._hold()
            if self._present(key) is not None:
                message = said("the feature {key!r} is there already", key=key[:40])
                raise ProblemError(Problem(codes.THERE_ALREADY, shorten(message), Where(pointer="/id")))
            self._keep(key, feature, region, "add")
        return key

    def replace(self, key: str, document: dict[str, Any], version: str = "") -> None:
        """Put a feature in the place of another. Raises ProblemError GEO-822, GEO-824, GEO-825."""
        feature, region = self._checked(key, document)
        with transaction.atomic():
            self._hold()
            self._require_version(key, version)
            self._keep(key, feature, region, "replace")

    def change(self, key: str, members: dict[str, Any], version: str = "") -> None:
        """Merge members into a feature (RFC 7396). Raises ProblemError GEO-822, GEO-824, GEO-825."""
        with transaction.atomic():
            self._hold()
            present = orjson.loads(self._require_version(key, version))
            merged = _merged(present, members)
            feature, region = self._checked(key, merged)
            self._keep(key, feature, region, "change")

    def remove(self, key: str, version: str = "") -> None:
        """Take a feature away. Raises ProblemError GEO-824, GEO-825."""
        with transaction.atomic():
            self._hold()
            self._require_version(key, version)
            self._keep(key, b"", "", "remove")

    def _hold(self) -> None:
        """Lock the layer for this transaction; edits that others made meanwhile are seen."""
        held = Layer.objects.select_for_update(of=("self",)).select_related("revision").get(pk=self._layer.pk)
        self._layer = held
        from beichen.platforms.geo.sources import unconfined

        self._source = unconfined(held)

    def _present(self, key: str) -> bytes | None:
        return self._source.feature(key)

    def _require_version(self, key: str, version: str) -> bytes:
        present = self._source.feature(key, self._regions)
        if present is None:
            message = said("there is no feature {key!r}", key=key[:40])
            raise ProblemError(Problem(codes.NO_FEATURE, shorten(message)))
        if version and version != version_of(present):
            hint = said("read it again")
            raise ProblemError(Problem(codes.CHANGED_SINCE, said("it is another version now"), hint=hint))
        return present

    def _keep(self, key: str, feature: bytes, region: str, action: str) -> None:
        edition = next_edition(self._layer)
        values: dict[str, Any] = {"version": edition, "edited_by": self._by.key, **_REMOVED}
        if feature:
            shape = shapely.from_geojson(unfolding.geometry_in(feature).decode())
            west, south, east, north = shape.bounds
            box = {"west": west, "south": south, "east": east, "north": north}
            values |= {"document": feature.decode(), "region": region, **box}
        _edit, is_new = Edit.objects.update_or_create(layer=self._layer, key=key, defaults=values)
        edits = self._layer.edits + is_new
        Layer.objects.filter(pk=self._layer.pk).update(edition=edition, edits=edits)
        resource = f"platforms_geo.layer:{self._layer.key}"
        audit.record(self._by, f"geo.feature.{action}", resource, detail={"feature": key})
        if is_new and edits % FOLDED_AT == 0:
            from beichen.platforms.geo import jobs  # which calls this room's service

            enqueue(jobs.fold_edits, self._layer.key)

    def _checked(self, key: str, document: dict[str, Any]) -> tuple[bytes, str]:
        """The feature as it is kept, and its region. Raises ProblemError GEO-822 with every mistake."""
        problems: list[Problem] = []
        shape = self._shape(document, problems)
        properties = self._properties(document, problems)
        if problems or shape is None:
            raise ProblemError(*problems)
        geometry = orjson.loads(shapely.to_geojson(shape))
        whole = {"id": key[:200], "properties": properties, "geometry": geometry}
        told = properties.get(column_name(self._layer.region_property))
        batch = next(
            gathering.batches_of(
                [whole], self._layout, lambda shapes, _told: Regions()(shapes, [told and str(told)])
            )
        )
        region = str(batch.column(REGION)[0])
        if self._regions is not None and not region.startswith(self._regions):
            message = said("the feature lies outside the region of every post")
            raise ProblemError(Problem(codes.BAD_FEATURE, message, Where(pointer="/geometry")))
        shapes = shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False))
        return unfolding.as_features(batch, shapes, self._layout)[0], region

    def _shape(self, document: dict[str, Any], problems: list[Problem]) -> Any:
        where = Where(pointer="/geometry")
        try:
            if len(orjson.dumps(document)) > LARGEST:
                message = said("more than {size} MB", size=LARGEST >> 20)
                problems.append(Problem(codes.BAD_FEATURE, message, Where(pointer="")))
                return None
        except orjson.JSONEncodeError:
            problems.append(Problem(codes.BAD_FEATURE, said("it cannot be kept as JSON"), Where(pointer="")))
            return None
        shape, fault, mended = shape_of(document.get("geometry"))
        if not fault and mended:
            fault = "a ring is not closed"
        if not fault:
            fault = self._fault_of(shape)
        if fault:
            problems.append(Problem(codes.BAD_FEATURE, shorten(fault), where))
        return shape

    def _fault_of(self, shape: Any) -> str:
        if shape.is_empty:
            return "the geometry is empty"
        if kind_of([shape])[0] != self._layer.kind:
            return f"a {shape.geom_type} in a layer of the kind {self._layer.kind}"
        west, south, east, north = shape.bounds
        if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
            return "outside the globe: longitude first, then latitude"
        return "" if shape.is_valid else f"not valid: {shapely.is_valid_reason(shape)}"

    def _properties(self, document: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
        given = document.get("properties")
        if given is None:
            return {}
        if not isinstance(given, dict):
            problems.append(
                Problem(codes.BAD_FEATURE, said("expected an object"), Where(pointer="/properties"))
            )
            return {}
        fields = {field.name: field.kind for field in self._layout.fields}
        for name, value in given.items():
            where = Where(pointer=f"/properties/{name[:40]}")
            if name not in fields:
                hint = nearest(name, fields)
                message = said("the layer has no property {name!r}", name=name[:40])
                problems.append(Problem(codes.BAD_FEATURE, shorten(message), where, hint))
            elif value is not None and not _fits(value, fields[name]):
                message = said("expected {kind}", kind=fields[name].value)
                problems.append(Problem(codes.BAD_FEATURE, message, where))
        return given


def _fits(value: Any, kind: FieldKind) -> bool:
    if kind is FieldKind.TEXT:
        return isinstance(value, str)
    try:
        return gathering.as_kind(value, kind) is not None
    except (ValueError, OverflowError, TypeError):
        return False


def _merged(present: Any, members: Any) -> Any:
    """JSON Merge Patch (RFC 7396)."""
    if not isinstance(members, dict):
        return members
    merged = dict(present) if isinstance(present, dict) else {}
    for name, value in members.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


def _regions(layer: Layer, by: Actor) -> tuple[str, ...] | None:
    """The regions in which ``by`` may write; None for all."""
    if by.is_system:
        return None
    from beichen.platforms.geo.sources import is_citywide  # which gives writers of layers

    areas = [area for area in access.areas(by, EDIT) if area.clearance >= Level(layer.level)]
    paths = [EVERYWHERE if is_citywide(area.region_path) else area.region_path for area in areas]
    return None if EVERYWHERE in paths else tuple(sorted(set(paths)))


def next_edition(layer: Layer) -> int:
    """A number that no state of the layer ever had, one that was rolled back neither: microseconds."""
    return max(layer.edition + 1, time.time_ns() // 1_000)


def forget_edits(layer: Layer, until: int) -> None:
    """Drop the edits that a new revision holds or replaces: those up to an edition. In a transaction."""
    Edit.objects.filter(layer=layer, version__lte=until).delete()
    left = Edit.objects.filter(layer=layer).count()
    Layer.objects.filter(pk=layer.pk).update(edits=left, edition=next_edition(layer))
    layer.refresh_from_db(fields=["edits", "edition"])
