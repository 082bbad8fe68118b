"""Models of landmarks for tests: a red box as glTF, plain and compressed in each way that the house reads.

What is compressed was written once by the encoders of Draco 1.5 and gltfpack 1.3.
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

RED = {"baseColorFactor": [0.8, 0.1, 0.1, 1], "metallicFactor": 0, "roughnessFactor": 1}
_DRACO = """
RFJBQ08CAgEBAAAACAwACwEAA68+CgEBEAH/AAABAAkDAAACAQEBAA8DARgBCCsBIAQAig6CZmYAYGYiZWYAAAAAAAAAyswy
MwAAAAAAAAAA/z8AAAAA8MEAAAAAAADwwQAASEMO
"""
_MESHOPT = """
oAEPzwAAZmVmZWYBD88AACYlJiUmAQGQAAABA/AAAH59fgE8/AAAZmVmZWYBPPwAACYlJiUmAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAOHwIBFQIBEgBRIQEgMAdodWZ3iphmWJaJgBaQAAAAAA
"""


def glb(document: dict[str, Any], binary: bytes) -> bytes:
    """Binary glTF 2.0 of a document and the one buffer that is in the file."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    chunks = (
        struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )
    return struct.pack("<4sII", b"glTF", 2, size) + chunks


def box(width: float, height: float) -> bytes:
    """A red box, that many metres wide and high, standing on the ground (y up)."""
    return glb(*_box(width, height))


def _box(width: float, height: float) -> tuple[dict[str, Any], bytes]:
    half = width / 2
    corners = [(x, y, z) for y in (0.0, height) for z in (-half, half) for x in (-half, half)]
    faces = [
        0,
        2,
        1,
        1,
        2,
        3,
        4,
        5,
        6,
        5,
        7,
        6,
        0,
        1,
        4,
        1,
        5,
        4,
        2,
        6,
        3,
        3,
        6,
        7,
        0,
        4,
        2,
        2,
        4,
        6,
        1,
        3,
        5,
        3,
        7,
        5,
    ]
    places = b"".join(struct.pack("<3f", *corner) for corner in corners)
    indices = struct.pack(f"<{len(faces)}H", *faces)
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [
            {
                "doubleSided": True,
                "pbrMetallicRoughness": {
                    "baseColorFactor": [0.8, 0.1, 0.1, 1], "metallicFactor": 0, "roughnessFactor": 1,
                },
            }
        ],
        "accessors": [
            {
                "bufferView": 0, "componentType": 5126, "count": len(corners), "type": "VEC3",
                "min": [-half, 0, -half], "max": [half, height, half],
            },
            {"bufferView": 1, "componentType": 5123, "count": len(faces), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(places)},
            {"buffer": 0, "byteOffset": len(places), "byteLength": len(indices)},
        ],
        "buffers": [{"byteLength": len(places) + len(indices)}],
    }  # fmt: skip
    return document, places + indices


def draco() -> bytes:
    """The same, 60 metres wide and 200 high, its geometry compressed by Draco."""
    document, _binary = _box(60, 200)
    binary = base64.b64decode(_DRACO)
    for accessor in document["accessors"]:
        del accessor["bufferView"]
    name = "KHR_draco_mesh_compression"
    primitive = document["meshes"][0]["primitives"][0]
    primitive["extensions"] = {name: {"bufferView": 0, "attributes": {"POSITION": 0}}}
    document["extensionsUsed"] = document["extensionsRequired"] = [name]
    document["bufferViews"] = [{"buffer": 0, "byteOffset": 0, "byteLength": len(binary)}]
    document["buffers"] = [{"byteLength": len(binary)}]
    return glb(document, binary)


def meshopt() -> bytes:
    """The same, its geometry made coarser and compressed by meshoptimizer."""
    document, _binary = _box(60, 200)
    name = "EXT_meshopt_compression"
    document["extensionsUsed"] = document["extensionsRequired"] = ["KHR_mesh_quantization", name]
    parts = [(0, 88, 8, "ATTRIBUTES", 8), (88, 29, 2, "TRIANGLES", 36)]
    document["bufferViews"] = [
        {
            "buffer": 1, "byteOffset": 64 * number, "byteLength": count * stride,
            **({"byteStride": stride} if number == 0 else {}),
            "extensions": {name: {
                "buffer": 0, "byteOffset": at, "byteLength": size, "byteStride": stride, "mode": mode,
                "count": count,
            }},
        }
        for number, (at, size, stride, mode, count) in enumerate(parts)
    ]  # fmt: skip
    document["buffers"] = [{"byteLength": 120}, {"byteLength": 136, "extensions": {name: {"fallback": True}}}]
    document["accessors"][0] |= {"componentType": 5123, "min": [0, 0, 0], "max": [4915, 16383, 4915]}
    document["nodes"] = [{"mesh": 0, "translation": [-30, 0, -30], "scale": [0.0122077763] * 3}]
    return glb(document, base64.b64decode(_MESHOPT))
