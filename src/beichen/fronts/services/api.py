"""`/api/services`: processes, affairs and the steps that wait, for programs.

Lists page by number: pass ``next`` as ``before``. Whoever writes names the version that was seen in
``If-Match``; it came as ``ETag`` and as ``version``. ``Idempotency-Key`` makes an application that is sent
again the same one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Query, Router, Schema, Status

from beichen.fronts.services import service
from beichen.fronts.services.applicant.paper import withheld_of
from beichen.fronts.services.document import affair_entry, process_entry, task_entry, whole
from beichen.fronts.services.items.api import router as items
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.reading import objections_of
from beichen.fronts.services.problems import NO_AFFAIR
from beichen.fronts.services.sending import sound, writer
from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor
from beichen.kernel.org.service import region_by_code
from beichen.problem import Problem, ProblemError, code, said, shorten
from beichen.web.programs import key_of, seen_version

BAD_VERSION = code("SRV-602", "If-Match is no version of an affair.", status=400)
Key = Annotated[str, Query(pattern=r"^[a-z0-9-]*$", max_length=60)]
Before = Annotated[int, Query(ge=0, le=2**62)]
Limit = Annotated[int, Query(ge=1, le=200)]

router = Router(tags=["services"])
router.add_router("", items)


class Application(Schema):
    """An application that a clerk or a program takes in."""

    process: str
    subject: str
    region: str
    data: dict[str, Any] = Field(default_factory=dict)


@router.get("/processes", summary="Processes that are offered")
def list_processes(request: HttpRequest) -> dict[str, Any]:
    """Each with what it asks at the start."""
    require(acting(request), service.READ)
    return {"processes": [process_entry(row) for row in service.processes()]}


@router.post("/affairs", summary="Take an application in", response={200: Any, 201: Any})
def start(request: HttpRequest, told: Application, response: HttpResponse) -> Status[dict[str, Any]]:
    """201; the same ``Idempotency-Key`` of the same client again: 200."""
    by = writer(request)
    sound(told.model_dump())
    row, is_new = service.start(
        told.process, told.data, told.subject, region_by_code(told.region), by=by, key=key_of(request)
    )
    response["ETag"] = f'"{row.version}"'
    return Status(201 if is_new else 200, affair_entry(row))


@router.get("/affairs", summary="Affairs, the newest first")
def list_affairs(
    request: HttpRequest,
    process: Key = "",
    status: Literal["", "running", "material", "suspended", "done", "withdrawn"] = "",
    before: Before = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """A page of the affairs in which a body of the asker takes part."""
    rows = service.affairs(acting(request)).order_by("-id")
    if process:
        rows = rows.filter(definition__key=process)
    if status:
        rows = rows.filter(status=status)
    if before:
        rows = rows.filter(id__lt=before)
    page = list(rows[: limit + 1])
    following = page[limit - 1].pk if len(page) > limit else None
    return {"affairs": [affair_entry(row) for row in page[:limit]], "next": following}


@router.get("/tasks", summary="Steps that wait, the most urgent first")
def list_tasks(request: HttpRequest, body: Key = "", limit: Limit = 100) -> dict[str, Any]:
    """The first of the steps that wait within the asker's bodies."""
    rows = service.tasks_for(acting(request))
    if body:
        rows = rows.filter(body__key=body)
    return {"tasks": [task_entry(row) for row in rows[:limit]]}


@router.get("/affairs/{slug:affair_code}", summary="An affair with its steps and its trail")
def read_affair(request: HttpRequest, affair_code: str, response: HttpResponse) -> dict[str, Any]:
    """The affair as it stands. ``ETag`` is its version."""
    by = acting(request)
    return _shown(service.find_affair(_code(affair_code), by=by), response, by)


@router.post("/affairs/{slug:affair_code}/tasks/{int:number}/{slug:act}", summary="Act on a step")
def act_on_task(
    request: HttpRequest,
    affair_code: str,
    number: int,
    act: str,
    response: HttpResponse,
    values: Annotated[dict[str, Any], Body()],
) -> dict[str, Any]:
    """``take``, ``complete`` (outcome, data), ``hand-over`` (to, reason), ``ask-for-material`` (items,
    reason), ``give-material`` (data, note)."""
    by = writer(request)
    row = service.act_on_task(
        act, _code(affair_code), min(number, 2**31 - 1), sound(values), by=by, expected=_seen(request)
    )
    return _shown(service.find_affair(row.code, by=by), response, by)


@router.post("/affairs/{slug:affair_code}/{slug:act}", summary="Act on an affair")
def act_on_affair(
    request: HttpRequest,
    affair_code: str,
    act: str,
    response: HttpResponse,
    values: Annotated[dict[str, Any], Body()],
) -> dict[str, Any]:
    """``recall``, ``suspend``, ``resume``, ``withdraw``, ``annul`` (each with a reason), ``message``
    (message, data), ``answer-objection`` (objection, ruling: upheld or dismissed, reason)."""
    by = writer(request)
    row = service.act_on_affair(act, _code(affair_code), sound(values), by=by, expected=_seen(request))
    return _shown(service.find_affair(row.code, by=by), response, by)


def _code(text: str) -> str:
    found = text.strip().upper()
    if len(found) > 20:
        raise ProblemError(Problem(NO_AFFAIR, shorten(said("there is no affair {code!r}", code=found[:30]))))
    return found


def _shown(row: Affair, response: HttpResponse, by: Actor) -> dict[str, Any]:
    response["ETag"] = f'"{row.version}"'
    withheld = withheld_of(row, by=by)
    return whole(
        row,
        service.tasks_of(row),
        service.timers_of(row),
        service.trail(row),
        withheld,
        objections_of(row),
    )


def _seen(request: HttpRequest) -> int | None:
    """The version that the writer saw. Raises SRV-602."""
    return seen_version(request, BAD_VERSION)
