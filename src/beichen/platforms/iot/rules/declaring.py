"""Declaring rules of scenes, and switching them on and off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.changes import Changes
from beichen.platforms.iot import codes
from beichen.platforms.iot.models import Rule, RuleState
from beichen.platforms.iot.rights import MANAGE, READ
from beichen.platforms.iot.rules.declaration import level_of, read_rule
from beichen.problem import Problem, ProblemError, Where, said, shorten

MOST_REASON = 300
Declared = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def declare_rules(declared: Declared, types: Mapping[str, Any], *, scene: str, by: Actor) -> Changes:
    """Make the rules of ``scene`` equal ``declared``; ``types`` are those of `objects.yaml` that it knows.

    What a rule says anew begins anew: its states are forgotten, what it raised stays. A rule that is no
    longer declared, and one that somebody switched off, raise nothing.
    """
    rows = {row.key: row for row in Rule.objects.filter(scene=scene)}
    changes = Changes()
    for short, facts in declared.items():
        key = f"{scene}.{short}"
        rule = read_rule(key, facts)
        values = {
            "name": rule.zh,
            "name_en": rule.en,
            "type": rule.kind,
            "measure": rule.measure,
            "raises": rule.raises,
            "declared": dict(facts),
            "level": level_of(types.get(rule.kind, {}), rule),
            "is_current": True,
        }
        _write(rows.get(key), key, scene, values, changes)
    gone = [row for key, row in rows.items() if row.is_current and key.partition(".")[2] not in declared]
    for row in gone:
        changes.removed.append(row.key)
        _forget(row)
        row.is_current, row.revision = False, row.revision + 1
        row.save(update_fields=["is_current", "revision"])
    if changes:
        detail = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        audit.record(by, "iot.rule.declare", f"platforms_iot.rule:{scene}", detail=detail)
    return changes


def _write(row: Rule | None, key: str, scene: str, values: dict[str, Any], changes: Changes) -> None:
    now = timezone.now()
    if row is None:
        Rule.objects.create(key=key, scene=scene, changed_at=now, **values)
        changes.added.append(key)
        return
    if all(getattr(row, name) == value for name, value in values.items()):
        changes.unchanged += 1
        return
    for name, value in values.items():
        setattr(row, name, value)
    if row.trouble:  # what the house could not evaluate is tried again as it is now
        row.trouble, row.is_on = "", True
    row.version, row.revision, row.changed_at = row.version + 1, row.revision + 1, now
    row.save()
    _forget(row)
    changes.changed.append(key)


def _forget(row: Rule) -> None:
    RuleState.objects.filter(rule=row).delete()


def rules(*, by: Actor) -> QuerySet[Rule]:
    """The rules that ``by`` may see, by key."""
    return access.visible(by, READ, Rule.objects.filter(is_current=True))


def find_rule(key: str, *, by: Actor) -> Rule:
    """One of them. Raises ProblemError IOT-120, ACC-403."""
    access.require(by, READ)
    row = rules(by=by).filter(key=key).first()
    if row is None:
        message = shorten(said("no rule has the key {key}", key=key))
        raise ProblemError(Problem(codes.NO_RULE, message, hint=said("beichen rules list shows them")))
    return row


@transaction.atomic
def switch_rule(key: str, *, is_on: bool, reason: str, by: Actor) -> Rule:
    """Let a rule raise events, or none; its states begin anew. Switching to where it is changes nothing.

    Raises ProblemError IOT-120, IOT-125, ACC-403.
    """
    row = find_rule(key, by=by)
    access.require(by, MANAGE, row)
    reason = " ".join(reason.split())
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        message = said("a reason of up to {limit} characters", limit=MOST_REASON)
        raise ProblemError(Problem(codes.NO_REASON, message, Where(field="reason")))
    if row.is_on == is_on:
        return row
    row.is_on, row.reason, row.trouble, row.revision = is_on, reason, "", row.revision + 1
    row.changed_at = timezone.now()
    row.save()
    _forget(row)
    verb = "switched-on" if is_on else "switched-off"
    audit.record(by, f"iot.rule.{verb}", f"platforms_iot.rule:{key}", reason=reason)
    bus.publish(f"iot.rule.{verb}", key, {"rule": key, "version": row.version}, by=by, level=row.level)
    return row


def fail_rule(row: Rule, trouble: str, *, by: Actor) -> None:
    """Switch off a rule that cannot be evaluated, in the caller's transaction; it alone."""
    Rule.objects.filter(pk=row.pk).update(is_on=False, trouble=trouble[:300], revision=F("revision") + 1)
    _forget(row)
    audit.record(by, "iot.rule.failed", f"platforms_iot.rule:{row.key}", reason=trouble[:300])
    data = {"rule": row.key, "version": row.version, "trouble": trouble[:300]}
    bus.publish("iot.rule.failed", row.key, data, by=by, level=row.level)
