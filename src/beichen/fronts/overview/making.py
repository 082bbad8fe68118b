"""Screens that people make (自制大屏): drafts in versions, published, withdrawn, brought back, deleted.

Every change is a new version, and says which one its maker had before: who comes second is told, and
overwrites nothing. Readers see the published version alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.overview.models import MadeScreen, ScreenVersion, ThingLayer, VideoSource
from beichen.fronts.overview.rights import WRITE
from beichen.fronts.overview.screens.text import check_screen
from beichen.fronts.overview.screens.vocabulary import widgets_of
from beichen.hubs.data.service import indicators
from beichen.kernel.access.service import decide, require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.platforms.geo import service as geo
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

CHANGED = code("OVW-111", "The screen was changed by somebody else in the meantime.", status=409)
NO_SCREEN = code("OVW-112", "There is no such screen that the actor may change.", status=404)
UNKEPT = code("OVW-113", "A screen cannot be kept or published like this.", status=422)
MOST_SCREENS = 1_000
MOST_VERSIONS = 200
"""Of a screen; the oldest that is neither draft nor published goes first."""
_COMPARED = ("name", "name_en", "level", "theme", "widgets")


def made_screens(by: Actor) -> QuerySet[MadeScreen]:
    """The screens that ``by`` may change. Raises ProblemError ACC-403."""
    require(by, WRITE)
    rows = MadeScreen.objects.select_related("draft", "published", "body", "region")
    return visible(by, WRITE, rows)


def find_screen(key: str, *, by: Actor) -> MadeScreen:
    """One of them. Raises ProblemError ACC-403, OVW-112."""
    row = made_screens(by).filter(key=key[:60]).first()
    return _allowed(row, key, by)


def create_screen(
    declared: dict[str, Any],
    *,
    body: Body | None,
    region: Region | None,
    by: Actor,
    note: str = "",
    copied: Sequence[dict[str, Any]] = (),
) -> MadeScreen:
    """A new screen with its first draft, which ``body`` answers for in ``region``.

    ``copied`` are widgets of another screen: what they name and this city lacks is not refused. Raises
    ProblemError: ACC-403; OVW-103 and the codes of the schema for what is wrong in it; OVW-113.
    """
    version = _version(declared, note, by, copied)
    row = MadeScreen(key=declared["key"], body=body, region=region, level=version.level)
    require(by, WRITE, row)
    with transaction.atomic():
        if MadeScreen.objects.count() >= MOST_SCREENS:
            raise _unkept(said("{limit} screens are made already", limit=MOST_SCREENS))
        if MadeScreen.objects.filter(key=row.key).exists():
            raise _unkept(said("the key {key} is taken", key=row.key), "key")
        row.save()
        _add(row, version)
        _record(row, "create", by, {"body": body.key if body else "", "level": row.level})
    return row


@transaction.atomic
def save_draft(key: str, declared: dict[str, Any], *, seen: int, by: Actor, note: str = "") -> ScreenVersion:
    """The next version; what is as it was writes nothing. ``seen`` numbers the version that was changed.

    Raises ProblemError: ACC-403, OVW-111, OVW-112; OVW-103 and the codes of the schema.
    """
    row = _held(key, seen, by)
    before = row.draft
    version = _version(declared, note, by, before.widgets if before else ())
    require(by, WRITE, row, level=Level(version.level))
    if before is not None and all(getattr(before, one) == getattr(version, one) for one in _COMPARED):
        return before
    _add(row, version)
    _record(row, "save", by, {"version": version.number, "widgets": len(version.widgets)})
    return version


@transaction.atomic
def publish_screen(key: str, *, seen: int, by: Actor) -> MadeScreen:
    """Show the draft to whoever may see it. Raises ProblemError ACC-403, OVW-111, OVW-112, OVW-113."""
    row = _held(key, seen, by)
    draft = row.draft
    if draft is None or not draft.widgets:
        raise _unkept(said("nothing stands on the screen yet"))
    require(by, WRITE, row, level=Level(draft.level))
    row.published, row.published_at, row.level = draft, timezone.now(), draft.level
    row.save(update_fields=["published", "published_at", "level"])
    _record(row, "publish", by, {"version": draft.number, "level": draft.level})
    return row


@transaction.atomic
def withdraw_screen(key: str, *, seen: int, by: Actor) -> MadeScreen:
    """Show it to nobody any more; its versions stay. Raises ProblemError ACC-403, OVW-111, OVW-112."""
    row = _held(key, seen, by)
    if row.published is not None:
        row.published, row.published_at = None, None
        row.level = row.draft.level if row.draft else row.level
        row.save(update_fields=["published", "published_at", "level"])
        _record(row, "withdraw", by, {})
    return row


@transaction.atomic
def restore_version(key: str, number: int, *, seen: int, by: Actor) -> ScreenVersion:
    """An older version once more, as the newest draft. Raises ProblemError ACC-403, OVW-111, OVW-112."""
    row = _held(key, seen, by)
    old = row.versions.filter(number=number).first()
    if old is None:
        raise _none(key)
    require(by, WRITE, row, level=Level(old.level))
    values = {name: getattr(old, name) for name in _COMPARED}
    version = _signed(ScreenVersion(**values, note=said("version {number} again", number=number)), by)
    _add(row, version)
    _record(row, "restore", by, {"version": version.number, "from": number})
    return version


@transaction.atomic
def delete_screen(key: str, *, seen: int, by: Actor) -> None:
    """Take the screen away with its versions. Raises ProblemError ACC-403, OVW-111, OVW-112."""
    row = _held(key, seen, by)
    detail = {"versions": row.versions.count(), "name": row.draft.name if row.draft else ""}
    _record(row, "delete", by, detail)
    row.delete()


def _held(key: str, seen: int, by: Actor) -> MadeScreen:
    """The screen, locked until the end of the transaction. Raises ProblemError."""
    rows = made_screens(by).select_for_update(of=("self",))
    row = _allowed(rows.filter(key=key[:60]).first(), key, by)
    draft = row.draft
    if draft is not None and draft.number != seen:
        words = said(
            "{who} kept version {number} at {at}",
            who=draft.made_by_name,
            number=draft.number,
            at=f"{timezone.localtime(draft.made_at):%m-%d %H:%M}",
        )
        hint = said("look at it, then change it; nothing of yours was written")
        raise ProblemError(Problem(CHANGED, shorten(words), hint=hint))
    return row


def _allowed(row: MadeScreen | None, key: str, by: Actor) -> MadeScreen:
    """The row, when its draft too lies within the actor's clearance."""
    if row is None or (row.draft and not decide(by, WRITE, row, level=Level(row.draft.level))):
        raise _none(key)
    return row


