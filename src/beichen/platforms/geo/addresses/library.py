"""Keeping the standard address library: loading a package's, adding a file's, correcting one; with history.

Loading compares first and writes what differs. An address that its package no longer brings is retired, never
deleted: what was matched to it stays readable.

Long because the library has one writer, and whoever changes how it writes reads all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.grams import GramIndex
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Region
from beichen.platforms.geo.addresses.facts import (
    READ_FROM_TEXT,
    STATED,
    AddressFacts,
    columns_of,
    facts_of,
    place_of,
)
from beichen.platforms.geo.addresses.gazetteer import PlaceFacts, drop_places, keep_places, touch_gazetteer
from beichen.platforms.geo.addresses.models import Address, AddressVersion, Standing
from beichen.platforms.geo.addresses.vocabulary import words
from beichen.platforms.geo.locating import region_at
from beichen.platforms.geo.rights import READ, WRITE_ADDRESSES
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_ADDRESS = code("GEO-122", "There is no such address.", status=404)
NOT_YOURS = code("GEO-123", "An address belongs to a package and is changed there.", status=409)
OLD_VERSION = code("GEO-124", "The address was changed meanwhile.", status=409)
BAD_ADDRESS = code("GEO-125", "An address is not complete.", status=422)

ADDRESSES = GramIndex("platforms_geo_address_text", "address_id")
MANY = 20_000
_BATCH = 1_000
_KEPT = tuple(
    field.name
    for field in Address._meta.concrete_fields
    if field.name not in ("id", "code", "owner", "is_corrected", "version", "updated_at")
)
_CORRECTABLE = ("text", "name", "name_en", "region", "longitude", "latitude", "standing", "kind")


@transaction.atomic
def load_addresses(facts: Iterable[AddressFacts], *, owner: str, by: Actor) -> Changes:
    """Make the addresses of ``owner`` equal ``facts``; those that it no longer brings are retired.

    Raises ProblemError GEO-123 for a code that another has.
    """
    require(by, WRITE_ADDRESSES)
    wanted = list(facts)
    changes = _write(wanted, owner=owner, by=by, reason=f"load of {owner}")
    kept = Address.objects.filter(owner=owner, is_corrected=False).exclude(standing=Standing.RETIRED)
    present = set(kept.values_list("code", flat=True))
    gone = sorted(present - {one.code for one in wanted})
    for batch in _batches(gone):
        rows = list(Address.objects.filter(code__in=batch))
        _remember(rows, by=by, reason="no longer brought")
        for row in rows:
            row.standing, row.version = Standing.RETIRED, row.version + 1
        Address.objects.bulk_update(rows, ["standing", "version"])
    drop_places(f"address:{code_}" for code_ in gone)
    changes.removed = gone
    audit.record(by, "geo.address.load", "platforms_geo.address", detail=changes.counts() | {"owner": owner})
    return changes


@transaction.atomic
def add_addresses(facts: Iterable[AddressFacts], *, by: Actor, reason: str = "") -> Changes:
    """Add or change addresses of the city's own by their code; what is not named stays.

    Raises ProblemError ACC-403, GEO-123 for a code that a package has.
    """
    require(by, WRITE_ADDRESSES)
    changes = _write(list(facts), owner="", by=by, reason=reason)
    audit.record(by, "geo.address.add", "platforms_geo.address", detail=changes.counts(), reason=reason)
    return changes


@transaction.atomic
def correct_address(
    code_: str, values: Mapping[str, Any], *, by: Actor, reason: str, version: int | None = None
) -> Address:
    """Change fields of one address; what it was before is kept with the reason.

    Raises ProblemError ACC-403, GEO-122, GEO-124 when it is of another version than was seen, GEO-125.
    """
    row = Address.objects.select_for_update(of=("self",)).select_related("region").filter(code=code_).first()
    if row is None:
        raise ProblemError(Problem(NO_ADDRESS, shorten(said("there is no address {code!r}", code=code_))))
    require(by, WRITE_ADDRESSES, row)
    if version is not None and version != row.version:
        message = said("it is of version {version} by now", version=row.version)
        raise ProblemError(Problem(OLD_VERSION, message, hint=said("look at it again")))
    changed = replace(facts_of(row), **_empty_where_read_anew(values), **_checked(values))
    require(by, WRITE_ADDRESSES, _stand_in(changed, row))
    Address.objects.filter(pk=row.pk).update(is_corrected=True)
    _write([changed], owner=row.owner, by=by, reason=reason, correcting=True)
    audit.record(by, "geo.address.correct", f"platforms_geo.address:{code_}", reason=reason)
    return Address.objects.select_related("region").get(pk=row.pk)


def _stand_in(facts: AddressFacts, row: Address) -> Address:
    """What would stand, for the decision whether the one who changes it may have it there."""
    region = Region.objects.filter(code=facts.region).first() if facts.region else row.region
    return Address(region=region, level=facts.level)


def _empty_where_read_anew(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parts are read again from a text that changed."""
    return (
        dict.fromkeys(("road", "number", "estate", "building", "unit", "room"), "")
        if "text" in values
        else {}
    )


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    problems = [
        _bad(name[:40], said("{name} cannot be changed", name=name[:40]))
        for name in values
        if name not in _CORRECTABLE
    ]
    text = values.get("text")
    if text is not None and not 2 <= len(str(text).strip()) <= 200:
        problems.append(_bad("text", said("from {least} to {most} characters", least=2, most=200)))
    for name, most in (("longitude", 180), ("latitude", 90)):
        value = values.get(name)
        if value is not None and not (isinstance(value, int | float) and -most <= value <= most):
            problems.append(_bad(name, said("degrees from {least} to {most}", least=-most, most=most)))
    if len(str(values.get("name", ""))) > 100:
        problems.append(_bad("name", said("from {least} to {most} characters", least=0, most=100)))
    if values.get("standing", Standing.CURRENT) not in Standing.values:
        problems.append(_bad("standing", said("one of: {words}", words=", ".join(Standing.values))))
    if values.get("region") and not Region.objects.filter(code=values["region"]).exists():
        problems.append(_bad("region", said("there is no region {code!r}", code=str(values["region"])[:20])))
    if problems:
        raise ProblemError(*problems)
    return dict(values)


