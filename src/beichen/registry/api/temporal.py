"""Reading histories over HTTP (clauses 6.18, 6.19, 6.24): one by id, many by query."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from beichen.problem import ProblemError, shorten
from beichen.registry.api.answer import answer, context_value
from beichen.registry.api.asking import (
    Asking,
    Showing,
    asking_of,
    datasets_of,
    names_of,
    page_of,
    project_onto,
)
from beichen.registry.api.call import JSON, LD_JSON, Call, accepted, bad_request, entity_id
from beichen.registry.api.paging import add_pages
from beichen.registry.api.query_document import conditions_of_document, document_list, selectors_of_document
from beichen.registry.document.languages import parse_languages
from beichen.registry.document.projection import depth_of
from beichen.registry.document.representation import CONCISE, NORMALIZED, Representation
from beichen.registry.history.asking import TemporalQuery, parse_aggregation, temporal_query
from beichen.registry.history.instance import Timeline
from beichen.registry.history.paging import clip, read_range
from beichen.registry.history.rendering import AGGREGATED, TEMPORAL_VALUES, TemporalView
from beichen.registry.history.search import TemporalSearch
from beichen.registry.problems import bad_data, bad_parameter, not_found
from beichen.registry.query.ordering import parse_ordering
from beichen.registry.query.parser import parse_query
from beichen.registry.query.plan import Query
from beichen.settings import settings

PATH = "/ngsi-ld/v1/temporal/entities"
QUERY_PATH = "/ngsi-ld/v1/temporal/entityOperations/query"
OFFERED = (JSON, LD_JSON)
TIMES = ("timerel", "timeAt", "endTimeAt", "timeproperty")
VIEW = (
    *TIMES, "lastN", "aggrMethods", "aggrPeriodDuration", "attrs", "options", "format", "lang", "pick",
    "omit", "datasetId", "local", "type",
)  # fmt: skip
ASKING = (
    "id", "idPattern", "q", "georel", "geometry", "coordinates", "geoproperty", "scopeQ", "csf", "limit",
    "offset", "count", "orderBy", "expandValues",
)  # fmt: skip
BY_DOCUMENT = ("options", "format", "limit", "offset", "count", "local", "lang")
_MEMBERS = frozenset(
    {"type", "@context", "entities", "attrs", "q", "geoQ", "scopeQ", "csf", "lang", "pick", "omit",
     "datasetId", "temporalQ", "aggrParams", "expandValues", "local", "orderBy"}
)  # fmt: skip
_FORMATS = {
    "normalized": NORMALIZED, "concise": CONCISE, "temporalValues": TEMPORAL_VALUES,
    "aggregatedValues": AGGREGATED,
}  # fmt: skip
_OPTIONS = frozenset({*_FORMATS, "sysAttrs", "count"})


def _form(call: Call) -> tuple[str, bool]:
    """The format, and whether sysAttrs are asked for."""
    options = call.words("options")
    for option in options:
        if option not in _OPTIONS:
            raise bad_request(f"{option[:40]!r} is no option", ", ".join(sorted(_OPTIONS)))
    chosen = call.text("format")
    if chosen and chosen not in _FORMATS:
        raise bad_request(f"{chosen[:40]!r} is no format", ", ".join(_FORMATS))
    formats = [chosen] if chosen else [option for option in options if option in _FORMATS]
    if {TEMPORAL_VALUES, AGGREGATED} <= set(formats):
        raise bad_parameter("options", "temporalValues does not go with aggregatedValues")
    return (_FORMATS[formats[0]] if formats else NORMALIZED), "sysAttrs" in options


def _last(call: Call) -> int | None:
    value = call.text("lastN")
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise bad_parameter("lastN", f"lastN is {value[:20]!r}, not a whole number")
    return int(value)


def _view(call: Call, form: str, *, with_times: bool) -> TemporalView:
    context = call.context
    shown = Representation(context, CONCISE if form == CONCISE else NORMALIZED)
    shown.attributes = names_of(call.words("attrs"), context, "attrs")
    project_onto(shown, call.text("pick"), call.text("omit"), context)
    shown.datasets = datasets_of(call.words("datasetId"))
    language = call.text("lang")
    shown.languages = parse_languages(language) if language else []
    return _checked(TemporalView(shown, form, with_times))


def _checked(view: TemporalView) -> TemporalView:
    for name, projection in (("pick", view.shown.pick), ("omit", view.shown.omit)):
        if depth_of(projection):
            raise bad_parameter(name, "histories have no linked entities")
    return view


def _asked(call: Call, form: str) -> TemporalQuery:
    aggregation = None
    if form == AGGREGATED:
        aggregation = parse_aggregation(call.words("aggrMethods"), call.text("aggrPeriodDuration"))
    return temporal_query({name: call.text(name) for name in TIMES}, _last(call), aggregation)


def _respond(call: Call, content: Any, media_type: str, part: str) -> HttpResponse:
    if media_type == LD_JSON:
        context = context_value(call.context)
        whole = [{**item, "@context": context} for item in content] if isinstance(content, list) else None
        content = {**content, "@context": context} if whole is None else whole
    response = answer(content, media_type, call.context, 206 if part else 200)
    if part:
        response["Content-Range"] = part
    return response


def _part(timelines: list[Timeline], asked: TemporalQuery) -> str:
    if asked.aggregation is not None:
        return read_range(timelines, asked)
    return clip(timelines, asked, settings().history_page)


def retrieve(request: HttpRequest, urn: str) -> HttpResponse:
    """GET temporal/entities/{id}."""
    call = Call(request, VIEW)
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    entity_id(urn)
    form, with_times = _form(call)
    view, asked = _view(call, form, with_times=with_times), _asked(call, form)
    wanted = Query(ids=[urn], attributes=sorted(view.shown.attributes))
    search = TemporalSearch(wanted, asked, call.actor, view.shown.datasets)
    timeline = search.reader.read([urn], asked.window(view.shown.attributes)).get(urn)
    if timeline is None:
        raise not_found(shorten(f"there is no history of {urn}"), "/id")
    is_there = view.shown.attributes.isdisjoint(timeline.points) if view.shown.attributes else False
    search.cut(timeline)
    part = _part([timeline], asked)
    rendered = view.render(timeline, asked)
    if is_there or not _is_left(view, rendered):
        raise not_found("nothing is left of the history", "/attrs")
    search.reader.disclosure.record()
    return _respond(call, rendered, media_type, part)


def _is_left(view: TemporalView, rendered: dict[str, Any]) -> bool:
    return bool(rendered) or not (view.shown.pick or view.shown.omit)


def query(request: HttpRequest) -> HttpResponse:
    """GET temporal/entities."""
    call = Call(request, (*VIEW, *ASKING))
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    form, with_times = _form(call)
    view, asked = _view(call, form, with_times=with_times), _asked(call, form)
    if not asked.relation:
        raise bad_parameter("timerel", "a query of histories has timerel and timeAt")
    asking = asking_of(call, Showing(view.shown))
    return _answer(call, asking, asked, view, media_type, PATH)


def query_by_document(request: HttpRequest) -> HttpResponse:
    """POST temporal/entityOperations/query."""
    call = Call(request, BY_DOCUMENT)
    media_type = accepted(request.headers.get("Accept", ""), OFFERED)
    payload = call.document()
    if payload.get("type") != "Query":
        raise ProblemError(bad_data("the document's type is Query", "/type"))
    for name in payload:
        if name not in _MEMBERS:
            raise ProblemError(bad_data(f"a Query has no member {name!r}", f"/{name}"))
    form, with_times = _form(call)
    temporal = payload.get("temporalQ")
    inside = temporal if isinstance(temporal, dict) and "aggrMethods" in temporal else None
    if payload.get("aggrParams", inside) is not None:
        form = AGGREGATED
    asked = _asked_document(payload, form)
    shown = Representation(call.context, CONCISE if form == CONCISE else NORMALIZED)
    shown.attributes = names_of(document_list(payload, "attrs"), call.context, "attrs")
    project_onto(
        shown,
        ",".join(document_list(payload, "pick")),
        ",".join(document_list(payload, "omit")),
        call.context,
    )
    shown.datasets = datasets_of(document_list(payload, "datasetId"))
    everything = call.truth("local") or bool(payload.get("local"))
    asking = Query(attributes=sorted(shown.attributes), is_everything=everything)
    selectors_of_document(asking, payload.get("entities"), call.context)
    conditions_of_document(asking, payload, call.context)
    page = page_of(call, asking, parse_ordering("", call.context.expand))
    return _answer(call, page, asked, _checked(TemporalView(shown, form, with_times)), media_type, QUERY_PATH)


def _asked_document(payload: dict[str, Any], form: str) -> TemporalQuery:
    value = payload.get("temporalQ")
    if not isinstance(value, dict) or not all(
        isinstance(value.get(name, ""), str) for name in (*TIMES, "endTimeAt")
    ):
        raise ProblemError(bad_data("a query of histories has temporalQ", "/temporalQ", "timerel and timeAt"))
    if not value.get("timerel"):
        raise ProblemError(bad_data("temporalQ has timerel and timeAt", "/temporalQ/timerel"))
    last = value.get("lastN")
    if last is not None and (not isinstance(last, int) or isinstance(last, bool)):
        raise ProblemError(bad_data("lastN is a whole number", "/temporalQ/lastN"))
    aggregation = None
    if form == AGGREGATED:
        params = payload.get("aggrParams", value)
        params = params if isinstance(params, dict) else {}
        methods = params.get("aggrMethods", [])
        methods = methods.split(",") if isinstance(methods, str) else methods
        duration = params.get("aggrPeriodDuration", "")
        if not isinstance(methods, list) or not all(isinstance(item, str) for item in methods):
            raise ProblemError(bad_data("aggrMethods is a list of methods", "/aggrParams/aggrMethods"))
        if not isinstance(duration, str):
            raise ProblemError(bad_data("aggrPeriodDuration is a text", "/aggrParams/aggrPeriodDuration"))
        aggregation = parse_aggregation(methods, duration)
    return temporal_query({name: value.get(name, "") for name in TIMES}, last, aggregation)


def _answer(
    call: Call, asking: Asking, asked: TemporalQuery, view: TemporalView, media_type: str, path: str
) -> HttpResponse:
    csf = call.text("csf") if "csf" in call.known else ""
    if csf:
        parse_query(csf, call.context.expand, frozenset())
    if any(item.path.name != "id" for item in asking.ordering):
        raise bad_parameter("orderBy", "histories are ordered by id alone")
    search = TemporalSearch(asking.query, asked, call.actor, view.shown.datasets)
    timelines, has_more = search.page(asking.limit, asking.offset) if asking.limit else ([], False)
    if asking.ordering:
        timelines.sort(key=lambda item: item.urn, reverse=asking.ordering[0].is_descending)
    part = _part(timelines, asked)
    rendered = [view.render(timeline, asked) for timeline in timelines]
    search.reader.disclosure.record()
    response = _respond(call, [item for item in rendered if item], media_type, part)
    if asking.count:
        response["NGSILD-Results-Count"] = str(search.count())
    add_pages(call, response, path, limit=asking.limit, offset=asking.offset, has_more=has_more)
    return response
