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
    "barcode-detector/dist/iife/ponyfill.js": "barcode-detector.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "three/build/three.module.min.js": "three.module.min.js",
    "three/build/three.core.min.js": "three.core.min.js",
    "three/examples/jsm/loaders/GLTFLoader.js": "GLTFLoader.js",
    "three/examples/jsm/utils/BufferGeometryUtils.js": "BufferGeometryUtils.js",
    "three/examples/jsm/loaders/DRACOLoader.js": "DRACOLoader.js",
    "three/examples/jsm/libs/meshopt_decoder.module.js": "meshopt_decoder.module.js",
    "three/examples/jsm/libs/draco/gltf/draco_wasm_wrapper.js": "decoders/draco_wasm_wrapper.js",
    "3d-tiles-renderer/build/index.three.js": "3d-tiles.js",
    "sortablejs/Sortable.min.js": "Sortable.min.js",
    "jedison/dist/umd/jedison.umd.js": "jedison.umd.js",
    "hls.js/dist/hls.light.min.js": "hls.light.min.js",
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js": "bpmn-viewer.js",
    "bpmn-js/dist/assets/bpmn-js.css": "bpmn-js.css",
    "bpmn-js/dist/assets/diagram-js.css": "diagram-js.css",
    **{
        f"@cfworker/json-schema/dist/esm/{name}.js": f"json-schema/{name}.js"
        for name in (
            "deep-compare-strict", "dereference", "format", "pointer", "ucs2-length", "validate", "validator",
        )
    },
}  # fmt: skip
BINARIES = {
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing_reader.wasm",
    "three/examples/jsm/libs/draco/gltf/draco_decoder.wasm": "decoders/draco_decoder.wasm",
}
PIECES = {"3d-tiles-renderer/build": "renderer-*.js"}  # modules that the ones above name, kept by their names
# A browser without a bundler knows no packages: what a module imports by such a name is the file beside it.
IMPORTS = {
    "three": "./three.module.min.js",
    "three/addons/loaders/GLTFLoader.js": "./GLTFLoader.js",
    "three/addons/utils/BufferGeometryUtils.js": "./BufferGeometryUtils.js",
    "../utils/BufferGeometryUtils.js": "./BufferGeometryUtils.js",
}
_IMPORT = re.compile(r"""(\bfrom\s*)(["'])([^"']+)\2""")


def beside(text: str) -> str:
    """A module whose imports by the names of packages are of the files beside it."""
    return _IMPORT.sub(lambda found: f"{found[1]}{found[2]}{IMPORTS.get(found[3], found[3])}{found[2]}", text)


def files() -> dict[str, str]:
    """Every file that is copied: where it lies in node_modules, its name in the target."""
    modules = ROOT / "node_modules"
    found = dict(FILES)
    for folder, pattern in PIECES.items():
        found |= {f"{folder}/{file.name}": file.name for file in sorted((modules / folder).glob(pattern))}
    return found


def main() -> int:
    """Copy every file; exit status 1 with the missing names when `npm ci` was not run."""
    missing = [name for name in (*FILES, *BINARIES) if not (ROOT / "node_modules" / name).is_file()]
    if missing:
        sys.stderr.write(f"missing in node_modules: {', '.join(missing)}; run `npm ci`\n")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, target in files().items():
        text = SOURCE_MAP.sub("", (ROOT / "node_modules" / source).read_text(encoding="utf-8"))
        is_module = source.startswith(("three/", "3d-tiles-renderer/"))
        (TARGET / target).parent.mkdir(exist_ok=True)
        (TARGET / target).write_text(beside(text) if is_module else text, encoding="utf-8")
    for source, target in BINARIES.items():
        (TARGET / target).write_bytes((ROOT / "node_modules" / source).read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
