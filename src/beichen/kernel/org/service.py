"""What can be done with regions, bodies, people and posts; the only writer of their tables.

Loading a whole tree compares first and writes only what differs, so that loading again is free and
the report says exactly what changed. Long because the room has one writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from beichen.kernel.actor import Actor, Scope
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body, Person, Post, Region, RegionLevel
from beichen.kernel.org.trees import paths_of, refuse_twice, tree_problems
from beichen.kernel.statements import Prepared
from beichen.problem import Problem, ProblemError, Where, code, said

__all__ = [
    "BodyFacts",
    "RegionFacts",
    "actor_of",
    "appoint",
    "city_name",
    "city_region",
    "dismiss",
    "draw_cells",
    "load_bodies",
    "load_regions",
    "posts_of",
    "region_by_code",
    "register_person",
    "subregions",
    "tree_problems",
]

NO_REGION = code("ORG-104", "The region does not exist.", status=404)
NO_CELLS = code("ORG-105", "Grid cells cannot be drawn there.", status=422)
DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """A region as a city package states it."""

    code: str
    name: str
    level: str
    parent: str | None = None
    name_en: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """A body as a city package states it."""

    key: str
    name: str
    name_en: str = ""
    kind: str = ""
    parent: str | None = None
    region: str | None = None
    credit_code: str = ""


def _load_tree(
    model: type[models.Model], key_field: str, paths: dict[str, str], wanted: dict[str, dict[str, Any]]
) -> Changes:
    """Write ``wanted`` (fields by key, ``parent`` as a key) level by level; mark what vanished."""
    changes = Changes()
    rows: Any = model._default_manager
    names = ["path", "is_current", *next(iter(wanted.values()), {})]
    links = [name for name in names if model._meta.get_field(name).is_relation]
    existing = {getattr(row, key_field): row for row in rows.select_related(*links)}
    for depth in sorted({path.count("/") for path in paths.values()}):
        created, updated = [], []
        for key, path in paths.items():
            if path.count("/") != depth:
                continue
            parent = wanted[key]["parent"]
            values = {
                **wanted[key],
                "parent": existing[parent] if parent else None,
                "path": path,
                "is_current": True,
            }
            row = existing.get(key)
            if row is None:
                row = existing[key] = model(**{key_field: key}, **values)
                created.append(row)
                changes.added.append(key)
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                updated.append(row)
                changes.changed.append(key)
            else:
                changes.unchanged += 1
        rows.bulk_create(created, batch_size=500)
        rows.bulk_update(updated, names, batch_size=500)
    gone = [
        key for key, row in existing.items() if key not in paths and row.is_current and not _is_drawn(row)
    ]
    rows.filter(**{f"{key_field}__in": gone}).update(is_current=False)
    changes.removed = gone
    return changes


def _is_drawn(row: Any) -> bool:
    """Whether it is a grid cell that was drawn here: no package brings it, none takes it away."""
    return isinstance(row, Region) and row.kind == DRAWN


@transaction.atomic
def draw_cells(parent: Region, facts: Sequence[tuple[str, str]], *, by: Actor) -> list[Region]:
    """Make the grid cells drawn within ``parent`` these codes and names; others drawn there go out of use.

    Raises ProblemError ORG-105 for a parent that is a grid cell or gone, or a code that is taken.
    """
    if parent.level == RegionLevel.GRID or not parent.is_current:
        message = said("{code} is no region that cells are drawn in", code=parent.code)
        raise ProblemError(Problem(NO_CELLS, message, Where(field="region")))
    codes = [code_ for code_, _name in facts]
    existing = {row.code: row for row in Region.objects.filter(code__in=codes)}
    taken = [row for row in existing.values() if row.kind != DRAWN or row.parent_id != parent.pk]
    if taken:
        message = said("the code {code} is taken", code=taken[0].code)
        raise ProblemError(Problem(NO_CELLS, message, Where(field="region")))
    Region.objects.filter(parent=parent, kind=DRAWN).exclude(code__in=codes).update(is_current=False)
    made = [
        Region(
            code=code_,
            name=name,
            level=RegionLevel.GRID,
            kind=DRAWN,
            parent=parent,
            path=f"{parent.path}{code_}/",
        )
        for code_, name in facts
        if code_ not in existing
    ]
    Region.objects.bulk_create(made, batch_size=500)
    for code_, name in facts:
        if code_ in existing and (existing[code_].name != name or not existing[code_].is_current):
            existing[code_].name, existing[code_].is_current = name, True
            existing[code_].save(update_fields=["name", "is_current"])
    audit.record(by, "org.region.draw", f"kernel_org.region:{parent.code}", detail={"cells": len(codes)})
    rows = {row.code: row for row in Region.objects.filter(code__in=codes)}
    return [rows[code_] for code_ in codes]


@transaction.atomic
def load_regions(facts: Iterable[RegionFacts], *, by: Actor) -> Changes:
    """Make the region tree equal ``facts``; regions that vanished stay, marked as not current.

    Raises ProblemError (ORG-101, 102, 103) with every mistake, before anything is written.
    """
    rows = list(facts)
    refuse_twice([row.code for row in rows], "region")
    paths = paths_of({row.code: row.parent for row in rows}, "region")
    wanted: dict[str, dict[str, Any]] = {
        row.code: {
            "name": row.name,
            "name_en": row.name_en,
            "level": row.level,
            "kind": row.kind,
            "parent": row.parent,
        }
        for row in rows
    }
    changes = _load_tree(Region, "code", paths, wanted)
    if changes:
        audit.record(by, "org.region.load", "kernel_org.region", detail=changes.counts())
    return changes


@transaction.atomic
def load_bodies(facts: Iterable[BodyFacts], *, by: Actor) -> Changes:
    """Make the tree of bodies equal ``facts``; bodies that vanished stay, marked as not current.

    Raises ProblemError (ORG-101 to 104) with every mistake, before anything is written.
    """
    rows = list(facts)
    refuse_twice([row.key for row in rows], "body")
    paths = paths_of({row.key: row.parent for row in rows}, "body")
    codes = {row.region for row in rows if row.region}
    regions = {region.code: region for region in Region.objects.filter(code__in=codes)}
    if missing := [row for row in rows if row.region and row.region not in regions]:
        raise ProblemError(
            *(
                Problem(
                    NO_REGION,
                    said("body {key}: no region {region}", key=row.key, region=row.region),
                    Where(field=row.key),
                )
                for row in missing
            )
        )
    wanted: dict[str, dict[str, Any]] = {
        row.key: {
            "name": row.name,
            "name_en": row.name_en,
            "kind": row.kind,
            "credit_code": row.credit_code,
            "region": regions[row.region] if row.region else None,
            "parent": row.parent,
        }
        for row in rows
    }
    changes = _load_tree(Body, "key", paths, wanted)
    if changes:
        audit.record(by, "org.body.load", "kernel_org.body", detail=changes.counts())
    return changes


def region_by_code(value: str) -> Region:
    """The region with this code. Raises ProblemError ORG-104."""
    try:
        return Region.objects.get(code=value)
    except Region.DoesNotExist:
        raise ProblemError(Problem(NO_REGION, said("no region has the code {value}", value=value))) from None


@transaction.atomic
def register_person(
    name: str,
    *,
    by: Actor,
    phone: str = "",
    email: str = "",
    region: Region | None = None,
    is_demo: bool = False,
) -> Person:
    """Add a person with a random code."""
    person = Person.objects.create(name=name, phone=phone, email=email, region=region, is_demo=is_demo)
    audit.record(by, "org.person.register", f"kernel_org.person:{person.code}", subject=person.code)
    return person


@transaction.atomic
def appoint(person: Person, role: str, body: Body, region: Region, *, by: Actor, title: str = "") -> Post:
    """Give ``person`` a post, or return the same post when it is held already."""
    post, created = Post.objects.get_or_create(
        person=person, role=role, body=body, region=region, until=None, defaults={"title": title}
    )
    if created:
        detail = {"role": role, "body": body.key, "region": region.code}
        audit.record(by, "org.post.appoint", f"kernel_org.person:{person.code}", detail=detail)
    return post


@transaction.atomic
def dismiss(post: Post, *, by: Actor) -> None:
    """End a post now; what was done under it stays."""
    post.until = timezone.now()
    post.save(update_fields=["until"])
    detail = {"role": post.role, "body": post.body.key}
    audit.record(by, "org.post.dismiss", f"kernel_org.person:{post.person.code}", detail=detail)


def actor_of(person: Person, *, address: str = "") -> Actor:
    """The actor that ``person`` is now: a scope for each post that is held, a citizen's, the public's."""
    now = timezone.now()
    held = person.posts.filter(since__lte=now).filter(models.Q(until=None) | models.Q(until__gt=now))
    posts = held.values_list("role", "body__path", "region__path")
    scopes = tuple(Scope(role, body, region) for role, body, region in posts)
    return Actor(
        f"person:{person.code}", person.name, (*scopes, Scope("citizen"), Scope("public")), address=address
    )


def posts_of(person: Person) -> list[Post]:
    """The posts that ``person`` holds now, with body and region."""
    now = timezone.now()
    held = person.posts.filter(since__lte=now).filter(models.Q(until=None) | models.Q(until__gt=now))
    return list(held.select_related("body", "region"))


def city_region() -> Region | None:
    """The city that is loaded, or None before one is."""
    return _CITY.first()


_CITY = Prepared(lambda: Region.objects.filter(level=RegionLevel.CITY, is_current=True).order_by("code")[:1])


def city_name(*, english: bool = False) -> str:
    """The name of the city that is loaded, in Chinese or English; empty before one is."""
    city = city_region()
    if city is None:
        return ""
    return (city.name_en or city.name) if english else city.name


def subregions(region: Region) -> list[Region]:
    """The current regions below ``region``, by code."""
    below = Region.objects.filter(path__under=region.path, is_current=True)
    return list(below.exclude(pk=region.pk).order_by("code"))
