"""`/indicators/KEY`: an indicator over time, its parts side by side, and how it is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.hubs.data import service
from beichen.hubs.data.computing.header import read_target
from beichen.hubs.data.computing.members import title_of
from beichen.hubs.data.models import Computation, Indicator, IndicatorValue, Kind
from beichen.hubs.data.unit_names import unit_name
from beichen.hubs.data.views.standing import sign
from beichen.kernel.access.service import acting, decide, require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.kernel.scene.service import package_names
from beichen.web.charts import Chart, Series
from beichen.web.links import Link
from beichen.web.numbers import figure
from beichen.web.tables import Column, Table, answer

LENGTHS = {"day": _("By day"), "week": _("By week"), "month": _("By month"), "quarter": _("By quarter"),
           "half": _("By half-year"),           "year": _("By year"), "range": _("By stretch")}  # fmt: skip
DRAWN = {"day": 62, "week": 53, "month": 36, "quarter": 24}  # newest periods in the chart; of longer ones all
SHOWN_RUNS = 8
REGION = "region"


@dataclass(frozen=True, slots=True)
class Part:
    """A member's value in the chosen period, beside that of the period before."""

    code: str
    name: str
    value: IndicatorValue
    before: IndicatorValue | None
    target: str

    @property
    def change(self) -> float | None:
        """How much it is more than before."""
        return float(self.value.value - self.before.value) if self.before else None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for, each made possible: region, length of period, dimension of the parts."""

    region: Region | None
    length: str
    part: str

    def address(self, key: str, **other: str) -> str:
        """The page with another choice."""
        chosen = {"region": self.region.code if self.region else "", "length": self.length, "part": self.part}
        pairs = "&".join(f"{name}={value}" for name, value in {**chosen, **other}.items() if value)
        return f"{reverse('data:indicator', args=[key])}?{pairs}"


@require_safe
def indicator_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """The page; `region`, `length` and `part` choose what it shows."""
    by = acting(request)
    require(by, service.READ)
    row = service.indicator(key)
    computation = Computation.objects.filter(indicator=row).first()
    lengths = _lengths(row, computation)
    parts = _parts(computation)
    regions = _regions(row, by)
    chosen = _choice(request, regions, lengths, parts)
    values = _drawn(row, chosen, by)
    table = _table(request, row, computation, chosen, by)
    newest = values[-1] if values else None
    complete = service.newest_complete(values, timezone.localdate())
    aims = (
        {aim.starts.year: aim for aim in visible(by, service.READ, service.targets(key))} if complete else {}
    )
    found = service.verdict(complete, computation.target if computation else "", aims) if complete else None
    context = {
        "indicator": row,
        "declared_by": package_names().get(row.owner, row.owner),
        "name": row.name_en if get_language() == "en" else row.name,
        "about": row.definition_en if get_language() == "en" else row.definition,
        "computation": computation,
        "crumbs": [Link(_("City indicators"), reverse("data:indicators")), Link(_named(row))],
        "regions": regions,
        "lengths": [(length, LENGTHS[length]) for length in lengths],
        "chosen": chosen,
        "tabs": [Link(title_of(one), chosen.address(key, part=one), one == chosen.part) for one in parts],
        "complete": complete,
        "shown": complete or newest,
        "sign": sign(found) if found else None,
        "is_demo": any(value.kind == Kind.DEMO for value in values),
        "chart": _chart(row, computation, values) if values else None,
        "may_withdraw": row.is_current
        and row.owner.startswith(f"{service.DESK}:")
        and bool(decide(by, service.WRITE, None)),
        "runs": list(computation.runs.all()[:SHOWN_RUNS]) if computation else [],
    }
    return answer(request, table, "data/indicator.html", context)


def _called(region: Region) -> str:
    return (region.name_en or region.name) if get_language() == "en" else region.name


def _named(row: Indicator) -> str:
    return row.name_en if get_language() == "en" else row.name


def _lengths(row: Indicator, computation: Computation | None) -> list[str]:
    """The lengths of period that the indicator has, the shortest first."""
    if computation is not None:
        return list(computation.every)
    rows = IndicatorValue.objects.filter(indicator=row)
    return [length for length in LENGTHS if rows.filter(length=length).exists()]


def _parts(computation: Computation | None) -> list[str]:
    """The dimensions whose parts can be shown beside each other."""
    if computation is None:
        return [REGION]
    groupings = [set(one["names"]) for one in computation.by if one["names"]]
    found = {"+".join(sorted(names - {REGION})) or REGION for names in groupings}
    return sorted(found, key=lambda name: (name != REGION, name.count("+"), name))


def _regions(row: Indicator, by: Actor) -> list[Region]:
    """The city and its districts that have values."""
    city = city_region()
    if city is None:
        return []
    held = visible(by, service.READ, IndicatorValue.objects.filter(indicator=row)).values("region")
    districts = Region.objects.filter(parent=city, pk__in=held).order_by("code")
    return [city, *districts]


def _choice(request: HttpRequest, regions: list[Region], lengths: list[str], parts: list[str]) -> Choice:
    """What is asked for; what is not possible is passed over for what is."""
    asked = request.GET
    region = next(
        (one for one in regions if one.code == asked.get("region")), regions[0] if regions else None
    )
    usual = "month" if "month" in lengths else (lengths[-1] if lengths else "")
    length = asked.get("length", "") if asked.get("length") in lengths else usual
    part = asked.get("part", "") if asked.get("part") in parts else (parts[0] if parts else "")
    return Choice(region, length, part)


def _drawn(row: Indicator, chosen: Choice, by: Actor) -> list[IndicatorValue]:
    """The newest periods of the region, in order of time."""
    if chosen.region is None:
        return []
    rows = service.figures(row.key, by=by, region=chosen.region.code, length=chosen.length)
    if chosen.length in DRAWN:
        return list(rows.order_by("-starts", "-pk")[: DRAWN[chosen.length] * 2])[::-1]
    return list(rows)


def _chart(row: Indicator, computation: Computation | None, values: Sequence[IndicatorValue]) -> Chart:
    periods = list(dict.fromkeys(value.period for value in values))
    series = []
    for kind, words, tone in (
        (Kind.REAL, gettext("Real value"), "accent"),
        (Kind.DEMO, gettext("Demo"), "star"),
    ):
        held = {value.period: float(value.value) for value in values if value.kind == kind}
        if held:
            line = [held.get(period) for period in periods]
            drawn = "points" if len(held) == 1 else "line"
            series.append(Series(words, line, tone, drawn, is_dashed=kind == Kind.DEMO))
    target = read_target(computation.target) if computation else None
    if target is not None:
        level: list[float | None] = [float(target.number)] * len(periods)
        drawn = "points" if len(periods) == 1 else "line"
        series.append(Series(gettext("Target"), level, "seal", drawn, is_dashed=True))
    return Chart(_named(row), unit_name(row.unit), gettext("Period"), periods, series)


def _table(
    request: HttpRequest, row: Indicator, computation: Computation | None, chosen: Choice, by: Actor
) -> Table[Part]:
    parts, period = _members(row, computation, chosen, by)
    title = title_of(chosen.part) if chosen.part else ""

    def shown(part: Part) -> str:
        mark = (
            format_html(' <span class="badge">{}</span>', gettext("Demo"))
            if part.value.kind == Kind.DEMO
            else ""
        )
        return format_html("{}{}", figure(part.value.value), mark)

    def standing(part: Part) -> str:
        found = service.verdict(part.value, part.target)
        return render_to_string("data/sign.html", sign(found)) if found else ""

    columns: list[Column[Part]] = [
        Column("name", title, lambda part: part.name, sort=("name",), is_header=True),
        Column("code", _("Code"), lambda part: part.code, is_exported_only=True),
        Column("period", _("Period"), lambda part: part.value.period, sort=("period",)),
        Column("value", _("Value"), lambda part: part.value.value, shown, sort=("value",), is_number=True),
        Column(
            "change",
            _("Change to the period before"),
            lambda part: part.change,
            lambda part: f"{part.change:+,.2f}".rstrip("0").rstrip(".") if part.change is not None else "",
            sort=("change",),
            is_number=True,
        ),
        Column("kind", _("Real or demo"), lambda part: part.value.kind, is_exported_only=True),
    ]
    if computation is not None and computation.target:
        columns.append(Column("standing", _("Target"), lambda part: part.target, standing))
    kept = {
        "region": chosen.region.code if chosen.region else "",
        "length": chosen.length,
        "part": chosen.part,
    }
    return Table(
        f"parts-{row.key}",
        f"{title} {period}".strip(),
        parts,
        columns,
        search=("name", "code"),
        kept={name: value for name, value in kept.items() if value},
    )


def _members(
    row: Indicator, computation: Computation | None, chosen: Choice, by: Actor
) -> tuple[list[Part], str]:
    """The parts in the newest period that has any, and that period: three queries at most."""
    if chosen.region is None or not chosen.length:
        return [], ""
    holder: Region | None = None
    dimension = "" if chosen.part == REGION else chosen.part
    rows = service.figures(row.key, by=by, dimension=dimension, length=chosen.length)
    if dimension:
        holder = _holder(computation, chosen)
        rows = rows.filter(region=holder)
    else:
        rows = rows.filter(region__parent=chosen.region)
    last = rows.order_by("-starts").first()
    if last is None:
        return [], ""
    before = service.figures(row.key, by=by, dimension=dimension, length=chosen.length).filter(
        region__in=rows.values("region"), ends=last.starts - timedelta(days=1)
    )
    earlier = {(one.region_id, one.member, one.kind): one for one in before}
    found = list(rows.filter(starts=last.starts))
    real = {(one.region_id, one.member) for one in found if one.kind == Kind.REAL}
    shown = [one for one in found if one.kind == Kind.REAL or (one.region_id, one.member) not in real]
    codes = [one.member if dimension else one.region.code for one in shown]
    names = service.names_of(dimension or REGION, codes)
    target = computation.target if computation else ""
    parts = [
        Part(code, names[code], one, earlier.get((one.region_id, one.member, one.kind)), target)
        for code, one in zip(codes, shown, strict=True)
    ]
    place = _called(holder) if dimension and holder else ""
    return sorted(parts, key=lambda part: -part.value.value), f"{last.period} {place}".strip()


def _holder(computation: Computation | None, chosen: Choice) -> Region | None:
    """The region whose parts are shown: the chosen one where parts are counted by region, else the city."""
    wanted = {REGION, *chosen.part.split("+")}
    is_regional = computation is not None and any(
        set(one["names"]) == wanted and chosen.length in one["every"] for one in computation.by
    )
    return chosen.region if is_regional else city_region()
