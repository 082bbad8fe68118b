"""A JSON-LD @context as NGSI-LD uses it: terms and prefixes, with the core context always last.

Clause 5.5.7: names expand by the user's context and then the core's; what none defines falls into the
default vocabulary. Only what names need is read: type coercions and containers do not change a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beichen.problem import ProblemError
from beichen.registry.document.names import CORE, CORE_CONTEXT, NGSI_LD, PREFIXES, to_iri, to_stored
from beichen.registry.problems import bad_data

TERM_LIMIT = 20_000


def _definition(term: str, value: Any, pointer: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "@context" not in value:
        identity = value.get("@id", term if ":" in term else None)
        if isinstance(identity, str):
            return identity
        if identity is None:
            return None
    raise ProblemError(
        bad_data(f"the term {term!r} has no IRI", f"{pointer}/{term}", 'a string, or {"@id": …}')
    )


class Context:
    """Terms of a user's context over the core's. Immutable once built; expansions are remembered."""

    __slots__ = ("_compacted", "_expanded", "_reverse", "is_core", "source", "terms")

    def __init__(self, terms: Mapping[str, str], source: Any) -> None:
        self.terms = {term: iri for term, iri in terms.items() if term not in CORE}
        self.source = source
        self.is_core = not self.terms
        self._expanded: dict[str, str] = {}
        self._compacted: dict[str, str] = {}
        self._reverse: dict[str, str] | None = None

    def _resolve(self, name: str, seen: int = 0) -> str:
        iri = self.terms.get(name)
        if iri is not None and iri != name and seen < 8:
            return iri if iri.startswith("@") else self._resolve(iri, seen + 1)
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//"):
            base = PREFIXES.get(prefix) or self.terms.get(prefix)
            if base is not None and base != prefix:
                return (self._resolve(base, seen + 1) if seen < 8 else base) + rest
        return name if colon else to_iri(name)

    def expand(self, name: str) -> str:
        """The stored name of a term, compact IRI or IRI."""
        stored = self._expanded.get(name)
        if stored is None:
            stored = name if name in CORE else to_stored(self._resolve(name))
            self._expanded[name] = stored
        return stored

    def compact(self, stored: str) -> str:
        """The name by which this context writes a stored name: a term, a compact IRI, or the IRI."""
        if self.is_core:
            return stored
        name = self._compacted.get(stored)
        if name is None:
            name = self._compacted[stored] = self._shortest(stored)
        return name

    def _terms_by_iri(self) -> dict[str, str]:
        if self._reverse is None:
            self._reverse = {}
            for term in sorted(self.terms, key=lambda item: (len(item), item)):
                self._reverse.setdefault(self._resolve(term), term)
        return self._reverse

    def _shortest(self, stored: str) -> str:
        if stored in CORE:
            return stored
        reverse = self._terms_by_iri()
        iri = to_iri(stored)
        exact = reverse.get(iri)
        if exact is not None:
            return exact
        for base, prefix in reverse.items():
            if base.endswith(("/", "#", ":")) and iri.startswith(base) and len(iri) > len(base):
                return f"{prefix}:{iri[len(base) :]}"
        # A name of the default vocabulary that the user's context means otherwise is told apart.
        return f"ngsi-ld:{iri.removeprefix(NGSI_LD)}" if stored in self.terms else stored


CORE_ONLY = Context({}, CORE_CONTEXT)


def read_terms(document: Any, pointer: str = "/@context") -> dict[str, str]:
    """The terms of one context object. Raises ProblemError REG-101 with a pointer to what is not valid."""
    if not isinstance(document, dict):
        raise ProblemError(bad_data("an @context is an object, a URL or a list of them", pointer))
    if len(document) > TERM_LIMIT:
        raise ProblemError(bad_data(f"an @context has more than {TERM_LIMIT} terms", pointer))
    terms: dict[str, str] = {}
    for term, value in document.items():
        if term.startswith("@"):
            continue
        iri = _definition(term, value, pointer)
        if iri is not None:
            terms[term] = iri
    return terms
