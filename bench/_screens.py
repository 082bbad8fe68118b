"""The process that :mod:`bench.screens` starts beside a running house: screens and a layer of points."""

from __future__ import annotations

import sys

import django

SIZES = (6, 20, 60)
KINDS = ("card", "card", "card", "chart", "ranking", "gauge")


def main() -> None:
    """Declare screens of each size, and one with a map of a layer that holds so many points."""
    django.setup()
    from beichen.fronts.overview.models import Screen
    from beichen.fronts.overview.screens.vocabulary import widgets_of
    from beichen.fronts.overview.service import put_screens
    from beichen.hubs.data.models import IndicatorValue
    from beichen.kernel.actor import system
    from beichen.kernel.org.service import city_region
    from beichen.platforms.geo.basemap.service import build
    from bench._ogc import fill_ours

    build(by=system("bench"))  # the house has no worker that does it
    city = city_region()
    rows = IndicatorValue.objects.filter(region=city).order_by("indicator__key")
    keys = list(rows.values_list("indicator__key", flat=True).distinct()[: max(SIZES)])
    layer = fill_ours(int(sys.argv[1]))
    widgets = {
        f"bench.cards{size}": [
            {"kind": KINDS[place % len(KINDS)], "indicator": keys[place % len(keys)], "width": 2, "height": 2}
            for place in range(size)
        ]
        for size in SIZES
    }
    widgets["bench.points"] = [{"kind": "map", "layers": [layer], "width": 12, "height": 8}]
    screens = [
        Screen(owner="scene:bench", position=place, key=key, name=key, name_en=key,
               widgets=widgets_of({"widgets": several}))
        for place, (key, several) in enumerate(widgets.items())
    ]  # fmt: skip
    put_screens(screens, owner="scene:bench", by=system("bench"))
    print(",".join(keys[:3]))


if __name__ == "__main__":
    main()
