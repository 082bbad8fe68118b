"""The options of a query (clause 9.3): $filter, $expand, $select, $orderby, $top, $skip, $count.

An option that is not known, or not understood, is refused: an answer that ignores half of the question is
worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from beichen.platforms.iot.sensorthings.codes import bad_option
from beichen.platforms.iot.sensorthings.filters import Node, Path, ordered, parsed, told_in
from beichen.platforms.iot.sensorthings.schema import TYPES, EntityType
from beichen.problem import nearest

TOP, MOST_TOP, MOST_SKIP = 100, 1_000, 1_000_000
DEEPEST = 5
KNOWN = ("$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$count", "$resultFormat")


@dataclass(slots=True)
class Query:
    """What is asked of a collection."""

    filter: Node | None = None
    order: list[tuple[Path, bool]] = field(default_factory=list)
    top: int = TOP
    skip: int = 0
    counts: bool = False
    select: frozenset[str] = frozenset()
    expand: dict[str, Query] = field(default_factory=dict)
    is_array: bool = False
    told: dict[str, str] = field(default_factory=dict)

    def shows(self, name: str) -> bool:
        """Whether a property or link is in the answer."""
        return not self.select or name in self.select


def query_of(options: Mapping[str, str], kind: EntityType, *, now: datetime, depth: int = 0) -> Query:
    """The query that options say. Raises ProblemError STA-103, STA-104."""
    if depth > DEEPEST:
        raise bad_option("$expand", f"nested deeper than {DEEPEST}")
    for name in options:
        if name not in KNOWN:
            raise bad_option(name, f"there is no option {name[:30]!r}", nearest(name, KNOWN))
    query = Query(told=dict(options))
    if "$filter" in options:
        query.filter = parsed(options["$filter"], now=now)
    if "$orderby" in options:
        with told_in("$orderby"):
            query.order = ordered(options["$orderby"])
    query.top = _number(options, "$top", TOP, None)
    query.top = min(query.top, MOST_TOP)
    query.skip = _number(options, "$skip", 0, MOST_SKIP)
    if options.get("$count", "false") not in {"true", "false"}:
        raise bad_option("$count", "$count is true or false")
    query.counts = options.get("$count") == "true"
    query.is_array = _is_array(options, kind)
    if "$select" in options:
        query.select = _selected(options["$select"], kind)
    for text in _split(options["$expand"], ",") if "$expand" in options else ():
        _expand(query, text.strip(), kind, now, depth)
    return query


def _is_array(options: Mapping[str, str], kind: EntityType) -> bool:
    if "$resultFormat" not in options:
        return False
    if options["$resultFormat"] != "dataArray" or kind.name != "Observations":
        raise bad_option("$resultFormat", "$resultFormat is dataArray, of observations")
    return True


def _number(options: Mapping[str, str], name: str, default: int, most: int | None) -> int:
    text = options.get(name, str(default)).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise bad_option(name, f"{name} is {text[:20]!r}, not a whole number")
    if most is not None and int(text) > most:
        raise bad_option(name, f"{name} is at most {most}")
    return int(text)


def _selected(text: str, kind: EntityType) -> frozenset[str]:
    names = frozenset("@iot.id" if part.strip() == "id" else part.strip() for part in text.split(","))
    known = {"@iot.id", "@iot.selfLink", *kind.names}
    for name in sorted(names - known):
        raise bad_option("$select", f"{kind.singular} has no {name[:30]!r}", nearest(name, known))
    return names


def _expand(query: Query, text: str, kind: EntityType, now: datetime, depth: int) -> None:
    """Add one member of $expand: ``Name``, ``Name/Name`` or ``Name($option=…;…)``."""
    path, bracket, inner = text.partition("(")
    if bracket and not inner.endswith(")"):
        raise bad_option("$expand", f"{text[:30]!r} has no closing bracket")
    name, _, rest = path.strip().partition("/")
    relation = kind.relation(name)
    if relation is None:
        names = [one.name for one in kind.relations]
        raise bad_option("$expand", f"{kind.singular} leads to no {name[:30]!r}", nearest(name, names))
    target = TYPES[relation.target]
    known = query.expand.get(name)
    if rest:
        found = known or query_of({}, target, now=now, depth=depth + 1)
        if depth + 1 > DEEPEST:
            raise bad_option("$expand", f"nested deeper than {DEEPEST}")
        _expand(found, f"{rest}({inner}" if bracket else rest, target, now, depth + 1)
    else:
        options: dict[str, str] = {}
        for part in _split(inner[:-1], ";") if bracket else ():
            key, equals, value = part.partition("=")
            if not equals:
                raise bad_option("$expand", f"{part[:30]!r} is no option")
            options[key.strip()] = value
        found = query_of(options, target, now=now, depth=depth + 1)
        if known:
            found.expand = {**known.expand, **found.expand}
    query.expand[name] = found


def _split(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that stand in no brackets and no quotes."""
    parts, depth, is_quoted, start = [], 0, False, 0
    for place, character in enumerate(text):
        if character == "'":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += (character == "(") - (character == ")")
            if character == sign and depth == 0:
                parts.append(text[start:place])
                start = place + 1
    if depth or is_quoted:
        raise bad_option("$expand", "brackets or quotes are not closed")
    return [part for part in (*parts, text[start:]) if part.strip()]
