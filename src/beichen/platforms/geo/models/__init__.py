"""What is kept: layers with content, revisions and edits, uploads; addresses and places; cells."""

from __future__ import annotations

from beichen.platforms.geo.addresses.models import (
    Address,
    AddressKind,
    AddressRow,
    AddressSheet,
    AddressVersion,
    Gazetteer,
    Place,
    PlaceKey,
    PlaceKind,
    Standing,
)
from beichen.platforms.geo.grid.models import GridCell, GridCover
from beichen.platforms.geo.models.layers import GeometryKind, Layer, LayerContent, Origin
from beichen.platforms.geo.models.revisions import Edit, Revision
from beichen.platforms.geo.models.uploads import Upload, UploadState

__all__ = [
    "Address",
    "AddressKind",
    "AddressRow",
    "AddressSheet",
    "AddressVersion",
    "Edit",
    "Gazetteer",
    "GeometryKind",
    "GridCell",
    "GridCover",
    "Layer",
    "LayerContent",
    "Origin",
    "Place",
    "PlaceKey",
    "PlaceKind",
    "Revision",
    "Standing",
    "Upload",
    "UploadState",
]
