"""The map data services in a browser: MapLibre draws our tiles; pages are sound at both sizes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PICTURES = os.environ.get("OGC_PICTURES", "")
PATHS = (
    "/ogc",
    "/ogc/collections",
    "/ogc/collections/districts",
    "/ogc/collections/districts/items",
    "/ogc/api",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_are_sound(visit: Visit, path: str, size: tuple[int, int]) -> None:
    visitor = visit(size)
    visitor.go(path)
    if visitor.page.locator("bc-layer").count():
        visitor.page.wait_for_selector("bc-layer[drawn]", timeout=60_000)
    if PICTURES:
        name = f"{path.strip('/').replace('/', '-')}-{size[0]}.png"
        visitor.page.screenshot(path=str(Path(PICTURES) / name))
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_maplibre_draws_our_tiles(visit: Visit) -> None:
    """What the map holds of our layer was read from a tile."""
    page = visit().go("/ogc/collections/districts")
    page.wait_for_selector("bc-layer[drawn]", timeout=60_000)
    drawn = page.evaluate(
        "document.querySelector('bc-layer').map.queryRenderedFeatures({layers: ['districts']}).length"
    )
    assert drawn > 3