def _version(
    declared: dict[str, Any], note: str, by: Actor, before: Sequence[dict[str, Any]]
) -> ScreenVersion:
    """A checked version that is not written yet; names that stood in ``before`` may be unknown here."""
    check_screen(declared)
    if unknown := list(_unknown(declared["widgets"], before)):
        raise ProblemError(*unknown)
    version = ScreenVersion(
        name=declared["name"]["zh"],
        name_en=declared["name"]["en"],
        level=Level[declared.get("level", "L1")].value,
        theme=declared.get("theme", "auto"),
        widgets=widgets_of(declared),
        note=note[:200],
    )
    return _signed(version, by)


def _unknown(widgets: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """What widgets are bound to and nobody declares: a query for each sort of thing that is named."""
    sorts: dict[str, QuerySet[Any]] = {
        "indicator": indicators().values_list("key", flat=True),
        "things": ThingLayer.objects.values_list("type", flat=True),
        "layers": geo.layers().values_list("key", flat=True),
        "video": VideoSource.objects.values_list("key", flat=True),
    }
    for name, keys in sorts.items():
        named = _named(name, widgets) - _named(name, before)
        known = set(keys) if named else set()
        for key in sorted(named - known):
            words = said("nothing declares {name} {key}", name=name, key=key)
            yield Problem(NO_REFERENCE, shorten(words), Where(field=name), nearest(key, known))


def _named(name: str, widgets: Sequence[dict[str, Any]]) -> set[str]:
    several = [widget.get(name, []) for widget in widgets]
    return {key for one in several for key in ([one] if isinstance(one, str) else one)}


def _signed(version: ScreenVersion, by: Actor) -> ScreenVersion:
    version.made_at, version.made_by, version.made_by_name = timezone.now(), by.key[:80], by.name[:120]
    return version


def _add(row: MadeScreen, version: ScreenVersion) -> None:
    """The version as the newest, and no more of them than are kept."""
    version.screen, version.number = row, (row.draft.number if row.draft else 0) + 1
    version.save()
    row.draft = version
    row.level = version.level if row.published is None else row.level
    row.save(update_fields=["draft", "level"])
    standing = [one.pk for one in (row.draft, row.published) if one is not None]
    old = row.versions.exclude(pk__in=standing).order_by("-number")[MOST_VERSIONS - len(standing) :]
    row.versions.filter(pk__in=list(old.values_list("pk", flat=True))).delete()


def _record(row: MadeScreen, act: str, by: Actor, detail: dict[str, Any]) -> None:
    audit.record(by, f"overview.screen.{act}", f"fronts_overview.madescreen:{row.key}", detail=detail)


def _unkept(message: str, field: str = "") -> ProblemError:
    return ProblemError(Problem(UNKEPT, shorten(message), Where(field=field or None)))


def _none(key: str) -> ProblemError:
    return ProblemError(Problem(NO_SCREEN, shorten(said("no screen {key}", key=key[:60]))))
