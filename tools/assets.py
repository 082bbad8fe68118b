"""Copies the browser libraries' ready files from node_modules into the web room's static folder.

No bundler: each library ships files that a browser loads as they are. Run by `make setup`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/beichen/web/static/vendor"
# Source maps are not served; a reference to one would be a dead link in the manifest.
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "maplibre-gl/dist/maplibre-gl-csp.js": "maplibre-gl-csp.js",
    "maplibre-gl/dist/maplibre-gl-csp-worker.js": "maplibre-gl-csp-worker.js",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "pmtiles/dist/pmtiles.js": "pmtiles.js",
    "jsqr/dist/jsQR.js": "jsQR.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}


def main() -> int:
    """Copy every file; exit status 1 with the missing names when `npm ci` was not run."""
    missing = [name for name in FILES if not (ROOT / "node_modules" / name).is_file()]
    if missing:
        sys.stderr.write(f"missing in node_modules: {', '.join(missing)}; run `npm ci`\n")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, target in FILES.items():
        text = (ROOT / "node_modules" / source).read_text(encoding="utf-8")
        (TARGET / target).write_text(SOURCE_MAP.sub("", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
