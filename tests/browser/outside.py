"""A host beside the house, on loopback: it serves what it is given to all, and remembers what is asked."""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Content = tuple[str, bytes]


class Outside:
    """What the host serves, by path; ``asked`` holds the paths that were asked for."""

    def __init__(self) -> None:
        self.served: dict[str, Content] = {}
        self.asked: list[str] = []
        self.origin = ""

    def put(self, path: str, content: Any, kind: str = "application/json") -> str:
        """Serve a document or bytes at a path; returns its address."""
        self.served[path] = (kind, content if isinstance(content, bytes) else json.dumps(content).encode())
        return self.origin + path

    def answer(self, path: str) -> Content | None:
        """What lies there; every tile is the same picture."""
        self.asked.append(path)
        return self.served.get(path) or (self.served.get("/tile") if path.startswith("/tiles/") else None)


@contextmanager
def outside() -> Iterator[Outside]:
    """The host while it stands."""
    host = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = host.answer(self.path)
            self.send_response(404 if found is None else 200)
            self.send_header("Access-Control-Allow-Origin", "*")
            if found is not None:
                self.send_header("Content-Type", found[0])
            self.end_headers()
            self.wfile.write(b"" if found is None else found[1])

        def log_message(self, *_arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def picture(red: int, green: int, blue: int) -> bytes:
    """A picture of one colour, as large as a tile (PNG)."""
    rows = b"".join(b"\0" + bytes((red, green, blue)) * 256 for _row in range(256))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def tileset(address: str, transform: list[float] | None = None) -> dict[str, Any]:
    """3D Tiles 1.1 of one model; without a transform it stands about its own middle."""
    root: dict[str, Any] = {
        "boundingVolume": {"sphere": [0, 0, 60, 150]},
        "geometricError": 0,
        "refine": "ADD",
        "content": {"uri": address},
    }
    if transform is not None:
        root["transform"] = transform
    return {"asset": {"version": "1.1"}, "geometricError": 500, "root": root}
