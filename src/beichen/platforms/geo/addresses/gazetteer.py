"""The gazetteer (地名库): names with their places, kept with every way to type them."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from beichen.kernel.grams import GramIndex
from beichen.kernel.org.models import Region
from beichen.platforms.geo.addresses.models import Gazetteer, Place, PlaceKey

T = TypeVar("T")
TEXTS = GramIndex("platforms_geo_place_text", "place_id")
HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST_KEY = 60
_BATCH = 2_000
_PLAIN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A place as its origin knows it; ``ref`` says which that is, ``aliases`` are further names."""

    ref: str
    kind: str
    name: str
    name_en: str = ""
    about: str = ""
    longitude: float | None = None
    latitude: float | None = None
    region: str = ""
    weight: int = 0
    aliases: tuple[str, ...] = ()


def plain(text: str) -> str:
    """As keys are written: one width, one case, letters and digits alone."""
    return _PLAIN.sub("", unicodedata.normalize("NFKC", text[:200]).casefold())[:_LONGEST_KEY]


def keys_of(facts: PlaceFacts) -> list[str]:
    """Every way to type the place from its beginning, each once; the name first."""
    from pypinyin import Style, lazy_pinyin  # 55 MB that few processes need

    found: list[str] = []
    for name in (facts.name, *facts.aliases):
        found.append(plain(name))
        if HAN.search(name):
            found.append(plain("".join(lazy_pinyin(name))))
            found.append(plain("".join(lazy_pinyin(name, style=Style.FIRST_LETTER))))
    found.append(plain(facts.name_en))
    return [key for key in dict.fromkeys(found) if key]


def _text_of(facts: PlaceFacts) -> str:
    """What parts are looked for in."""
    return " ".join(one for one in (facts.name, *facts.aliases, facts.about, facts.name_en) if one)[:500]


@transaction.atomic
def keep_places(facts: Sequence[PlaceFacts]) -> int:
    """Write places by their ref, those alone that differ; returns how many. The caller audits its own act."""
    regions = dict(Region.objects.filter(code__in={one.region for one in facts}).values_list("code", "pk"))
    written = 0
    for batch in _batches(facts, _BATCH):
        written += _keep(batch, regions)
    if written:
        touch_gazetteer()
    return written


def _keep(batch: Sequence[PlaceFacts], regions: dict[str, int]) -> int:
    present = {row.ref: row for row in Place.objects.filter(ref__in=[one.ref for one in batch])}
    made: list[Place] = []
    changed: list[Place] = []
    keyed: list[tuple[Place, PlaceFacts]] = []
    for one in batch:
        values = _values(one, regions)
        row = present.get(one.ref)
        if row is None:
            row = Place(ref=one.ref, **values)
            made.append(row)
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
        else:
            continue
        keyed.append((row, one))
    Place.objects.bulk_create(made, batch_size=500)
    Place.objects.bulk_update(changed, _COLUMNS, batch_size=200)
    PlaceKey.objects.filter(place__in=changed).delete()
    keys = (
        PlaceKey(place=row, key=key, weight=row.weight, kind=row.kind)
        for row, one in keyed
        for key in keys_of(one)
    )
    PlaceKey.objects.bulk_create(keys, batch_size=1_000)
    if keyed:
        TEXTS.add((row.pk, row.text) for row, _one in keyed)
    return len(keyed)


_COLUMNS = ("kind", "name", "name_en", "about", "text", "longitude", "latitude", "region_id", "weight")


def _values(facts: PlaceFacts, regions: dict[str, int]) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "name": facts.name[:120],
        "name_en": facts.name_en[:200],
        "about": facts.about[:200],
        "text": _text_of(facts),
        "longitude": facts.longitude,
        "latitude": facts.latitude,
        "region_id": regions.get(facts.region),
        "weight": facts.weight,
    }


@transaction.atomic
def drop_places(refs: Iterable[str]) -> int:
    """Forget places by their ref; returns how many there were."""
    dropped = 0
    for batch in _batches(list(refs), _BATCH):
        keys = list(Place.objects.filter(ref__in=batch).values_list("pk", flat=True))
        TEXTS.remove(keys)
        Place.objects.filter(pk__in=keys).delete()
        dropped += len(keys)
    if dropped:
        touch_gazetteer()
    return dropped


def touch_gazetteer() -> None:
    """Let every process read the city's names anew."""
    # Never one that was there before, as after a database was put back.
    Gazetteer.objects.update_or_create(pk=1, defaults={"stamp": secrets.randbits(62)})


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