def _bad(name: str, message: str) -> Problem:
    return Problem(BAD_ADDRESS, shorten(message), Where(field=name))


def _write(
    facts: Sequence[AddressFacts], *, owner: str, by: Actor, reason: str, correcting: bool = False
) -> Changes:
    changes, known = Changes(), words()
    act = _Act(owner, by, reason, correcting, timezone.now())
    placed = [
        one if one.region else replace(one, region=region_at(one.longitude, one.latitude)) for one in facts
    ]
    codes = {one.region for one in placed}
    regions = dict(Region.objects.filter(code__in=codes).values_list("code", "pk"))
    roads: dict[str, tuple[float, float]] = {}
    for batch in _batches(placed):
        wanted = {one.code: columns_of(one, known, regions) for one in batch}
        stated = {one.code for one in batch if any(getattr(one, name) for name in STATED)}
        rows = _write_batch(wanted, stated, act, changes)
        _index(rows, {one.code: one.region for one in batch})
        roads |= {row.road: (row.longitude, row.latitude) for row in rows if row.road not in known.roads}
    _name_roads(roads)
    return changes


@dataclass(frozen=True, slots=True)
class _Act:
    """Who writes for whom, why and when; ``correcting`` writes over what a steward corrected."""

    owner: str
    by: Actor
    reason: str
    correcting: bool
    moment: datetime


