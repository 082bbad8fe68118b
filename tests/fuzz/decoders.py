"""Coverage-guided fuzzing of what decodes messages of devices at the gateway, by atheris.

`python -m tests.fuzz.decoders [CORPUS] [-max_total_time=300]`: whatever the bytes, a decoder answers readings
or raises ValueError; what it answers fits what it promises. atheris is installed by hand, as CONTRIBUTING.md
says.
"""

from __future__ import annotations

import os
import sys

import atheris
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
with atheris.instrument_imports(include=["beichen.platforms.iot", "cbor2"]):
    django.setup()
    from beichen.platforms.iot import columns, decoding

SEEDS = (
    b'{"level_m": 3.9}',
    b'{"ts": "2026-07-01T12:00:00+08:00", "seq": 17, "values": {"level_m": 3.9, "lid_open": false}}',
    b'[{"ts": 1782878400000, "level_m": 3.9}, {"ts": 1782878460, "text": "open"}]',
    b"\xa1glevel_m\xfb@\x0f333333",
    b"\xa2bts\x1ahC}\x80fvalues\xa1aa\xf5",
    b"\x81\xa1aa\xc0t2026-07-01T12:00:00Z",
    b"\xd8\x1c\xa1aa\xd8\x1d\x00",
)


def messages(content: bytes) -> None:
    """A message of a device, JSON or CBOR."""
    try:
        found = decoding.decode(content)
    except ValueError:
        return
    assert found
    for one in found:
        assert 0 < len(one.name) <= decoding.MOST_NAME
        assert one.at is None or decoding.LEAST_TIME <= one.at <= decoding.MOST_TIME
        assert one.seq is None or 0 <= one.seq <= decoding.MOST_SEQ
        decoding.kept(one.value)


def batches(content: bytes) -> None:
    """A message by the column, of somebody with the house's own rights."""
    try:
        found = columns.unpacked(content)
    except ValueError:
        return
    assert len(found.device) == len(found.measure) == len(found.value) == len(found.at)


def one(content: bytes) -> None:
    """The first byte chooses the decoder."""
    if content[:1] == b"\xff":
        batches(content[1:])
    else:
        messages(content)


def main() -> None:
    """Until an end that the arguments name; a crash is kept in a file beside."""
    for seed in SEEDS:
        one(seed)
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
