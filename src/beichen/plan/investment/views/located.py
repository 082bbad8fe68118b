"""`/plan/investment/map`: projects on the map, coloured by stage; by district; the same as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from shapely.geometry import shape

from beichen.kernel.access.service import acting, visible
from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import InvestmentStanding
from beichen.plan.investment.stages import Stage
from beichen.plan.investment.views.projects import ProjectRow, table_row
from beichen.plan.investment.views.shown import (
    TONES,
    lead_of,
    money,
    plan_of,
    project_link,
    stage_badge,
    stage_name,
    standings_for,
    year_of,
)
from beichen.plan.pages import in_english, without_plan
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import District, Drawing, drawing
from beichen.web.charts import embedded_json
from beichen.web.tables import Column, Filter, Table, answer

COLUMNS: list[Column[ProjectRow]] = [
    Column(
        "name", _("Project"), lambda row: row.name, lambda row: project_link(row.standing.row), ("name",),
        is_header=True,
    ),
    Column(
        "stage", _("Stage"), lambda row: stage_name(row.standing.row.stage),
        lambda row: stage_badge(row.standing.row.stage), ("stage",),
    ),
    Column("region", _("Region"), lambda row: row.region, sort=("region",)),
    Column("lead", _("Responsible body"), lambda row: lead_of(row.standing.row), sort=("lead",)),
    Column(
        "total", _("Total investment (10,000 yuan)"), lambda row: row.standing.row.total,
        lambda row: money(row.standing.row.total), ("total",), is_number=True,
    ),
    Column("geometry", _("Place (WGS 84)"), lambda row: coordinates(row.standing.row)),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dot:
    """A project on the drawn sheet."""

    row: Investment
    x: str
    y: str
    tone: str
    label: str


def middle(row: Investment) -> tuple[float, float] | None:
    """Longitude and latitude of a point within the project's geometry; None when it has none."""
    if row.geometry is None:
        return None
    point = shape(row.geometry).representative_point()
    return float(point.x), float(point.y)


def coordinates(row: Investment) -> str:
    """The middle of the project's place in words; empty when unknown."""
    at = middle(row)
    return "" if at is None else f"{at[0]:.4f}, {at[1]:.4f}"


def drawn_city(request: HttpRequest) -> Drawing | None:
    """The sheet of the layers that the reader may see."""
    return drawing(list(visible(acting(request), geo.READ, geo.layers())))


def _dots(drawn: Drawing, rows: Sequence[InvestmentStanding]) -> list[Dot]:
    found = []
    for one in rows:
        at = middle(one.row)
        if at is not None:
            x, y = drawn.sheet.place(at)
            label = f"{one.row.name} · {stage_name(one.row.stage)}"
            found.append(Dot(one.row, f"{x:.1f}", f"{y:.1f}", TONES[one.row.stage], label))
    return found


def _features(rows: Sequence[InvestmentStanding]) -> dict[str, Any]:
    """The same points for the live map."""
    features = []
    for one in rows:
        at = middle(one.row)
        if at is not None:
            href = reverse("plan_investment:project", args=[one.row.key])
            properties = {"tone": TONES[one.row.stage], "name": one.row.name, "href": href}
            geometry = {"type": "Point", "coordinates": at}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _districts(drawn: Drawing, rows: Sequence[InvestmentStanding]) -> list[tuple[District, str, int]]:
    counts = Counter(one.row.region.code for one in rows if one.row.region is not None)
    return [
        (
            district,
            (district.name_en or district.name) if in_english() else district.name,
            counts[district.code],
        )
        for district in drawn.districts
    ]


def sheet_context(drawn: Drawing, chosen: District | None) -> dict[str, Any]:
    """What the sheet's template needs: the part shown, and how large signs are on it."""
    bounds = chosen.bounds if chosen else drawn.sheet.bounds
    view_box = drawn.view_box(bounds)
    wide, high = map(float, view_box.split()[2:])
    size = max(wide, high * 1.2)
    return {
        "drawing": drawn,
        "bounds": str(bounds),
        "view_box": view_box,
        "label_size": f"{size * 0.018:.1f}",
        "dot_size": f"{size * 0.008:.1f}",
    }


@require_safe
def project_map(request: HttpRequest) -> HttpResponseBase:
    """The projects that have a place, of the whole city or of one district."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    year = year_of(request, plan)
    every = standings_for(request, plan, year)
    drawn, code = drawn_city(request), request.GET.get("region", "")
    chosen = drawn.district(code) if drawn and code else None
    if code and drawn is not None and chosen is None:
        raise Http404
    rows = [one for one in every if not code or (one.row.region is not None and one.row.region.code == code)]
    located = [one for one in rows if one.row.geometry is not None or one.row.region is not None]
    table: Table[ProjectRow] = Table(
        "located",
        _("Projects with a place"),
        [table_row(one, plan, year) for one in located],
        COLUMNS,
        [Filter("stage", _("Stage"), "stage", [*Stage.choices, ("none", _("No data"))])],
        ("name", "lead", "region"),
    )
    counts = Counter(one.row.stage for one in rows if one.row.geometry is not None)
    context: dict[str, Any] = {
        "plan": plan,
        "chosen": chosen,
        "chosen_code": chosen.code if chosen else "",
        "legend": [(stage_name(stage), TONES[stage], counts[stage]) for stage in ("", *Stage.values)],
        "points": embedded_json(_features(rows)),
        "without": len(rows) - len(located),
        "unplaced": sum(one.row.geometry is None for one in located),
    }
    if drawn is not None:
        context |= sheet_context(drawn, chosen)
        context |= {"districts": _districts(drawn, every), "dots": _dots(drawn, rows)}
    return answer(request, table, "plan_investment/map.html", context)
