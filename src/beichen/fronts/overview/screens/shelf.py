"""All screens there are for a reader: those that every city has, each district's, each body's, those that
packages declare. What a reader may not open is not on the shelf.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML

from beichen.fronts.overview.models import Card, MadeScreen, Plot, Screen, ThingLayer
from beichen.fronts.overview.rights import READ
from beichen.fronts.overview.screens.vocabulary import MOST_WIDGETS, widgets_of
from beichen.kernel.access.service import Area, areas, decide, visible, within
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.service import installed_packages
from beichen.kernel.statements import Prepared, slot

STANDARD = Path(__file__).with_name("standard.yaml")
CITY, DISTRICT, BODY, PACKAGE, MADE = "city", "district", "body", "package", "made"
"""The sorts of screens."""
_DISTRICTS = Prepared(lambda: Region.objects.filter(parent=slot(Region, "parent"), is_current=True))
_OWNERS = Prepared(
    lambda: (
        Card.objects.order_by()
        .values_list("owner")
        .union(
            Plot.objects.order_by().values_list("owner"), ThingLayer.objects.order_by().values_list("owner")
        )
    )
)
_SCENES = Prepared(lambda: installed_packages(PackageKind.SCENE).values_list("folder", "version", "key"))


@dataclass(frozen=True, slots=True)
class Shelved:
    """A screen with what it is: its sort, and the code of the region that it begins with (empty: the
    reader's own).
    """

    screen: Screen
    sort: str
    region: str = ""

    @property
    def key(self) -> str:
        """Its key, which its address ends with."""
        return str(self.screen.key)


@dataclass(frozen=True, slots=True)
class Named:
    """What a screen is called, and the key that its address ends with."""

    key: str
    name: str
    name_en: str


def sort_names() -> dict[str, str]:
    """What the sorts are called."""
    return {
        CITY: _("The city"),
        DISTRICT: _("A district"),
        BODY: _("A body"),
        PACKAGE: _("Declared by a package"),
        MADE: _("Made here"),
    }


def screens(by: Actor) -> list[Shelved]:
    """The screens that ``by`` may open, in their order: a query for each sort."""
    declared = visible(by, READ, Screen.objects.select_related("body"))
    return [*_open(by), *(Shelved(row, PACKAGE) for row in declared), *_made(by)]


def names(by: Actor) -> list[Named]:
    """What the same screens are called, in the same order: what stands on them is neither read nor made."""
    declared, made = (one.tuples() for one in _called(None if by.is_system else tuple(areas(by, READ))))
    return [
        *(Named(one.key, one.screen.name, one.screen.name_en) for one in _open(by, is_bare=True)),
        *(Named(key, name, name_en) for key, name, name_en in declared),
        *(Named(f"{MADE}-{key}", name, name_en) for key, name, name_en in made),
    ]


@lru_cache(maxsize=256)
def _called(reached: tuple[Area, ...] | None) -> tuple[Prepared[Screen], Prepared[MadeScreen]]:
    """What screens that are declared, and those that were made, are called for who reads in these areas."""
    screens_, published = Screen.objects.all(), MadeScreen.objects.exclude(published=None)
    if reached is not None:
        screens_, published = within(reached, screens_), within(reached, published)
    return (
        Prepared(lambda: screens_.values_list("key", "name", "name_en")),
        Prepared(lambda: published.values_list("key", "published__name", "published__name_en")),
    )


def _open(by: Actor, *, is_bare: bool = False) -> list[Shelved]:
    """Those of the city, its districts and its bodies; bare ones have no widgets."""
    every = [
        *(Shelved(screen, CITY) for screen in _standard(is_bare=is_bare)),
        *_districts(is_bare=is_bare),
        *(Shelved(screen, BODY) for screen in _of_bodies(is_bare=is_bare)),
    ]
    return [one for one in every if decide(by, READ, one.screen)]


def screen(key: str, by: Actor) -> Shelved | None:
    """The screen of this key, or None where there is none that ``by`` may open."""
    if key.startswith(f"{DISTRICT}-"):
        found: Iterable[Shelved] = _districts(key.removeprefix(f"{DISTRICT}-"))
    elif key.startswith(f"{BODY}-"):
        found = (Shelved(row, BODY) for row in _of_bodies(key.removeprefix(f"{BODY}-")))
    elif key.startswith(f"{MADE}-"):
        return next(iter(_made(by, key.removeprefix(f"{MADE}-"))), None)
    elif "." in key:
        rows = visible(by, READ, Screen.objects.select_related("body")).filter(key=key)
        return next((Shelved(row, PACKAGE) for row in rows), None)
    else:
        found = (Shelved(row, CITY) for row in _standard() if row.key == key)
    return next((one for one in found if decide(by, READ, one.screen)), None)


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(STANDARD)
    return found


def _standard(*, is_bare: bool = False) -> list[Screen]:
    """Screens at L1 and of no body: whoever may read the overview opens them."""
    return [
        Screen(
            key=one["key"],
            name=one["name"]["zh"],
            name_en=one["name"]["en"],
            theme=one.get("theme", "auto"),
            widgets=[] if is_bare else widgets_of(one),
        )
        for one in _declared()["screens"]
    ]


def _districts(code: str = "", *, is_bare: bool = False) -> list[Shelved]:
    city = city_region()
    rows = [] if city is None else _DISTRICTS.rows(parent=city.pk)
    widgets = [] if is_bare else widgets_of({"widgets": _declared()["district"]})
    return [
        Shelved(
            Screen(
                key=f"{DISTRICT}-{row.code}", name=row.name, name_en=row.name_en or row.name, widgets=widgets
            ),
            DISTRICT,
            str(row.code),
        )
        for row in rows
        if code in ("", row.code)
    ]


def _made(by: Actor, key: str = "") -> list[Shelved]:
    """What people made and published, as far as ``by`` may open it: one query."""
    rows = MadeScreen.objects.exclude(published=None).select_related("published", "body", "region")
    if key:
        rows = rows.filter(key=key)
    city = city_region()
    return [_as_shelved(row, city) for row in visible(by, READ, rows)]


def _as_shelved(row: MadeScreen, city: Region | None) -> Shelved:
    version = row.published
    assert version is not None  # noqa: S101 - asked for above
    screen = Screen(
        key=f"{MADE}-{row.key}",
        name=version.name,
        name_en=version.name_en,
        level=row.level,
        body=row.body,
        theme=version.theme,
        widgets=version.widgets,
    )
    return Shelved(screen, MADE, str(row.region.code) if row.region and row.region != city else "")


def _of_bodies(key: str = "", *, is_bare: bool = False) -> list[Screen]:
    """A screen for each body that owns a scene which shows something, made of what its scenes declare."""
    scenes: dict[str, list[str]] = {}
    for folder, version, name in _SCENES.tuples():
        owner = _owner_of(folder, version)
        if owner and (not key or owner == key):
            scenes.setdefault(owner, []).append(f"scene:{name}")
    owners = [scene for several in scenes.values() for scene in several]
    widgets = _shown_by(owners) if is_bare else _widgets_of(owners)
    found = []
    for body in _bodies(tuple(sorted(scenes))).rows():
        own = [widget for scene in scenes[body.key] for widget in widgets.get(scene, [])]
        if own:
            found.append(
                Screen(
                    key=f"{BODY}-{body.key}",
                    name=body.name[:60],
                    name_en=(body.name_en or body.name)[:100],
                    body=body,
                    widgets=[] if is_bare else widgets_of({"widgets": own[:MOST_WIDGETS]}),
                )
            )
    return found


@lru_cache(maxsize=64)
def _bodies(owners: tuple[str, ...]) -> Prepared[Body]:
    """The statement for bodies of these keys, which change with the scenes alone."""
    return Prepared(lambda: Body.objects.filter(key__in=owners))


@lru_cache(maxsize=256)
def _owner_of(folder: str, _version: str) -> str:
    """The body that owns the scene in a folder; empty when the folder is gone."""
    manifest = Path(folder) / PackageKind.SCENE.manifest
    if not manifest.is_file():
        return ""
    return str(YAML(typ="safe").load(manifest).get("owner", ""))


def _shown_by(owners: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Which of the scenes put anything upon the overview, each with a widget that says nothing: one query."""
    known = set(owners)
    return {owner: [{}] for (owner,) in _OWNERS.tuples() if owner in known}


def _widgets_of(owners: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What each of the scenes puts upon the overview, as widgets: three queries."""
    found: dict[str, list[dict[str, Any]]] = {}
    for card in Card.objects.filter(owner__in=owners):
        widget = {"kind": "card", "indicator": card.indicator, **_titled(card)}
        found.setdefault(card.owner, []).append({**widget, "width": 3})
    for plot in Plot.objects.filter(owner__in=owners):
        widget = {"kind": "chart", "indicator": plot.indicator, "every": plot.every, "form": plot.form}
        found.setdefault(plot.owner, []).append({**widget, **_titled(plot)})
    for layer in ThingLayer.objects.filter(owner__in=owners):
        found.setdefault(layer.owner, []).append({"kind": "list", "things": [layer.type], **_titled(layer)})
    return found


def _titled(row: Card | Plot | ThingLayer) -> dict[str, Any]:
    return {"title": {"zh": row.title, "en": row.title_en or row.title}} if row.title else {}
