"""Schemes: stated by a package or written by people, checked, adopted, followed by a next version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from beichen.hubs.data.service import SubjectKind, evidence
from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body, Region
from beichen.problem import Problem, ProblemError, Where, code, said, shorten
from beichen.supports.evaluation.facts import CriterionFacts, SchemeFacts, stated
from beichen.supports.evaluation.models import Criterion, Scheme
from beichen.supports.evaluation.rights import ADOPT, DESIGN
from beichen.supports.evaluation.soundness import (
    Fault,
    Offer,
    criterion_faults,
    grade_faults,
    group_faults,
    tree_faults,
)
from beichen.supports.evaluation.words import SchemeStatus, Source

FROZEN = code("EVA-103", "What was adopted is not changed.", status=409)
TWICE = code("EVA-118", "The key is taken.", status=409)
NO_CRITERION = code("EVA-120", "The scheme has no such criterion.", status=404)
COPIED = ("key", "kind", "subject_kind", "name", "name_en", "about", "about_en", "origin", "origin_en")


def offers_about(kind: str) -> dict[str, Offer]:
    """What evidence there is about a kind of subject, by key."""
    if kind not in {one.value for one in SubjectKind}:
        return {}
    return {item.key: Offer(item.subject, item.direction) for item in evidence(SubjectKind(kind))}


def _members(kind: str, groups: Sequence[Mapping[str, Any]]) -> set[str]:
    """Those members of the groups that exist."""
    named = {member for group in groups for member in group["members"]}
    if kind == SubjectKind.REGION:
        rows = Region.objects.filter(code__in=named, is_current=True)
        return set(rows.values_list("code", flat=True))
    return set(Body.objects.filter(key__in=named, is_current=True).values_list("key", flat=True))


def _frame_faults(facts: SchemeFacts) -> Iterator[Fault]:
    yield from group_faults(facts.subject_kind, facts.groups, _members(facts.subject_kind, facts.groups))
    yield from grade_faults(facts.grades)


def faults_of(facts: SchemeFacts) -> list[Problem]:
    """Everything for which a scheme cannot be adopted (EVA-102, 104, 105, 106, 122)."""
    offers = offers_about(facts.subject_kind)
    found = [*_frame_faults(facts), *tree_faults(facts.criteria)]
    for item in facts.criteria:
        found += criterion_faults(item, facts.subject_kind, offers)
    return [fault.problem() for fault in found]


def facts_of(scheme: Scheme) -> SchemeFacts:
    """A scheme's version as it could be stated again."""
    names = (*COPIED, "is_proposal")
    return SchemeFacts(
        **{name: getattr(scheme, name) for name in names},
        groups=tuple(scheme.groups),
        grades=tuple(scheme.grades),
        criteria=tuple(stated(scheme.criteria.select_related("parent").order_by("position"))),
    )


def _write(facts: SchemeFacts, region: Region | None, owner: str) -> Scheme:
    """The facts as the next version of their scheme, a draft."""
    last = Scheme.objects.filter(key=facts.key).aggregate(last=Max("version"))["last"] or 0
    values = asdict(facts)
    del values["criteria"]
    values["groups"], values["grades"] = list(facts.groups), list(facts.grades)
    digest = facts.digest() if owner else ""
    scheme = Scheme.objects.create(**values, version=last + 1, region=region, owner=owner, stated=digest)
    known: dict[str, Criterion] = {}
    for position, item in enumerate(facts.criteria):
        row = Criterion(scheme=scheme, position=position, parent=known.get(item.parent))
        known[item.key] = _take(row, item)
        known[item.key].save()
    return scheme


def _take(row: Criterion, item: CriterionFacts) -> Criterion:
    for name, value in asdict(item).items():
        if name != "parent":
            setattr(row, name, (value or None) if name in {"weight", "limit"} else value)
    return row


@transaction.atomic
def load_schemes(facts: Iterable[SchemeFacts], *, owner: str, region: Region | None, by: Actor) -> Changes:
    """Keep what a package states: a scheme that is new or different becomes the next draft version.

    What people adopted or edited stays beside it. Raises ProblemError EVA-102, 104 to 106, 122.
    """
    changes = Changes()
    for item in facts:
        held = Scheme.objects.filter(key=item.key, owner=owner).order_by("-version").first()
        if held is not None and held.stated == item.digest():
            changes.unchanged += 1
            continue
        if problems := faults_of(item):
            raise ProblemError(*problems)
        scheme = _write(item, region, owner)
        (changes.changed if held else changes.added).append(item.key)
        _record(by, "evaluation.scheme.load", scheme, {"owner": owner})
    return changes


def _record(by: Actor, action: str, scheme: Scheme, detail: dict[str, Any]) -> None:
    resource = f"supports_evaluation.scheme:{scheme.key}/{scheme.version}"
    audit.record(by, action, resource, detail=detail)