def _write_batch(
    wanted: Mapping[str, dict[str, Any]], stated: set[str], act: _Act, changes: Changes
) -> list[Address]:
    present = {row.code: row for row in Address.objects.filter(code__in=wanted).select_for_update()}
    _refuse_taken(present.values(), act.owner)
    made: list[Address] = []
    changed: list[Address] = []
    for key, values in wanted.items():
        row = present.get(key)
        if row is None:
            made.append(Address(code=key, owner=act.owner, updated_at=act.moment, **values))
            changes.added.append(key)
        elif row.is_corrected and not act.correcting:
            changes.unchanged += 1
        elif any(getattr(row, name) != value for name, value in _told(row, values, key in stated)):
            changed.append(row)
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    _remember(changed, by=act.by, reason=act.reason, moment=act.moment)
    for row in changed:
        for name, value in wanted[row.code].items():
            setattr(row, name, value)
        row.version, row.updated_at = row.version + 1, act.moment
    Address.objects.bulk_create(made, batch_size=500)
    Address.objects.bulk_update(changed, [*_KEPT, "version", "updated_at"], batch_size=100)
    return [*made, *changed]


def _told(row: Address, values: Mapping[str, Any], is_stated: bool) -> Iterator[tuple[str, Any]]:
    """What decides whether an address changed: of a text that did not, the parts were read already.

    The city knows more roads after a load than before it; what was read without them is not read anew.
    """
    is_read = not is_stated and row.text == values["text"] and bool(row.road or row.estate)
    return ((name, value) for name, value in values.items() if not (is_read and name in READ_FROM_TEXT))


def _refuse_taken(rows: Iterable[Address], owner: str) -> None:
    taken = [row for row in rows if row.owner != owner]
    if taken:
        raise ProblemError(
            *(
                Problem(
                    NOT_YOURS,
                    shorten(said("{code} belongs to {owner}", code=row.code, owner=row.owner or "the city")),
                )
                for row in taken[:50]
            )
        )


def _remember(rows: Sequence[Address], *, by: Actor, reason: str, moment: datetime | None = None) -> None:
    """Keep what these rows are before they change."""
    now = moment or timezone.now()
    AddressVersion.objects.bulk_create(
        (
            AddressVersion(
                address=row,
                version=row.version,
                values={name: getattr(row, "region_id" if name == "region" else name) for name in _KEPT},
                until=now,
                changed_by=by.key,
                reason=reason[:200],
            )
            for row in rows
        ),
        batch_size=500,
    )


def _index(rows: Sequence[Address], regions: Mapping[str, str]) -> None:
    """Put the rows where they are searched; names alone of what everybody may see become places."""
    if not rows:
        return
    ADDRESSES.add((row.pk, f"{row.text} {row.name}") for row in rows)
    open_ = [row for row in rows if row.level == Level.L1 and row.standing != Standing.RETIRED]
    keep_places([place_of(row, regions[row.code]) for row in open_ if not row.room])
    drop_places(f"address:{row.code}" for row in rows if row.standing == Standing.RETIRED)


def _name_roads(roads: Mapping[str, tuple[float, float]]) -> None:
    """Roads that only addresses know are named places too."""
    keep_places(
        [
            PlaceFacts(f"road:{name}", "road", name, longitude=at[0], latitude=at[1], weight=25)
            for name, at in roads.items()
            if name
        ]
    )
    if roads:
        touch_gazetteer()


def addresses(*, by: Actor) -> QuerySet[Address]:
    """The addresses that the reader may see."""
    return visible(by, READ, Address.objects.select_related("region"))


def searched(rows: QuerySet[Address], text: str) -> QuerySet[Address]:
    """Those of ``rows`` whose text or name holds every word."""
    found = text.split()[:8]
    if not found:
        return rows
    for word in found:
        rows = rows.filter(text__icontains=word) | rows.filter(name__icontains=word)
    return rows.filter(pk__in=ADDRESSES.keys(found))


def find_address(code_: str, *, by: Actor) -> Address:
    """One address. Raises ProblemError GEO-122 where there is none for the reader."""
    row = addresses(by=by).filter(code=code_).first()
    if row is None:
        raise ProblemError(Problem(NO_ADDRESS, shorten(said("there is no address {code!r}", code=code_))))
    return row


def versions_of(row: Address, *, limit: int = 50) -> list[AddressVersion]:
    """What the address was before, the latest first."""
    return list(AddressVersion.objects.filter(address=row).order_by("-version")[:limit])


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
