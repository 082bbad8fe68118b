"""Writing objects: many drafts at once, each present document to its next.

This is the one path by which objects change. A batch is one transaction: present rows are read once,
drafts are applied in order, and each table is written once (:mod:`.storing`). What cannot be applied is
reported by draft; the others stand. :mod:`.service` wraps it for callers.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry.codes import checked_credit_code
from beichen.registry.document.changes import Document, Result, replace_entity, types_of
from beichen.registry.models import Kind
from beichen.registry.problems import EXISTS, UNKNOWN, bad_data
from beichen.registry.record import Record, read_present
from beichen.registry.storing import Draft, Outcome, Present, Storage, Written
from beichen.registry.types import check_fields, find_types


class Writer(Storage):
    """Applies drafts and writes what became of them, in the caller's transaction."""

    def write(self, drafts: Sequence[Draft]) -> Written:
        """Apply all drafts in order and write the outcome."""
        rows = read_present([draft.entity.urn for draft in drafts], lock=True)
        self._load_types(drafts, rows)
        for number, draft in enumerate(drafts):
            try:
                self._apply(number, draft, rows)
            except ProblemError as error:
                self.written.errors[number] = error
        self.store()
        return self.written

    def _load_types(self, drafts: Sequence[Draft], rows: dict[str, Record]) -> None:
        keys = {key for draft in drafts for key in draft.entity.types}
        self.types = {row.type.key: row.type for row in rows.values()}
        self.types |= find_types(keys - self.types.keys())

    # ── applying ──────────────────────────────────────────────────────────────────────────────────

    def _apply(self, number: int, draft: Draft, rows: dict[str, Record]) -> None:
        urn = draft.entity.urn
        present = self._present.get(urn)
        row = rows.get(urn)
        if present is None and row is None:
            self._create(number, draft)
            return
        if not draft.may_change:
            message = shorten(f"an object with the id {urn} exists")
            raise ProblemError(Problem(EXISTS, message, Where(pointer="/id")))
        document = present.document if present else orjson.loads(row.document) if row else {}
        if row is not None:
            self.gate.require_write(row.level, row.region, row.body)
        result = draft.change(document) if draft.change else replace_entity(document, draft.entity)
        self._check(result.document)
        if present is None:
            stamps = orjson.loads(row.stamps) if row and row.stamps else {}
            present = self._present[urn] = Present(row, document, stamps, draft, before=document)
        present.document = result.document
        present.touched |= result.touched
        self.written.results[number] = result
        is_new = present.row is None
        self.written.outcomes[number] = Outcome.CREATED if is_new else Outcome.CHANGED

    def _create(self, number: int, draft: Draft) -> None:
        entity = draft.entity
        if not draft.may_create:
            message = shorten(f"there is no object with the id {entity.urn}")
            raise ProblemError(Problem(UNKNOWN, message, Where(pointer="/id")))
        if not entity.types:
            raise ProblemError(bad_data("a new object has a type", "/type"))
        document = entity.document()
        level = self._level(entity.types, draft.level)
        self.gate.require_write(level, draft.region, draft.body)
        self._check(document)
        if not draft.code:
            draft.code = self._credit_code(entity.types[0], document)
        self._present[entity.urn] = Present(None, document, {}, draft)
        self.written.outcomes[number] = Outcome.CREATED
        self.written.results[number] = Result(document)

    def _credit_code(self, key: str, document: Document) -> str:
        """The code that an organisation brings; empty for everything else."""
        kind = self.types.get(key)
        stated = document.get("credit_code")
        if kind is None or kind.kind != Kind.ORGANISATION or not isinstance(stated, dict):
            return ""
        return checked_credit_code(str(stated.get("value", "")))

    def _check(self, document: Document) -> None:
        problems: list[Problem] = []
        for key in types_of(document):
            kind = self.types.get(key)
            if kind is not None and kind.is_declared:
                problems += check_fields(kind, document)
        if problems:
            raise ProblemError(*problems)