@transaction.atomic
def draft_scheme(facts: SchemeFacts, *, region: Region | None, by: Actor) -> Scheme:
    """Begin a scheme of one's own; its tree is checked when it is adopted.

    Raises ProblemError ACC-403, EVA-106, EVA-118, EVA-122.
    """
    require(by, DESIGN, Scheme(region=region))
    if problems := [fault.problem() for fault in _frame_faults(facts)]:
        raise ProblemError(*problems)
    if Scheme.objects.filter(key=facts.key).exists():
        raise ProblemError(
            Problem(TWICE, said("the scheme {key} exists", key=facts.key[:40]), Where(field="key"))
        )
    scheme = _write(facts, region, "")
    _record(by, DESIGN, scheme, {"kind": scheme.kind})
    return scheme


def _unlocked(scheme: Scheme) -> Scheme:
    """The scheme's row, held for this transaction. Raises ProblemError EVA-103 once it was adopted."""
    row = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    if row.status != SchemeStatus.DRAFT:
        hint = said("begin the next version and change that")
        raise ProblemError(
            Problem(FROZEN, said("version {version} is adopted", version=row.version), hint=hint)
        )
    return row


@transaction.atomic
def next_version(scheme: Scheme, *, by: Actor) -> Scheme:
    """A draft that says the same, to be changed; a draft that is there already is handed back."""
    require(by, DESIGN, scheme)
    held = Scheme.objects.filter(key=scheme.key, status=SchemeStatus.DRAFT).order_by("-version").first()
    if held is not None:
        return held
    draft = _write(facts_of(scheme), scheme.region, "")
    _record(by, DESIGN, draft, {"from": scheme.version})
    return draft


@transaction.atomic
def save_criterion(scheme: Scheme, facts: CriterionFacts, *, by: Actor, old: str = "") -> Criterion:
    """Add a criterion to a draft, or change the one called ``old``; levels are added up on adoption.

    Raises ProblemError ACC-403, EVA-102 to 105, 118, 120.
    """
    require(by, DESIGN, scheme)
    draft = _unlocked(scheme)
    row = _criterion(draft, old) if old else Criterion(scheme=draft, position=_next_position(draft))
    if facts.key != old and draft.criteria.filter(key=facts.key).exists():
        raise ProblemError(
            Problem(TWICE, said("the criterion {key} exists", key=facts.key[:40]), Where(field="key"))
        )
    parent = _criterion(draft, facts.parent) if facts.parent else None
    problems = [one.problem() for one in criterion_faults(facts, draft.subject_kind, _offers(facts, draft))]
    if parent is not None and (parent.source != Source.GROUP or _is_within(parent, row)):
        message = shorten(said("{key} is no group that this can stand in", key=parent.key))
        problems.append(Problem(NO_CRITERION, message, Where(field="parent")))
    if problems:
        raise ProblemError(*problems)
    row.parent = parent
    _take(row, facts).save()
    _record(by, DESIGN, draft, {"criterion": facts.key})
    return row


def _offers(facts: CriterionFacts, scheme: Scheme) -> dict[str, Offer]:
    return offers_about(scheme.subject_kind) if facts.source == Source.EVIDENCE else {}


def _is_within(node: Criterion | None, row: Criterion) -> bool:
    while node is not None and row.pk is not None:
        if node.pk == row.pk:
            return True
        node = node.parent
    return False


def _next_position(scheme: Scheme) -> int:
    last = scheme.criteria.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _criterion(scheme: Scheme, key: str) -> Criterion:
    row = scheme.criteria.select_related("parent").filter(key=key).first()
    if row is None:
        raise ProblemError(Problem(NO_CRITERION, shorten(said("no criterion {key}", key=key))))
    return row


@transaction.atomic
def remove_criterion(scheme: Scheme, key: str, *, by: Actor) -> None:
    """Take a criterion, and what stands below it, out of a draft. Raises ProblemError EVA-103, EVA-120."""
    require(by, DESIGN, scheme)
    draft = _unlocked(scheme)
    _criterion(draft, key).delete()
    _record(by, DESIGN, draft, {"removed": key})


@transaction.atomic
def adopt_scheme(scheme: Scheme, *, by: Actor, at: datetime | None = None) -> Scheme:
    """Put a draft in force; from now on it is never changed. Publishes ``evaluation.scheme.adopted``.

    Raises ProblemError ACC-403, EVA-103, and EVA-102, 104 to 106, 122 with everything that is wrong with it.
    """
    require(by, ADOPT, scheme)
    row = _unlocked(scheme)
    if problems := faults_of(facts_of(row)):
        raise ProblemError(*problems)
    row.status, row.adopted_at, row.adopted_by = SchemeStatus.ADOPTED.value, at or timezone.now(), by.key
    row.save(update_fields=["status", "adopted_at", "adopted_by"])
    _record(by, ADOPT, row, {"version": row.version})
    path = row.region.path if row.region else ""
    publish("evaluation.scheme.adopted", row.key, {"version": row.version}, by=by, region=path)
    return row
