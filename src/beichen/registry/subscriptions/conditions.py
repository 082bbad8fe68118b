"""What a subscription watches, ready to be compared with documents (clause 5.8.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

from beichen.problem import ProblemError
from beichen.registry.document.changes import instances
from beichen.registry.document.names import is_name
from beichen.registry.geometry import shape_of
from beichen.registry.models import Trigger
from beichen.registry.problems import bad_data, bad_parameter
from beichen.registry.query.evaluation import evaluate
from beichen.registry.query.geo import GeoQuery, parse_geo
from beichen.registry.query.parser import parse_query
from beichen.registry.query.patterns import check_pattern
from beichen.registry.query.plan import Query, Selector, is_selected
from beichen.registry.query.scopes import ScopeQuery, parse_scopes
from beichen.registry.query.selection import Either, names_of, parse_types
from beichen.registry.query.terms import Node, terms_of

Document = dict[str, Any]


class Names(Protocol):
    """What turns a user's name into the stored one: a context, or something like it."""

    def expand(self, name: str) -> str:
        """The stored name."""
        ...


ANYTHING = "*"


@dataclass(slots=True)
class Conditions:
    """Selectors, attributes, triggers and filters of a subscription; names are stored names."""

    selectors: list[Selector]
    watched: frozenset[str]
    triggers: frozenset[str]
    q: Node | None = None
    geo: GeoQuery | None = None
    scope: ScopeQuery | None = None

    @property
    def has_filter(self) -> bool:
        """Whether more than selectors and attributes decides."""
        return self.q is not None or self.geo is not None or self.scope is not None

    def subjects(self) -> set[str]:
        """The ids, types, or ``*``, of which a matching object has at least one."""
        found: set[str] = set()
        for types, ids, _pattern in self.selectors:
            if ids:
                found |= set(ids)
            else:
                found |= names_of(types) if types is not None else {ANYTHING}
        return found or {ANYTHING}

    def selects(self, document: Document) -> bool:
        """Whether the document is of the watched entities."""
        return not self.selectors or any(is_selected(item, document) for item in self.selectors)

    def holds(self, document: Document) -> bool:
        """Whether the document passes the filters."""
        if self.q is not None and not evaluate(self.q, document):
            return False
        if self.scope is not None and not self.scope.matches(_scopes(document)):
            return False
        return self.geo is None or _is_there(self.geo, document)

    def query(self) -> Query:
        """The query that finds the watched entities at one time (for periodic notifications)."""
        query = Query(q=self.q, geo=self.geo, scope=self.scope, selectors=self.selectors)
        query.attributes = sorted(self.watched)
        types = [types for types, _, _ in self.selectors]
        if types and all(item is not None for item in types):
            chosen = [item for item in types if item is not None]
            query.types = chosen[0] if len(chosen) == 1 else Either(tuple(chosen))
        if self.selectors and all(ids for _, ids, _ in self.selectors):
            query.ids = list(dict.fromkeys(one for _, ids, _ in self.selectors for one in ids))
        query.is_everything = True
        return query


def _scopes(document: Document) -> list[str]:
    value = document.get("scope", [])
    return [value] if isinstance(value, str) else value


def _is_there(geo: GeoQuery, document: Document) -> bool:
    values = [instance.get("value") for instance in instances(document.get(geo.attribute)).values()]
    shapes = [shape_of(value).wkb for value in values if isinstance(value, dict)]
    return any(geo.select(shapes))


def _pointed(name: str, read: Callable[[], Any]) -> Any:
    """What ``read`` gives; problems about parameters become problems about the member ``name``."""
    try:
        return read()
    except ProblemError as error:
        problem = error.problems[0]
        raise ProblemError(bad_data(problem.message, f"/{name}", problem.hint)) from None


def _selector(item: dict[str, Any], context: Names, pointer: str) -> Selector:
    text = item["type"]
    types = None
    if text != ANYTHING:
        types = text if is_name(text) else _pointed(pointer, lambda: parse_types(text, context.expand))
    identity = item.get("id", [])
    ids = identity if isinstance(identity, list) else [identity]
    pattern = item.get("idPattern", "")
    if pattern:
        _pointed(pointer, lambda: check_pattern(pattern, "idPattern"))
    return types, ids, "" if ids else pattern


def _geo(value: dict[str, Any], context: Names) -> GeoQuery:
    for name in ("georel", "geometry"):
        if not isinstance(value.get(name), str):
            raise bad_parameter(name, f"geoQ has {name}")
    attribute = value.get("geoproperty") or "location"
    if not isinstance(attribute, str) or not is_name(attribute):
        raise bad_parameter("geoproperty", "no attribute's name")
    return parse_geo(value["georel"], value["geometry"], value.get("coordinates"), context.expand(attribute))


def read_conditions(document: dict[str, Any], context: Names) -> Conditions:
    """The conditions of a stored subscription document. Raises ProblemError REG-101 with a pointer."""
    selectors = [
        _selector(item, context, f"entities/{number}")
        for number, item in enumerate(document.get("entities", []))
    ]
    found = Conditions(
        selectors,
        frozenset(document.get("watchedAttributes", ())),
        frozenset(document.get("notificationTrigger", ())),
    )
    if "q" in document:
        # In a subscription the query may be percent-encoded, as it is in an address (4.9).
        query = unquote(document["q"])
        found.q = _pointed("q", lambda: parse_query(query, context.expand, frozenset()))
    if "geoQ" in document:
        found.geo = _pointed("geoQ", lambda: _geo(document["geoQ"], context))
    if "scopeQ" in document:
        found.scope = _pointed("scopeQ", lambda: parse_scopes(document["scopeQ"]))
    return found


def names_in(conditions: Conditions) -> Iterable[str]:
    """The attributes that the filters look at."""
    if conditions.q is not None:
        yield from (term.path.name for term in terms_of(conditions.q))
    if conditions.geo is not None:
        yield conditions.geo.attribute


def fired(triggers: frozenset[str], changed: dict[str, set[str]], watched: frozenset[str]) -> bool:
    """Whether attribute changes notify. ``changed`` has the names by trigger."""
    wanted = set(triggers)
    if Trigger.ENTITY_UPDATED in wanted:
        wanted |= {Trigger.ATTRIBUTE_CREATED, Trigger.ATTRIBUTE_UPDATED, Trigger.ATTRIBUTE_DELETED}
    return any(
        names and (not watched or not watched.isdisjoint(names))
        for trigger, names in changed.items()
        if trigger in wanted
    )
