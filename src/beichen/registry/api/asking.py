"""From the parameters of a query, or a Query document, to what is searched and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from beichen.registry.api.call import Call, bad_request
from beichen.registry.document.context import Context
from beichen.registry.document.languages import parse_languages
from beichen.registry.document.names import is_name, is_uri
from beichen.registry.document.projection import depth_of, parse_projection
from beichen.registry.document.representation import FORMATS, NORMALIZED, Representation
from beichen.registry.document.values import is_entity_id
from beichen.registry.problems import bad_parameter
from beichen.registry.query.geo import parse_geo
from beichen.registry.query.ordering import Ordering, parse_ordering
from beichen.registry.query.parser import parse_query
from beichen.registry.query.patterns import check_pattern
from beichen.registry.query.plan import Query
from beichen.registry.query.scopes import parse_scopes
from beichen.registry.query.selection import Selection, parse_types
from beichen.registry.query.terms import Node, terms_of

SHOWING = (
    "attrs", "options", "format", "lang", "pick", "omit", "datasetId", "geometryProperty", "join",
    "joinLevel", "containedBy", "local", "jsonKeys",
)  # fmt: skip
ASKING = (
    "id", "type", "idPattern", "q", "georel", "geometry", "coordinates", "geoproperty", "scopeQ", "csf",
    "limit", "offset", "count", "orderBy", "collation", "expandValues",
)  # fmt: skip
PAGE, PAGE_LIMIT = 20, 1000
JOIN_LEVELS = 5
ID_LIMIT = 1_000
TIMES = frozenset({"createdAt", "modifiedAt"})
HEAD = frozenset({"id", "type", "scope", "@context"})
_OPTIONS = frozenset({*FORMATS, "sysAttrs", "count", "splitEntities"})


@dataclass(slots=True)
class Showing:
    """How entities are shown: their representation, linked entities, and the geometry of GeoJSON."""

    representation: Representation
    join: str = ""
    join_level: int = 1
    geometry: str = "location"


@dataclass(slots=True)
class Asking:
    """What is asked for, and which part of it."""

    query: Query
    limit: int = PAGE
    offset: int = 0
    count: bool = False
    ordering: list[Ordering] = field(default_factory=list)


def names_of(values: Iterable[str], context: Context, parameter: str) -> frozenset[str]:
    """Stored names of attributes that a parameter lists."""
    found = []
    for value in values:
        if not is_name(value) or value in HEAD:
            raise bad_parameter(parameter, f"{value[:40]!r} cannot name an attribute")
        found.append(context.expand(value))
    return frozenset(found)


def format_of(call: Call) -> tuple[str, bool, bool]:
    """The format, and whether options ask for sysAttrs and for a count."""
    options = call.words("options")
    for option in options:
        if option not in _OPTIONS:
            raise bad_request(f"{option[:40]!r} is no option", ", ".join(sorted(_OPTIONS)))
    chosen = call.text("format")
    if chosen and chosen not in FORMATS:
        raise bad_request(f"{chosen[:40]!r} is no format", ", ".join(FORMATS))
    formats = [chosen] if chosen else [option for option in options if option in FORMATS]
    return (FORMATS[formats[0]] if formats else NORMALIZED), "sysAttrs" in options, "count" in options


def showing_of(call: Call) -> Showing:
    """How to show entities, from a request's parameters. Raises ProblemError REG-101."""
    context = call.context
    form, with_times, _ = format_of(call)
    shown = Representation(context, form, with_times)
    shown.attributes = names_of(call.words("attrs"), context, "attrs")
    project_onto(shown, call.text("pick"), call.text("omit"), context)
    language = call.text("lang")
    shown.languages = parse_languages(language) if language else []
    shown.datasets = datasets_of(call.words("datasetId"))
    join = call.text("join")
    level = call.number("joinLevel", 1, JOIN_LEVELS)
    geometry = call.text("geometryProperty")
    return join_of(Showing(shown, geometry=context.expand(geometry) if geometry else "location"), join, level)


def join_of(showing: Showing, join: str, level: int) -> Showing:
    """``showing`` with linked entities as asked."""
    if join not in {"", "inline", "flat", "@none"}:
        raise bad_parameter("join", f"{join[:20]!r} is not inline, flat or @none")
    if level < 1:
        raise bad_parameter("joinLevel", "joinLevel is one or more")
    showing.join, showing.join_level = "" if join == "@none" else join, level
    shown = showing.representation
    for name, projection in (("pick", shown.pick), ("omit", shown.omit)):
        if depth_of(projection) > (level if showing.join else 0):
            raise bad_parameter(name, f"{name} goes deeper than linked entities do", "join and joinLevel")
    return showing


