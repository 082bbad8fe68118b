"""Copies the browser libraries' ready files from node_modules into the web room's static folder.

No bundler: each library ships files that a browser loads as they are. Run by `make setup`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/beichen/web/static/vendor"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "maplibre-gl/dist/maplibre-gl-csp.js": "maplibre-gl-csp.js",
    "maplibre-gl/dist/maplibre-gl-csp-worker.js": "maplibre-gl-csp-worker.js",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
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
        shutil.copyfile(ROOT / "node_modules" / source, TARGET / target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
