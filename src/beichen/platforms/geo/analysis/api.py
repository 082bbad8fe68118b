"""`/api/geo/analysis`: which analyses there are, asking one, and the runs that are kept."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Router, Schema

from beichen.kernel.access.service import acting, require
from beichen.platforms.geo.analysis import service
from beichen.platforms.geo.analysis.models import Run, RunState
from beichen.problem import restored

router = Router(tags=["geo"])
GEOJSON = "application/geo+json"


class Asked(Schema):
    """An analysis to be kept: its name and parameters; ``wait`` false has it answered as a job."""

    kind: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    title: str = ""
    wait: bool = True


@router.get("", summary="The analyses and their parameters")
def kinds(request: HttpRequest) -> dict[str, Any]:
    """Names, what each is for, and what it is asked with."""
    require(acting(request), service.RUN)
    return {"analyses": [kind.described() for kind in service.KINDS.values()]}


@router.get("/runs", summary="Your analyses, the latest first")
def runs(request: HttpRequest) -> dict[str, Any]:
    """The last hundred."""
    return {"runs": [_told(row) for row in service.runs_of(acting(request))[:100]]}


@router.post("/runs", summary="Ask an analysis and keep its result")
def ask(request: HttpRequest, told: Asked) -> HttpResponse:
    """201 with the run when it is done, 202 while it goes on as a job."""
    by = acting(request)
    row = service.ask(told.kind, told.parameters, by=by, title=told.title, is_long=not told.wait)
    status = 201 if row.state == RunState.DONE else 202
    answer = HttpResponse(orjson.dumps(_told(row)), status=status, content_type="application/json")
    answer["Location"] = f"/api/geo/analysis/runs/{row.code}"
    return answer


@router.get("/runs/{slug:code}", summary="How far an analysis is")
def run(request: HttpRequest, code: str) -> dict[str, Any]:
    """State, progress, columns, notes, sources, problems."""
    return _told(service.find_run(code, by=acting(request)))


@router.get("/runs/{slug:code}/features", summary="An analysis's result as GeoJSON")
def features(request: HttpRequest, code: str) -> HttpResponse:
    """The features, gzipped for who accepts it."""
    zipped = service.result_of(service.find_run(code, by=acting(request)))
    return collection(request, zipped)


@router.post("/{slug:kind}", summary="Ask an analysis at once")
def analyse(request: HttpRequest, kind: str, parameters: Body[dict[str, Any]]) -> HttpResponse:
    """The result as GeoJSON, with `columns`, `notes` and `sources` of the run left to those that are kept."""
    outcome = service.analyse(kind, parameters, by=acting(request))
    return collection(request, gzip.compress(outcome.collection(), 1, mtime=0))


def collection(request: HttpRequest, zipped: bytes) -> HttpResponse:
    """GeoJSON, gzipped where the client accepts it."""
    is_zipped = "gzip" in request.headers.get("accept-encoding", "")
    answer = HttpResponse(zipped if is_zipped else gzip.decompress(zipped), content_type=GEOJSON)
    if is_zipped:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _told(row: Run) -> dict[str, Any]:
    return {
        "code": row.code,
        "kind": row.kind,
        "title": row.title,
        "parameters": row.parameters,
        "state": row.state,
        "progress": row.progress,
        "seconds": row.seconds,
        "rows": row.row_count,
        "asked_at": row.asked_at,
        "done_at": row.done_at,
        **row.facts,
        "notes": service.notes_of(row),
        "problems": [restored(problem).as_dict() for problem in row.problems],
        "features": f"/api/geo/analysis/runs/{row.code}/features" if row.state == RunState.DONE else None,
    }
