"""Whether the fields of a project fit: each by itself, and together. All mistakes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from shapely.errors import ShapelyError
from shapely.geometry import shape

from beichen.plan.investment.codes import BAD_FIELD
from beichen.plan.investment.models import Investment
from beichen.plan.investment.moments import in_order, read_moment
from beichen.problem import Problem, ProblemError, Said, Where, nearest, said, shorten

EDITABLE = (
    "name", "builder", "nature", "content", "lead", "lead_name", "region", "address", "geometry", "starts",
    "ends", "quote", "progress", "total", "done_total", "done_until", "land_state", "land_kind", "land_area",
    "is_demo", "level",
)  # fmt: skip
MOMENTS = ("starts", "ends", "done_until")
NOT_NEGATIVE = ("total", "done_total", "land_area")
KINDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


def geometry_fault(geometry: Any) -> str:
    """What is wrong with a GeoJSON geometry in WGS 84; empty when nothing is."""
    if not isinstance(geometry, dict) or geometry.get("type") not in KINDS:
        return said("a GeoJSON geometry is expected: {kinds}", kinds=", ".join(KINDS[:3]))
    try:
        drawn = shape(geometry)
        west, south, east, north = drawn.bounds
        is_valid = bool(drawn.is_valid)
    except (ShapelyError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return said("the coordinates cannot be read")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return said("coordinates are longitude −180–180 and latitude −90–90")
    return "" if is_valid else said("the outline crosses itself")


def _moment(value: Any) -> str:
    moment = read_moment(str(value))
    if moment is None:
        raise ValidationError(said("a year or month is expected, such as 2021 or 2021-03"))
    return moment


def _column(row: Investment, name: str, value: Any) -> Any:
    """The value as the column holds it. Raises ValidationError."""
    column: Any = row._meta.get_field(name)
    if name == "geometry":
        fault = geometry_fault(value) if value else ""
        if fault:
            raise ValidationError(fault)
        return value or None
    if column.is_relation:
        return value or None
    if value in ("", None):
        if name == "name":
            raise ValidationError(said("a project has a name"))
        return None if column.null else ""
    if name in MOMENTS:
        return _moment(value)
    if isinstance(value, float):
        value = format(value, ".15g")
    if isinstance(value, str):
        value = value.strip()
    clean = column.clean(value, row)
    if name in NOT_NEGATIVE and Decimal(clean) < 0:
        raise ValidationError(said("an amount is not negative"))
    return clean


def _together(row: Investment, fields: Mapping[str, Any]) -> Iterator[Problem]:
    def of(name: str) -> Any:
        return fields.get(name, getattr(row, name))

    if not in_order(of("starts"), of("ends")):
        message = said("the end {word} comes before the start {word2}", word=of("ends"), word2=of("starts"))
        yield Problem(BAD_FIELD, message, Where(field="ends"))
    if of("land_state") == "none" and of("land_area"):
        yield Problem(BAD_FIELD, said("a project without need of land has no area"), Where(field="land_area"))


def cleaned(row: Investment, values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` as the columns hold them. Raises ProblemError PLN-602 with every mistake."""
    problems: list[Problem] = []
    fields: dict[str, Any] = {}
    for name, value in values.items():
        where = Where(field=name)
        if name not in EDITABLE:
            problems.append(
                Problem(
                    BAD_FIELD,
                    shorten(said("{name} cannot be written", name=name)),
                    where,
                    nearest(name, EDITABLE),
                )
            )
            continue
        try:
            fields[name] = _column(row, name, value)
        except ValidationError as error:
            own = getattr(error, "message", "")  # ours remembers its template, Django's is in words already
            message = own if isinstance(own, Said) else "; ".join(error.messages)
            problems.append(Problem(BAD_FIELD, shorten(message), where))
    problems += _together(row, fields)
    if problems:
        raise ProblemError(*problems)
    return fields
