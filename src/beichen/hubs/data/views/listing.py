"""`/indicators`: everything that the city counts, with the newest value of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.hubs.data import service
from beichen.hubs.data.models import Indicator, IndicatorValue, Kind
from beichen.hubs.data.unit_names import unit_name
from beichen.hubs.data.views.standing import sign
from beichen.kernel.access.service import acting, require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.service import city_region
from beichen.kernel.scene.service import package_names
from beichen.web.numbers import figure
from beichen.web.tables import Column, Filter, Table, answer


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator as the list shows it."""

    key: str
    name: str
    other_name: str
    unit: str
    owner: str
    how: str
    value: IndicatorValue | None
    target: str
    is_broken: bool
    declared_by: str

    @property
    def is_demo(self) -> bool:
        """Whether there is only a made-up value."""
        return self.value is not None and self.value.kind == Kind.DEMO


def rows_for(by: Actor) -> list[Row]:
    """The indicators with the value of the city's newest period that is over: three queries."""
    city = city_region()
    held = visible(by, service.READ, IndicatorValue.objects.all()).filter(
        indicator=OuterRef("pk"), region=city
    )

    def newest(kind: str) -> Any:
        rows = held.filter(kind=kind, ends__lt=timezone.localdate()).order_by("-starts", "-ends")
        # a week is the newest only where nothing longer is counted, and a day where there is no week
        longer = (rows.exclude(length__in=["day", "week"]), rows.exclude(length="day"), rows)
        return Coalesce(*(Subquery(each.values("pk")[:1]) for each in longer))

    found = list(
        service.indicators()
        .annotate(newest=Coalesce(newest(Kind.REAL), newest(Kind.DEMO)))
        .select_related("computation")
    )
    values = IndicatorValue.objects.select_related("indicator").in_bulk(
        [row.newest for row in found if row.newest]
    )
    named = package_names()
    return [_row(row, values.get(row.newest), named) for row in found]


def _row(row: Indicator, value: IndicatorValue | None, named: dict[str, str]) -> Row:
    computation = getattr(row, "computation", None)
    names = (row.name_en, row.name) if get_language() == "en" else (row.name, row.name_en)
    return Row(
        key=row.key,
        name=names[0],
        other_name=names[1],
        unit=row.unit,
        owner=row.owner,
        how="computed" if computation else "stated",
        value=value,
        target=computation.target if computation else "",
        is_broken=bool(computation and computation.problem),
        declared_by=named.get(row.owner, row.owner),
    )


def _name(row: Row) -> str:
    return format_html('<a href="{}">{}</a>', reverse("data:indicator", args=[row.key]), row.name)


def _newest(row: Row) -> str:
    if row.value is None:
        return ""
    mark = format_html(' <span class="badge">{}</span>', _now("Demo")) if row.is_demo else ""
    unit = unit_name(row.unit)
    return format_html(
        '{} <small>{}</small> <span class="quiet figures">{}</span>{}',
        figure(row.value.value), unit, row.value.period, mark,
    )  # fmt: skip


def _standing(row: Row) -> str:
    if row.is_broken:
        return format_html('<span class="badge is-missed">{}</span>', _now("Computing failed"))
    if row.value is None or (found := service.verdict(row.value, row.target)) is None:
        return ""
    return render_to_string("data/sign.html", sign(found))


HOW = {"computed": _("Computed from tables"), "stated": _("Stated by a source")}
COLUMNS: list[Column[Row]] = [
    Column("name", _("Indicator"), lambda row: row.name, _name, sort=("name",), is_header=True),
    Column("key", _("Key"), lambda row: row.key, is_exported_only=True),
    Column(
        "newest",
        _("Newest value"),
        lambda row: row.value.value if row.value else None,
        _newest,
        is_number=True,
    ),
    Column("period", _("Period"), lambda row: row.value.period if row.value else "", is_exported_only=True),
    Column("unit", _("Unit"), lambda row: row.unit, is_exported_only=True),
    Column("kind", _("Real or demo"), lambda row: row.value.kind if row.value else "", is_exported_only=True),
    Column("standing", _("Target"), lambda row: row.target, _standing),
    Column("how", _("Where from"), lambda row: str(HOW[row.how]), sort=("how",)),
    Column("owner", _("Declared by"), lambda row: row.declared_by, sort=("owner",)),
]


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponseBase:
    """The list; filters by where values come from and who declares the indicator."""
    by = acting(request)
    require(by, service.READ)
    rows = rows_for(by)
    owners = sorted({(row.owner, row.declared_by) for row in rows})
    table: Table[Row] = Table(
        "city-indicators",
        _("Indicators of the city"),
        rows,
        COLUMNS,
        [
            Filter("how", _("Where from"), "how", list(HOW.items())),
            Filter("owner", _("Declared by"), "owner", owners),
        ],
        ("name", "other_name", "key"),
    )
    return answer(request, table, "data/indicators.html")
