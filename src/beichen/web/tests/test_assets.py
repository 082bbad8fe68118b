"""Static files: what is collected is compressed, and comes out again as it went in."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
from django.core.files.base import ContentFile

from beichen.web.assets import Assets


def test_a_collected_file_lies_beside_its_compressed_forms(tmp_path: Path) -> None:
    """Under its name and under the name with its hash."""
    content = b"/* a rule that repeats */\n" * 500
    assets = Assets(location=str(tmp_path), base_url="/static/")
    assets.save("a.css", ContentFile(content))
    for _name, _hashed, done in assets.post_process({"a.css": (assets, "a.css")}):
        assert not isinstance(done, Exception)
    hashed = assets.stored_name("a.css")
    assert hashed != "a.css"
    for name in ("a.css", hashed):
        assert brotli.decompress((tmp_path / f"{name}.br").read_bytes()) == content
        assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == content
        assert len((tmp_path / f"{name}.br").read_bytes()) < len(content) / 20
