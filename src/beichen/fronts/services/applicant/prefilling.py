"""What the city knows already: proposed field by field with where it is from, taken over only as far as the
applicant ticks it.

A proposal says that something is there, not what it is; the value is read when the person has agreed, and
each reading leaves a record for whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.applicant.drafting import Writing, keep
from beichen.fronts.services.applicant.models import Draft, Submission
from beichen.fronts.services.forms.reading import flat
from beichen.fronts.services.forms.rendering import in_words
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.platforms.ledger.models import Certificate, CertificateState
from beichen.registry.models import Object

PERSON: Mapping[str, Promise] = {"person": _("your account"), "earlier": _("your last application")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field (by the name under which the page sends it) or a material, and where it could come from."""

    name: str
    title: str
    source: str
    words: str


def proposals(writing: Writing) -> list[Proposal]:
    """What could be taken over into the form, of fields that are not answered yet."""
    base = _Base(writing.draft)
    found = []
    for name, field in _fields(writing.form.schema):
        source = field.get("x-from", "")
        is_open = not any(writing.draft.given.get(name, ()))
        if source and is_open and base.has(source, name):
            found.append(Proposal(name, in_words(field), source, base.words(source)))
    return found


def held_materials(writing: Writing) -> list[Proposal]:
    """The papers of the item that the city holds itself: they are never asked for again."""
    base = _Base(writing.draft)
    found = []
    for key, one in writing.item.materials.items():
        source = _source(one.held_by)
        if source and base.has(source, ""):
            found.append(Proposal(key, one.name.label, source, base.words(source)))
    return found


def take_over(writing: Writing, names: Sequence[str], *, by: Actor) -> Draft:
    """Read what the applicant agreed to and put it into the form. Raises ProblemError SRV-501."""
    draft, base = writing.draft, _Base(writing.draft)
    chosen = [one for one in proposals(writing) if one.name in names]
    given, sources = dict(draft.given), {}
    for one in chosen:
        value = base.value(one.source, one.name)
        if value in (None, ""):
            continue
        given[one.name] = value if isinstance(value, list) else [str(value)]
        sources[one.name] = one.words
        _record(draft, one, by=by)
    return keep(draft.code, given, by=by, sources=sources)


def take_over_materials(writing: Writing, keys: Sequence[str], *, by: Actor) -> Draft:
    """Let papers that the city holds stand for those that are asked. Raises ProblemError SRV-501."""
    draft, base = writing.draft, _Base(writing.draft)
    kept: dict[str, Any] = {}
    for one in held_materials(writing):
        if one.name in keys:
            kept[one.name] = {"from": one.words, "source": one.source, "code": base.code(one.source)}
            if one.name not in draft.materials:
                _record(draft, one, by=by)
    return keep(draft.code, None, by=by, materials=kept)


def _record(draft: Draft, one: Proposal, *, by: Actor) -> None:
    detail = {"field": one.name, "source": one.source, "purpose": f"services.apply {draft.item}"}
    resource = f"fronts_services.draft:{draft.code}"
    audit.record(by, "services.prefill", resource, detail=detail, reason="consent", subject=draft.subject)


def _source(held_by: str) -> str:
    """An item's ``from`` as a source: ``certificate:KIND`` or ``TYPE.field`` of the registry."""
    if not held_by:
        return ""
    kind, colon, name = held_by.partition(":")
    return f"certificate.{name}." if colon and kind == "certificate" else f"object.{held_by}"


def _fields(schema: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, field in schema["properties"].items():
        if field["type"] == "object":
            yield from _fields(field, f"{before}{name}.")
        else:
            yield before + name, field


class _Base:
    """The base records of a draft's subject, each asked for once."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._kept: dict[str, Any] = {}

    def _once(self, name: str, find: Any) -> Any:
        if name not in self._kept:
            self._kept[name] = find()
        return self._kept[name]

    def _person(self) -> Person | None:
        rows = Person.objects.filter(code=self._draft.subject)
        found: Person | None = self._once("person", rows.first)
        return found

    def _object(self) -> tuple[str, str, dict[str, Any]]:
        """Code, type and document of the registry's record of the subject."""

        def find() -> tuple[str, str, dict[str, Any]]:
            row = (
                Object.objects.select_related("type")
                .filter(code=self._draft.subject, removed_at=None)
                .first()
            )
            return (row.code, row.type.key, orjson.loads(row.document)) if row is not None else ("", "", {})

        found: tuple[str, str, dict[str, Any]] = self._once("object", find)
        return found

    def _certificate(self, kind: str) -> Certificate | None:
        whose = Q(holder__code=self._draft.subject) | Q(firm=self._draft.subject)
        rows = Certificate.objects.select_related("kind").filter(
            whose, kind__key=kind, state=CertificateState.VALID
        )
        found: Certificate | None = self._once(f"certificate {kind}", rows.order_by("-id").first)
        return found

    def _earlier(self) -> dict[str, list[str]]:
        """The last application of the subject for the same item, as its page sent it."""

        def find() -> dict[str, list[str]]:
            rows = Submission.objects.select_related("form").filter(
                subject=self._draft.subject, item=self._draft.item
            )
            row = rows.order_by("-id").first()
            if row is None:
                return {}
            declared = row.form.declared if row.form is not None else row.declared
            return flat(declared, row.answers) if declared else {}

        found: dict[str, list[str]] = self._once("earlier", find)
        return found

    def has(self, source: str, name: str) -> bool:
        """Whether there is something to take over."""
        return self.value(source, name) not in (None, "", [])

    def value(self, source: str, name: str) -> Any:
        """What stands there; None when nothing does."""
        head, _dot, rest = source.partition(".")
        if head == "person":
            person = self._person()
            return getattr(person, rest, None) if person is not None else None
        if head == "earlier":
            return self._earlier().get(name)
        kind, _dot, field = rest.partition(".")
        if head == "object":
            _code, type_key, document = self._object()
            attribute = document.get(field, {}) if type_key == kind else {}
            return attribute.get("value") if isinstance(attribute, dict) else None
        row = self._certificate(kind)
        if row is None:
            return None
        return row.claims.get(field) if field else row.code

    def code(self, source: str) -> str:
        """The code of the record behind a source."""
        head, _dot, rest = source.partition(".")
        if head == "certificate":
            row = self._certificate(rest.partition(".")[0])
            return row.code if row is not None else ""
        return self._object()[0]

    def words(self, source: str) -> str:
        """Where it is from, for people."""
        head, _dot, rest = source.partition(".")
        if head in PERSON:
            return str(PERSON[head])
        kind = rest.partition(".")[0]
        if head == "object":
            return gettext("the city's register") + f" ({self._object()[0]})"
        row = self._certificate(kind)
        if row is None:
            return kind
        is_english = (get_language() or "").startswith("en")
        return f"{row.kind.name_en if is_english else row.kind.name} {row.code}"
