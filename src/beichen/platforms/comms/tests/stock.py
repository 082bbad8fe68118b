"""The templates of the scenes that come with the house, for tests of rooms that send by them."""

from __future__ import annotations

import yaml

from beichen.kernel.actor import Actor
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in
from beichen.platforms.comms import service as comms


def load_messages(scene: str, *, by: Actor) -> None:
    """Those of one scene."""
    file = built_in(PackageKind.SCENE)[scene] / "messages.yaml"
    templates = {
        key: {
            "urgency": "normal",
            "channels": one["channels"],
            "values": one["values"],
            **{
                f"{part}_{language}": one[part][language]
                for part in ("subject", "text")
                for language in ("zh", "en")
            },
        }
        for key, one in yaml.safe_load(file.read_text(encoding="utf-8"))["templates"].items()
    }
    comms.load_stock(comms.Stock(templates=templates), owner=scene, by=by)
