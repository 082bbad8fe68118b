"""Reads a log over HTTP as its tiles lie there, and sends it cosignatures; every answer is bounded."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from beichen_proof.merkle import HASH_BYTES
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.tiles import ENTRIES, LONGEST_ENTRY, WIDTH, tile_path, unbundled

SECONDS = 20.0
LONGEST_NOTE = 64 << 10
AGENT = "beichen-proof/1"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A log stands where its address says."""

    def redirect_request(self, *args: object) -> None:
        return None


class LogReader:
    """A log at an address such as https://city.example/tlog."""

    def __init__(self, address: str) -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            raise RefusedError(Reason.UNREACHABLE, f"{address[:80]!r} is no http address")
        self.address = address.rstrip("/")
        self._opener = urllib.request.build_opener(_NoRedirect())

    def read(self, path: str, most: int, body: bytes | None = None) -> bytes:
        """What stands at ``path``. Raises RefusedError UNREACHABLE with what the log answered."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            f"{self.address}/{path}", data=body, headers={"User-Agent": AGENT}
        )
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                content: bytes = answer.read(most + 1)
        except (OSError, http.client.HTTPException) as error:
            status = f"{error.code}" if isinstance(error, urllib.error.HTTPError) else type(error).__name__
            raise RefusedError(Reason.UNREACHABLE, f"{self.address}/{path}: {status}") from None
        if len(content) > most:
            raise RefusedError(Reason.MALFORMED, f"{path} has more than {most} bytes")
        return content

    def checkpoint(self) -> bytes:
        """The newest checkpoint that the log shows."""
        return self.read("checkpoint", LONGEST_NOTE)

    def pending(self) -> bytes:
        """The newest checkpoint that the log has signed, which may still wait for cosignatures."""
        return self.read("pending", LONGEST_NOTE)

    def tile(self, level: int, number: int, width: int) -> bytes:
        """A tile's hashes."""
        return self.read(tile_path(level, number, width), WIDTH * HASH_BYTES)

    def entries(self, number: int, width: int) -> list[bytes]:
        """The entries of a bundle. Raises RefusedError when there are fewer."""
        found = unbundled(self.read(tile_path(ENTRIES, number, width), WIDTH * (LONGEST_ENTRY + 2)))
        if len(found) != width:
            raise RefusedError(Reason.MALFORMED, f"bundle {number} has {len(found)} entries of {width}")
        return found
