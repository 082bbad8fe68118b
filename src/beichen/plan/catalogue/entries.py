"""Writing the catalogue list: which plans are to be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import transaction

from beichen.kernel.access.service import Decision, decide, permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.plan.catalogue.models import Entry
from beichen.plan.catalogue.reading import covers_of
from beichen.plan.models import Node, PlanIndicator, PlanKind
from beichen.plan.service import current_plan
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

EDIT = permission("plan.catalogue.edit", "维护规划目录清单", "Keep the catalogue of plans")
NO_ENTRY = code("PLN-701", "The catalogue has no such plan.", status=404)
BAD_ENTRY = code("PLN-702", "An entry of the catalogue does not fit.", status=422)
NO_PLACE = code("PLN-703", "The outline has no such heading or indicator.", status=422)
RESERVED = ("new",)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry as a planner states it."""

    key: str
    title: str
    kind: str
    region: Region
    body: Body
    due: date | None = None
    approver: str = ""
    covers: str = ""
    note: str = ""
    is_demo: bool = False


def entry_of(key: str) -> Entry:
    """The entry with this key. Raises ProblemError PLN-701."""
    found = Entry.objects.select_related("region", "body").filter(key=key).first()
    if found is None:
        raise ProblemError(Problem(NO_ENTRY, shorten(said("the catalogue has no plan {key}", key=key))))
    return found


@dataclass(frozen=True, slots=True)
class _Own:
    """An entry as something of its body's own: what an officer's post must reach."""

    region: Region
    body: Body
    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path")


def decide_own(by: Actor, action: str, entry: Entry) -> Decision:
    """Whether ``by`` may do ``action`` for the body that makes the plan: its officers, or a planner."""
    own = decide(by, action, _Own(entry.region, entry.body))
    return own if own or not decide(by, EDIT, entry) else decide(by, action, entry)


def require_own(by: Actor, action: str, entry: Entry) -> None:
    """Raises ProblemError ACC-403 when :func:`decide_own` says no."""
    if not decide_own(by, action, entry):
        require(by, action, _Own(entry.region, entry.body))


def _problems(facts: EntryFacts) -> list[Problem]:
    problems = []
    if facts.kind not in PlanKind.values:
        hint = nearest(facts.kind, PlanKind.values)
        problems.append(
            Problem(BAD_ENTRY, shorten(said("{kind} is no kind", kind=facts.kind)), Where(field="kind"), hint)
        )
    if not facts.key or facts.key in RESERVED:
        problems.append(
            Problem(BAD_ENTRY, said("this key cannot be used"), Where(field="key"), said("another word"))
        )
    if not facts.title.strip():
        problems.append(Problem(BAD_ENTRY, said("the plan has no title"), Where(field="title")))
    return problems + _cover_problems(facts.covers)


def _cover_problems(text: str) -> list[Problem]:
    """Headings and indicators that the outline does not have; none without an outline."""
    outline, covers = current_plan(), covers_of(text)
    if outline is None or not (covers.locations or covers.numbers):
        return []
    known = set(Node.objects.filter(plan=outline).values_list("location", flat=True))
    numbers = set(PlanIndicator.objects.filter(plan=outline).values_list("number", flat=True))
    missing = [item for item in covers.locations if item not in known]
    missing += [f"#{item}" for item in sorted(covers.numbers - numbers)]
    where = Where(field="covers")
    hint = said("headings as 7 or 9.2, indicators as #19")
    return [
        Problem(NO_PLACE, shorten(said("the outline has no {item}", item=item)), where, hint)
        for item in missing
    ]


@transaction.atomic
def save_entry(facts: EntryFacts, *, by: Actor) -> Entry:
    """Put a plan on the list, or change what the list says of it. Publishes ``plan.catalogue.listed``.

    Raises ProblemError: ACC-403, PLN-702, PLN-703.
    """
    values: dict[str, Any] = {name: getattr(facts, name) for name in EntryFacts.__slots__ if name != "key"}
    draft = Entry(key=facts.key, **values)
    require(by, EDIT, draft)
    problems = _problems(facts)
    if problems:
        raise ProblemError(*problems)
    held = Entry.objects.filter(key=facts.key).first()
    if held is not None and all(getattr(held, name) == value for name, value in values.items()):
        return held
    entry, _created = Entry.objects.update_or_create(key=facts.key, defaults=values)
    detail = {name: str(value) for name, value in values.items()}
    audit.record(by, EDIT, f"plan_catalogue.entry:{entry.key}", detail=detail)
    data = {"entry": entry.key, "title": entry.title, "kind": entry.kind, "body": entry.body.key}
    publish("plan.catalogue.listed", entry.key, data, by=by, region=entry.region.path)
    return entry
