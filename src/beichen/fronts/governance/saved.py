"""Saved views of the queue: a person's own, at most :data:`MOST`."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import QuerySet

from beichen.fronts.governance.models import SavedView
from beichen.hubs.events.service import READ
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.problem import Problem, ProblemError, Where, code, said

NO_NAME = code("GOV-101", "A saved view needs a name.", status=422)
NO_VIEW = code("GOV-102", "There is no such saved view.", status=404)
TOO_MANY = code("GOV-103", "There are too many saved views.", status=422)
MOST = 30
LONGEST = 60
_NOT_KEPT = frozenset({"page", "format"})


def saved_views(*, by: Actor) -> QuerySet[SavedView]:
    """The actor's own views, by name."""
    return SavedView.objects.filter(owner=by.key)


def _clean(query: str) -> str:
    pairs = [(key, value) for key, value in parse_qsl(query) if key not in _NOT_KEPT]
    return urlencode(pairs)[:500]


@transaction.atomic
def save_view(name: str, query: str, *, by: Actor) -> SavedView:
    """Keep the address's words under a name; a name that is there already gets the new words.

    Raises ProblemError GOV-101, GOV-103, ACC-403.
    """
    access.require(by, READ)
    title = " ".join(name.split())[:LONGEST]
    if not title:
        raise ProblemError(Problem(NO_NAME, said("the view has no name"), Where(field="name")))
    known = SavedView.objects.select_for_update().filter(owner=by.key, name=title).first()
    if known is None and saved_views(by=by).count() >= MOST:
        hint = said("delete one first")
        raise ProblemError(
            Problem(TOO_MANY, said("at most {limit} views", limit=MOST), Where(field="name"), hint)
        )
    row = known or SavedView(owner=by.key, name=title)
    row.query = _clean(query)
    row.save()
    audit.record(by, "governance.view.save", f"fronts_governance.savedview:{row.pk}", detail={"name": title})
    bus.publish("governance.view.saved", str(row.pk), {}, by=by, level=2)
    return row


@transaction.atomic
def delete_view(number: int, *, by: Actor) -> None:
    """Forget one of the actor's own views. Raises ProblemError GOV-102."""
    row = saved_views(by=by).select_for_update().filter(pk=number).first()
    if row is None:
        raise ProblemError(Problem(NO_VIEW, said("you have no such view")))
    audit.record(
        by, "governance.view.delete", f"fronts_governance.savedview:{number}", detail={"name": row.name}
    )
    bus.publish("governance.view.deleted", str(number), {}, by=by, level=2)
    row.delete()
