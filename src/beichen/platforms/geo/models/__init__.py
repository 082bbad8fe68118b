"""What is kept: layers with their content, their revisions and edits, uploads."""

from __future__ import annotations

from beichen.platforms.geo.models.layers import GeometryKind, Layer, LayerContent, Origin
from beichen.platforms.geo.models.revisions import Edit, Revision
from beichen.platforms.geo.models.uploads import Upload, UploadState

__all__ = ["Edit", "GeometryKind", "Layer", "LayerContent", "Origin", "Revision", "Upload", "UploadState"]
