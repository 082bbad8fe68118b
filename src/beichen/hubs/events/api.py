"""`/api/events`: cases for programs: lists, one case with its clock and desks, and what is done to it.

The list pages by number: pass ``next`` as ``before``. Whoever writes names the version that was seen in
``If-Match``; it came as ``ETag`` and as ``version``. A program speaks with its key, a person's page with its
form's token.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from beichen.hubs.events import service
from beichen.hubs.events.case.document import entry, whole
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.problems import NO_CASE, bad
from beichen.hubs.events.words import Channel, Stage
from beichen.kernel.access.service import acting
from beichen.kernel.actor import Actor
from beichen.kernel.org.service import region_by_code
from beichen.platforms.geo.service import cell_range
from beichen.problem import Problem, ProblemError, code, said, shorten
from beichen.web.programs import is_sound, key_of, seen_version, writer

NO_TOKEN = code("EVT-601", "Writing needs a key, or the token of a page.", status=403)
BAD_VERSION = code("EVT-602", "If-Match is no version of a case.", status=400)
RATE = "300/minute"

router = Router(tags=["events"])

KindKey = Annotated[str, Query(pattern=r"^[a-z0-9.-]*$", max_length=120)]
ReportCode = Annotated[str, Query(pattern=r"^[0-9A-Za-z-]*$", max_length=20)]
RegionCode = Annotated[str, Query(pattern=r"^(\d{6}(\d{3}(\d{3})?)?)?$")]


class Told(Schema):
    """A report that somebody tells on behalf of a citizen, or that a patrol or a program finds."""

    channel: Literal["hotline", "patrol", "device", "file"]
    text: str
    kind: str = ""
    at: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    region: str = ""
    address: str = ""
    answers: dict[str, Any] = Field(default_factory=dict)
    name: str = ""
    phone: str = ""


@router.post(
    "/reports", summary="Take a report of the hotline, a patrol or a program", response={200: Any, 201: Any}
)
def take_report(request: HttpRequest, told: Told) -> Status[dict[str, Any]]:
    """One report in: 201; the same ``Idempotency-Key`` of the same client again: 200. ``at`` is WGS 84."""
    by = _writer(request)
    _sound(told.model_dump())
    key = key_of(request)
    longitude, latitude = told.at or (None, None)
    draft = service.ReportDraft(
        channel=Channel(told.channel),
        text=told.text,
        key=f"{by.key}:{key}" if key else "",
        kind=told.kind,
        longitude=longitude,
        latitude=latitude,
        address=told.address,
        region=told.region,
        answers=told.answers,
        reporter=service.ReporterFacts(name=told.name, phone=told.phone),
    )
    receipt = service.receive(draft, by=by)
    taken = {"report": receipt.report.code, "case": receipt.case.code, "joined": receipt.is_joined}
    return Status(201 if receipt.is_new else 200, taken)


@router.get("/cases", summary="Cases, the newest first")
def list_cases(
    request: HttpRequest,
    kind: KindKey = "",
    stage: Literal["", "accept", "dispatch", "handle", "verify", "answer", "rate", "closed"] = "",
    region: RegionCode = "",
    report: ReportCode = "",
    cell: Annotated[str, Query(max_length=16, pattern=r"^[^\x00]*$")] = "",
    before: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of the cases in which a body of the asker takes part; ``region`` covers all below it.

    ``cell`` is an H3 cell in hexadecimal, up to resolution 10: the open cases within it.
    """
    rows = _selected(service.cases(by=acting(request)), kind, stage, region, report)
    if cell:
        low, high = cell_range(cell)
        rows = rows.filter(is_open=True, cell__gte=low, cell__lte=high)
    if before:
        rows = rows.filter(id__lt=before)
    page = list(rows.order_by("-id")[: limit + 1])
    following = page[limit - 1].pk if len(page) > limit else None
    return {"cases": [entry(row) for row in page[:limit]], "next": following}


def _selected(rows: QuerySet[Case], kind: str, stage: str, region: str, report: str) -> QuerySet[Case]:
    if kind:
        rows = rows.filter(kind__key=kind)
    if stage:
        rows = rows.filter(stage=Stage(stage))
    if region:
        rows = rows.filter(region__path__under=region_by_code(region).path)
    if report:
        rows = rows.filter(pk__in=Report.objects.filter(code=report).values("case"))
    return rows


@router.get("/cases/{slug:case_code}", summary="A case with its clock, desks and what is missing")
def read_case(request: HttpRequest, case_code: str, response: HttpResponse) -> dict[str, Any]:
    """The case as it stands. ``ETag`` is its version."""
    return _shown(service.find_case(_code(case_code), by=acting(request)), response)


@router.post("/cases/{slug:case_code}/photographs", summary="Add a photograph as evidence")
def add_photograph(
    request: HttpRequest,
    case_code: str,
    response: HttpResponse,
    media: File[UploadedFile],
    need: Annotated[str, Form(max_length=60)] = "",
    note: Annotated[str, Form(max_length=500)] = "",
) -> dict[str, Any]:
    """Store the picture, written anew, for what the kind needs (``need``) or for nothing in particular."""
    by = _writer(request)
    row = service.photograph(
        _code(case_code),
        media,
        by=by,
        name=media.name or "photo",
        need=need,
        note=note,
        expected=_seen(request),
    )
    return _shown(service.find_case(row.code, by=by), response)


@router.post("/cases/{slug:case_code}/{slug:command}", summary="Do something to a case")
def do_command(
    request: HttpRequest,
    case_code: str,
    command: str,
    response: HttpResponse,
    values: Annotated[dict[str, Any], Body()],
) -> dict[str, Any]:
    """Accept, dispatch, handle, verify …: the body holds what the command asks for, `{}` for nothing."""
    by = _writer(request)
    if command == "add-evidence":
        raise bad("command", said("evidence comes as a photograph"), f"POST …/{case_code[:20]}/photographs")
    done = service.command_of(command, _sound(values))
    row = service.act(_code(case_code), done, by=by, expected=_seen(request))
    return _shown(service.find_case(row.code, by=by), response)


def _code(text: str) -> str:
    found = text.strip().upper()
    if len(found) > 20:
        raise ProblemError(Problem(NO_CASE, shorten(said("there is no case {code!r}", code=found[:30]))))
    return found


def _sound(values: dict[str, Any]) -> dict[str, object]:
    """``values``, which hold nothing that no text can hold. Raises EVT-310."""
    if not is_sound(values):
        raise bad("body", said("a character or a number in it is not one of JSON's"))
    return values


def _shown(row: Case, response: HttpResponse) -> dict[str, Any]:
    desks = row.desks.select_related("body").order_by("id")
    response["ETag"] = f'"{row.version}"'
    return whole(row, desks, row.reports.order_by("id")[:200], service.timeline(row))


def _writer(request: HttpRequest) -> Actor:
    """Who writes. A page's session alone is not enough: another site could send it. Raises EVT-601."""
    return writer(request, NO_TOKEN, area="events.api", rate=RATE)


def _seen(request: HttpRequest) -> int | None:
    """The version that the writer saw. Raises EVT-602."""
    return seen_version(request, BAD_VERSION)
