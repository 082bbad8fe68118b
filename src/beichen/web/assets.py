"""Static files as they are served: hashed names, compressed once when they are collected."""

from __future__ import annotations

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of the vendors' scripts, 11 (the library's default) makes 299 kB in 2.5 s, 9 makes 328 kB in 0.15 s:
# the first start waits for this, and the files travel once a browser.
QUALITY = 9


class AssetCompressor(Compressor):
    """Brotli at a quality that a first start can wait for, and gzip."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """``data`` compressed."""
        compressed: bytes = brotli.compress(data, quality=QUALITY)
        return compressed


class Assets(CompressedManifestStaticFilesStorage):
    """The collected files, each under a name that changes with its content."""

    def create_compressor(self, **options: Any) -> Compressor:
        """The compressor of one collection."""
        return AssetCompressor(**options)
