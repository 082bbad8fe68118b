"""`/api/objects`: what is nearest, for guidance: a free bay, a dry shelter, the next station."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AwareDatetime

from beichen.kernel.access.service import acting, require
from beichen.problem import Problem, ProblemError, Where
from beichen.registry import service
from beichen.registry.sightings import BAD_PLACE, MOST_NEAREST

router = Router(tags=["objects"])


@router.get("/nearest", summary="The nearest objects of a type of which a condition holds")
def nearest(
    request: HttpRequest,
    type: str,  # noqa: A002 - the parameter's name is what people ask for
    at: str,
    within: Annotated[float, Query(gt=0)] = 1_000,
    where: str = "",
    limit: Annotated[int, Query(ge=1, le=MOST_NEAREST)] = 10,
    time: AwareDatetime | None = None,
) -> dict[str, Any]:
    """`at` is longitude and latitude (WGS 84) with a comma, `within` metres, `where` SQL over the type's
    fields and latest measures, such as `free > 0 and charging_bays > 0`. Nearest first; distances in metres,
    as the crow flies. A condition may ask the clock too (`hour` from 0 to 24, `weekday` from 1, `workday`):
    now, or at `time`, for which what is measured stays that of now."""
    by = acting(request)
    require(by, service.READ)
    kind = service.seen_type(type)
    longitude, latitude = _place(at)
    found = service.nearest_objects(
        kind, longitude, latitude, by=by, within_m=within, where=where, limit=limit, now=time
    )
    return {"objects": [_told(one) for one in found]}


def _place(at: str) -> tuple[float, float]:
    try:
        longitude, latitude = map(float, at.split(","))
    except ValueError:
        message = "at is not a longitude and a latitude"
        raise ProblemError(Problem(BAD_PLACE, message, Where(field="at"), "at=125.32,43.88")) from None
    return longitude, latitude


def _told(near: service.Near) -> dict[str, Any]:
    one = near.seen
    return {
        "id": one.urn,
        "code": one.code,
        "name": one.name,
        "region": one.region,
        "distance_m": round(near.distance_m),
        "longitude": one.longitude,
        "latitude": one.latitude,
        "values": one.values,
        "measured_at": one.times,
    }