def datasets_of(values: Iterable[str]) -> frozenset[str]:
    """The datasetIds that a parameter lists."""
    found = frozenset(values)
    for value in found:
        if value != "@none" and not is_uri(value):
            raise bad_parameter("datasetId", f"{value[:40]!r} is no URI")
    return found


def project_onto(shown: Representation, pick: str, omit: str, context: Context) -> None:
    """Put pick and omit into a representation."""
    if (pick or omit) and shown.attributes:
        raise bad_parameter("attrs", "attrs does not go with pick or omit")
    if pick:
        shown.pick = parse_projection("pick", pick, context.expand)
    if omit:
        shown.omit = parse_projection("omit", omit, context.expand)
    both = [
        name for name in shown.pick if name in shown.omit and not shown.omit[name] and not shown.pick[name]
    ]
    if both:
        raise bad_parameter("omit", f"{both[0]} is picked and omitted")


def ids_of(values: list[str]) -> list[str]:
    """Entity ids, checked."""
    if len(values) > ID_LIMIT:
        raise bad_parameter("id", f"at most {ID_LIMIT} ids")
    for value in values:
        if not is_entity_id(value):
            raise bad_parameter("id", f"{value[:40]!r} is no URI")
    return values


def pattern_of(value: str) -> str:
    """A pattern of ids, checked."""
    if value:
        check_pattern(value, "idPattern")
    return value


def types_of_text(value: str, context: Context) -> Selection | None:
    """A selection of types; None for all."""
    return parse_types(value, context.expand) if value and value != "*" else None


def asking_of(call: Call, showing: Showing) -> Asking:
    """What to search for, from a request's parameters. Raises ProblemError REG-101."""
    context = call.context
    query = Query(
        types=types_of_text(call.text("type"), context),
        ids=ids_of(call.words("id")),
        id_pattern=pattern_of(call.text("idPattern")),
        attributes=sorted(showing.representation.attributes),
        is_everything=call.truth("local") or (call.text("type") == "*" and call.text("local") != "false"),
    )
    values = frozenset(call.words("expandValues"))
    if call.text("q"):
        query.q = parse_query(call.text("q"), context.expand, values)
    geo = {name: call.text(name) for name in ("georel", "geometry", "coordinates", "geoproperty")}
    query.geo = geo_of(geo, context)
    if call.text("scopeQ"):
        query.scope = parse_scopes(call.text("scopeQ"))
    ordering = parse_ordering(call.text("orderBy"), context.expand)
    return page_of(call, query, ordering)


def geo_of(members: dict[str, Any], context: Context) -> Any:
    """A geo-query from its members; None when none is given."""
    if not any(members.get(name) for name in ("georel", "geometry", "coordinates", "geoproperty")):
        return None
    for name in ("georel", "geometry", "coordinates"):
        if not members.get(name):
            raise bad_parameter(name, f"a geo-query has {name}")
    attribute = members.get("geoproperty") or "location"
    if not isinstance(attribute, str) or not is_name(attribute):
        raise bad_parameter("geoproperty", "no attribute's name")
    georel, geometry = members["georel"], members["geometry"]
    if not isinstance(georel, str) or not isinstance(geometry, str):
        raise bad_parameter("georel", "georel and geometry are texts")
    return parse_geo(georel, geometry, members["coordinates"], context.expand(attribute))


def _is_of_times(node: Node) -> bool:
    return all(term.path.name in TIMES for term in terms_of(node))


def page_of(call: Call, query: Query, ordering: list[Ordering]) -> Asking:
    """The query with its page. Raises ProblemError REG-101 when it asks for nothing."""
    q = query.q if query.q is not None and not _is_of_times(query.q) else None
    asked = (query.types, set(query.attributes) - TIMES, q, query.geo)
    if not any(asked) and not query.is_everything:
        hint = "one of type, attrs, q and georel; or local=true"
        raise bad_parameter("type", "the query asks for nothing", hint)
    counts = call.truth("count") or "count" in call.words("options")
    limit = call.number("limit", PAGE, PAGE_LIMIT)
    if limit == 0 and not counts:
        raise bad_parameter("limit", "limit is 0 without count=true")
    return Asking(query, limit, call.number("offset", 0, 1_000_000), counts, ordering)
