"""Batch operations (clauses 5.6.7 to 5.6.10, 5.6.20, 6.14 to 6.17, 6.31): each entity on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from beichen.problem import ProblemError, shorten
from beichen.registry import service
from beichen.registry.api.answer import answer, empty, problem_document
from beichen.registry.api.call import JSON, LD_JSON, Call
from beichen.registry.document import changes
from beichen.registry.document.changes import Result
from beichen.registry.document.context import Context
from beichen.registry.document.expansion import Entity, Expander
from beichen.registry.document.values import Nulls, is_entity_id
from beichen.registry.problems import bad_data, bad_parameter, not_found

BATCH_LIMIT = 10_000
MakeDraft = Callable[[Entity], service.Draft]


@dataclass(slots=True)
class Batch:
    """What was read of a batch: entities, and errors by id for what could not be read."""

    entities: list[Entity] = field(default_factory=list)
    errors: list[tuple[str, ProblemError]] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)


def _read(
    call: Call, *, nulls: Nulls = Nulls.NEVER, needs_type: bool = True, is_patch: bool = False
) -> Batch:
    payload, kind = call.documents()
    _check_size(payload)
    if kind == LD_JSON and call.link() is not None:
        raise ProblemError(bad_data("a JSON-LD body takes no Link header", "/@context"))
    batch = Batch()
    contexts: dict[str, Context] = {}
    for number, item in enumerate(payload):
        if not isinstance(item, dict):
            raise ProblemError(bad_data("an entity is an object", f"/{number}"))
        try:
            context = _context(call, kind, item, contexts)
            expander = Expander(context, nulls, is_patch=is_patch)
            entity = expander.entity(item, needs_type=needs_type)
            expander.finish()
        except ProblemError as error:
            batch.errors.append((str(item.get("id", "")), error))
        else:
            batch.entities.append(entity)
            batch.contexts.append(context)
    return batch


def _context(call: Call, kind: str, item: dict[str, Any], known: dict[str, Context]) -> Context:
    key = repr(item.get("@context"))
    context = known.get(key)
    if context is None:
        context = known[key] = call.body_context(kind, item)
    return context


def _check_size(payload: Sequence[Any]) -> None:
    if len(payload) > BATCH_LIMIT:
        raise ProblemError(bad_data(f"a batch has at most {BATCH_LIMIT} entities", ""))


def _write(call: Call, batch: Batch, make: MakeDraft) -> tuple[service.Written, dict[int, str]]:
    drafts = [make(entity) for entity in batch.entities]
    written = service.write_objects(drafts, by=call.actor) if drafts else service.Written()
    for number, error in written.errors.items():
        batch.errors.append((batch.entities[number].urn, error))
    return written, {number: batch.entities[number].urn for number in written.outcomes}


def _errors(batch: Batch) -> list[dict[str, Any]]:
    return [{"entityId": urn, "error": problem_document(error)} for urn, error in batch.errors]


def _several(success: list[str], batch: Batch) -> HttpResponse:
    return answer({"success": success, "errors": _errors(batch)}, JSON, status=207)


def _partly_refused(result: Result, context: Context) -> ProblemError | None:
    if not result.refused:
        return None
    problems = [bad_data(reason, f"/{context.compact(name)}") for name, reason in result.refused.items()]
    return ProblemError(*problems)


def create(request: HttpRequest) -> HttpResponse:
    """POST entityOperations/create."""
    call = Call(request, ("local",))
    call.writer()
    batch = _read(call)
    _, done = _write(call, batch, lambda entity: service.Draft(entity, may_change=False))
    if batch.errors:
        return _several(list(done.values()), batch)
    return answer(list(done.values()), JSON, status=201)


def upsert(request: HttpRequest) -> HttpResponse:
    """POST entityOperations/upsert."""
    call = Call(request, ("options", "local"))
    call.writer()
    options = call.words("options")
    if not set(options) <= {"replace", "update"} or len(options) > 1:
        raise bad_parameter("options", "options is replace or update")
    batch = _read(call, needs_type=False)
    make = _updating() if options == ["update"] else service.Draft
    written, done = _write(call, batch, make)
    created = [urn for number, urn in done.items() if written.outcomes[number] is service.Outcome.CREATED]
    created = list(dict.fromkeys(created))
    if batch.errors:
        return _several(list(dict.fromkeys(done.values())), batch)
    return answer(created, JSON, status=201) if created else empty()


def _updating(*, may_create: bool = True, overwrite: bool = True) -> MakeDraft:
    def make(entity: Entity) -> service.Draft:
        return service.Draft(
            entity,
            lambda document: changes.append(document, entity, overwrite=overwrite),
            may_create=may_create,
        )

    return make


def update(request: HttpRequest) -> HttpResponse:
    """POST entityOperations/update."""
    call = Call(request, ("options", "local"))
    call.writer()
    options = call.words("options")
    if not set(options) <= {"noOverwrite"}:
        raise bad_parameter("options", "options is noOverwrite")
    batch = _read(call, nulls=Nulls.ATTRIBUTE, needs_type=False)
    make = _updating(may_create=False, overwrite="noOverwrite" not in options)
    return _change_all(call, batch, make)


def merge(request: HttpRequest) -> HttpResponse:
    """POST entityOperations/merge."""
    call = Call(request, ("options", "local", "lang", "observedAt"))
    call.writer()
    batch = _read(call, nulls=Nulls.ANYWHERE, needs_type=False, is_patch=True)

    def make(entity: Entity) -> service.Draft:
        return service.Draft(entity, lambda document: changes.merge(document, entity), may_create=False)

    return _change_all(call, batch, make)


def _change_all(call: Call, batch: Batch, make: MakeDraft) -> HttpResponse:
    written, done = _write(call, batch, make)
    success = []
    for number, urn in done.items():
        error = _partly_refused(written.results[number], batch.contexts[number])
        if error is None:
            success.append(urn)
        else:
            batch.errors.append((urn, error))
    return _several(success, batch) if batch.errors else empty()


def delete(request: HttpRequest) -> HttpResponse:
    """POST entityOperations/delete."""
    call = Call(request, ("local",))
    call.writer()
    payload, _ = call.documents()
    _check_size(payload)
    problems = [
        bad_data("an id is a URI", f"/{number}")
        for number, urn in enumerate(payload)
        if not is_entity_id(urn)
    ]
    if problems:
        raise ProblemError(*problems[:50])
    urns = list(dict.fromkeys(payload))
    found = service.remove_objects(urns, by=call.actor)
    twice = [urn for urn, times in Counter(payload).items() for _ in range(times - 1)]
    batch = Batch(errors=[*found.items(), *((urn, not_found(shorten(f"{urn} is removed"))) for urn in twice)])
    return _several([urn for urn in urns if urn not in found], batch) if batch.errors else empty()
