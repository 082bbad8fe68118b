"""GeoReport v2: discovery, services, definitions, requests, tokens; errors as its documents."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from beichen.hubs.events import service as events
from beichen.hubs.events.intake.pictures import keep_picture
from beichen.hubs.events.kinds.declaration import read_kind
from beichen.hubs.events.models import EventKind, Report
from beichen.hubs.events.open311 import documents
from beichen.hubs.events.open311.formats import FORMATS, document
from beichen.hubs.events.open311.reading import bad, draft_of, selection
from beichen.hubs.events.open311.shapes import MOST_FILES, Discovery, Taken, Token
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten
from beichen.settings import settings

NO_KEY = code("EVT-501", "A report over Open311 needs an api_key.", status=403)
NO_SERVICE = code("EVT-502", "There is no such service.", status=404)
NO_JURISDICTION = code("EVT-503", "There is no such jurisdiction.", status=404)
NO_REQUEST = code("EVT-504", "There is no such service request.", status=404)
NO_FORMAT = code("EVT-505", "The format is json or xml.", status=404)
NO_ADDRESS = code("EVT-507", "There is nothing at this address of Open311.", status=404)
NO_METHOD = code("EVT-506", "This address does not answer that method.", status=405)
_RETRY_SECONDS = 30
View = Callable[..., HttpResponse]


def _answering(**methods: View) -> View:
    """Let the method's function answer; what goes wrong comes out as GeoReport's errors."""

    @csrf_exempt  # programs with a key; no session is looked at
    @wraps(next(iter(methods.values())))
    def view(request: HttpRequest, form: str, **parts: str) -> HttpResponse:
        chosen = form if form in FORMATS else "xml"
        language = "en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans"
        try:
            if form not in FORMATS:
                message = said("no format {form!r}", form=form[:10])
                raise ProblemError(Problem(NO_FORMAT, message, hint=", ".join(FORMATS)))
            handler = methods.get(request.method or "")
            if handler is None:
                hint = ", ".join(sorted(methods))
                raise ProblemError(Problem(NO_METHOD, said("not answered here"), hint=hint))
            _check_texts(request)
            _check_jurisdiction(request)
            with translation.override(language):
                return handler(request, form, **parts)
        except ProblemError as error:
            return _errors(error, chosen, sorted(methods))
        except OperationalError:
            return _away(chosen)

    view.__dict__["methods"] = methods  # for the description
    return view


def _errors(error: ProblemError, form: str, methods: list[str]) -> HttpResponse:
    # GeoReport knows 400 for whatever is wrong with a request's values.
    status = 400 if error.status == 422 else error.status
    listed = [{"code": status, "description": _described(problem)} for problem in error.problems]
    response = document("errors", listed, form, status)
    if status == 405:
        response["Allow"] = ", ".join(methods)
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _described(problem: Problem) -> str:
    place = f"{problem.where.field}: " if problem.where.field else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{place}{problem.message}{hint} [{problem.code}]"


def _away(form: str) -> HttpResponse:
    """The database is away: the client keeps the report and sends it again."""
    listed = [{"code": 503, "description": "the service cannot store reports now; send it again"}]
    response = document("errors", listed, form, 503)
    response["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _check_texts(request: HttpRequest) -> None:
    """A NUL stands in no text: PostgreSQL keeps none, whatever field it came in."""
    for values in (request.GET, request.POST):
        for name, given in values.lists():
            if "\0" in name or any("\0" in value for value in given):
                raise bad(name.replace("\0", "")[:60], said("a character that no text holds"))


def _check_jurisdiction(request: HttpRequest) -> None:
    wanted = request.GET.get("jurisdiction_id") or (
        request.POST.get("jurisdiction_id", "") if request.method == "POST" else ""
    )
    if not wanted:
        return
    city = city_region()
    if city is None or wanted != city.code:
        hint = city.code if city is not None else ""
        message = shorten(said("no jurisdiction {wanted!r}", wanted=wanted[:40]))
        raise ProblemError(Problem(NO_JURISDICTION, message, Where(field="jurisdiction_id"), hint))


def _client(request: HttpRequest) -> Actor:
    """Who sends, by ``api_key`` or a bearer token."""
    key = request.POST.get("api_key") or request.GET.get("api_key")
    try:
        by = access.client_with(key, request) if key else access.acting(request)
    except ProblemError:
        by = None
    if by is None or not by.key.startswith("client:"):
        hint = said("beichen client new makes one")
        raise ProblemError(
            Problem(NO_KEY, said("the api_key is missing or not valid"), Where(field="api_key"), hint)
        )
    return by


def _reader(request: HttpRequest) -> str:
    """The key of the client that reads, where it says who it is; reading is open to all."""
    has_key = request.GET.get("api_key") or request.headers.get("Authorization")
    return _client(request).key if has_key else ""


def _kind(service_code: str) -> EventKind:
    row = events.public_kind(service_code)
    if row is None:
        hint = nearest(service_code, events.public_kinds().values_list("key", flat=True))
        message = shorten(said("there is no service {code!r}", code=service_code[:60]))
        raise ProblemError(Problem(NO_SERVICE, message, Where(field="service_code"), hint))
    return row


def _discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Where the interface is, and whose."""
    address = request.build_absolute_uri("/open311/v2")
    city = city_region()
    value: Discovery = {
        "changeset": "2026-11-28T00:00:00Z",
        "contact": said("write to the city's event centre"),
        "key_service": said("a key is made by: beichen client new"),
        "jurisdiction_id": city.code if city is not None else "",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": address,
                "changeset": "2026-11-28T00:00:00Z",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return document("discovery", value, form)


def _services(_request: HttpRequest, form: str) -> HttpResponse:
    """The kinds of event that citizens may report."""
    return document("services", [documents.service(row) for row in events.public_kinds()], form)


def _definition(_request: HttpRequest, form: str, service_code: str) -> HttpResponse:
    """The questions of a service."""
    return document("service_definition", documents.definition(_kind(service_code)), form)


def _send(request: HttpRequest, form: str) -> HttpResponse:
    """Send a report."""
    by = _client(request)
    access.check_rate("open311", by.key, f"{settings().reports_a_minute}/minute")
    service_code = request.POST.get("service_code", "").strip()
    if not service_code:
        raise bad("service_code", said("service_code was not provided"))
    kind = _kind(service_code)
    pictures = request.FILES.getlist("media")
    if len(pictures) > MOST_FILES:
        raise bad("media", said("at most {limit} pictures", limit=MOST_FILES))
    draft_of(request, read_kind(kind.declared), (), by.key)  # refuse before anything is stored
    stored = [keep_picture(one, one.name or "photo", by=by).code for one in pictures]
    draft = draft_of(request, read_kind(kind.declared), tuple(stored), by.key)
    receipt = events.receive(draft, by=by)
    answer: Taken = {
        "service_request_id": receipt.report.code,
        "service_notice": "",
        "account_id": "",
        "follow_code": receipt.report.secret,
    }
    return document("service_requests", [answer], form, 201 if receipt.is_new else 200)


def _reports() -> Any:
    related = ("kind", "region", "case__desk", "case__centre")
    return Report.objects.select_related(*related).exclude(kind=None)


def _list(request: HttpRequest, form: str) -> HttpResponse:
    """Reports, the newest first: at most a thousand of 90 days."""
    reader = _reader(request)
    rows = selection(request.GET, _reports())
    listed = [documents.request(row, is_own=bool(reader) and row.taken_by == reader) for row in rows]
    return document("service_requests", listed, form)


def _one(request: HttpRequest, form: str, report_code: str) -> HttpResponse:
    """One report."""
    reader = _reader(request)
    row = _found(report_code)
    listed = [documents.request(row, is_own=bool(reader) and row.taken_by == reader)]
    return document("service_requests", listed, form)


def _token(_request: HttpRequest, form: str, token: str) -> HttpResponse:
    """The report of a token."""
    row = _found(token)
    found: Token = {"service_request_id": row.code, "token": token}
    return document("service_requests", [found], form)


def _found(report_code: str) -> Report:
    row: Report | None = _reports().filter(code=report_code).first()
    if row is None:
        message = shorten(said("there is no service request {code!r}", code=report_code[:40]))
        raise ProblemError(Problem(NO_REQUEST, message, Where(field="service_request_id")))
    return row


discovery = _answering(GET=_discovery)
services = _answering(GET=_services)
definition = _answering(GET=_definition)
requests = _answering(GET=_list, POST=_send)
request_ = _answering(GET=_one)
token = _answering(GET=_token)


@csrf_exempt
def nothing(_request: HttpRequest, form: str) -> HttpResponse:
    """Any other address: a client that reads GeoReport is answered in it, whatever it asked for."""
    return _errors(ProblemError(Problem(NO_ADDRESS, said("nothing is here"))), form, [])
