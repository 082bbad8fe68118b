"""Purging entities (clauses 5.6.21, 6.4.3.3): all that a query finds, or some of their attributes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.api.answer import answer, empty, problem_document
from beichen.registry.api.asking import ASKING, Showing, asking_of, names_of
from beichen.registry.api.call import JSON, Call
from beichen.registry.document.changes import Document, Result
from beichen.registry.document.expansion import Entity
from beichen.registry.document.representation import Representation
from beichen.registry.problems import bad_parameter
from beichen.registry.query.search import Search

PURGING = (
    *(name for name in ASKING if name not in {"limit", "offset", "count"}),
    "attrs",
    "keep",
    "drop",
    "local",
)
_HEAD = frozenset({"id", "type", "scope"})


def without(goes: Callable[[str], bool]) -> Callable[[Document], Result]:
    """A change that takes away the attributes that ``goes`` names."""

    def change(document: Document) -> Result:
        left = {name: value for name, value in document.items() if name in _HEAD or not goes(name)}
        gone = sorted(set(document) - set(left))
        return Result(left, {(name, "") for name in gone}, gone)

    return change


def purge(request: HttpRequest) -> HttpResponse:
    """DELETE entities. As many as a query may read (REG-106) are purged in one transaction."""
    call = Call(request, PURGING)
    call.writer()
    shown = Representation(call.context)
    shown.attributes = names_of(call.words("attrs"), call.context, "attrs")
    keep = names_of(call.words("keep"), call.context, "keep")
    drop = names_of(call.words("drop"), call.context, "drop")
    if keep and drop:
        raise bad_parameter("keep", "keep does not go with drop")
    search = Search(asking_of(call, Showing(shown)).query, call.actor, with_times=False)
    urns = search.urns()
    if not urns:
        return empty()
    if not keep and not drop:
        return _several(urns, service.remove_objects(urns, by=call.actor))
    change = without((lambda name: name in drop) if drop else (lambda name: name not in keep))
    drafts = [service.Draft(Entity(urn, [], None), change, may_create=False) for urn in urns]
    written = service.write_objects(drafts, by=call.actor)
    return _several(urns, {urns[number]: error for number, error in written.errors.items()})


def _several(urns: list[str], errors: dict[str, ProblemError]) -> HttpResponse:
    if not errors:
        return empty()
    success = [urn for urn in urns if urn not in errors]
    failed = [{"entityId": urn, "error": problem_document(error)} for urn, error in errors.items()]
    return answer({"success": success, "errors": failed}, JSON, status=207)
