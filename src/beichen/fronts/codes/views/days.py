"""`/codes/days`: the sums of each day for a reader and an entitlement, to reconcile with its own books."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from beichen.fronts.codes import service
from beichen.fronts.codes.models import Entitlement, Reader, Tally
from beichen.fronts.codes.wording import called, moment
from beichen.kernel.access.service import acting
from beichen.web.tables import Column, Filter, Table, answer

COLUMNS: list[Column[Tally]] = [
    Column("day", pgettext_lazy("tally", "Day"), lambda row: row.day, sort=("day",), is_header=True),
    Column("reader", gettext_lazy("Who reads"), lambda row: called(row.reader), sort=("reader__name",)),
    Column(
        "entitlement",
        gettext_lazy("Entitlement"),
        lambda row: called(row.entitlement),
        sort=("entitlement__key",),
    ),
    Column(
        "accepted",
        pgettext_lazy("tally", "Accepted"),
        lambda row: row.accepted,
        sort=("accepted",),
        is_number=True,
    ),
    Column("taken", pgettext_lazy("tally", "Taken"), lambda row: row.taken, sort=("taken",), is_number=True),
    Column(
        "given_back",
        pgettext_lazy("tally", "Given back"),
        lambda row: row.given_back,
        sort=("given_back",),
        is_number=True,
    ),
    Column(
        "refused",
        pgettext_lazy("tally", "Refused"),
        lambda row: row.refused,
        sort=("refused",),
        is_number=True,
    ),
    Column(
        "counted",
        pgettext_lazy("tally", "Counted at"),
        lambda row: row.counted_at,
        lambda row: moment(row.counted_at),
        ("counted_at",),
    ),
]


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The list, with exports."""
    rows = service.days(by=acting(request))
    readers = Reader.objects.filter(pk__in=rows.order_by().values("reader"))
    kinds = Entitlement.objects.filter(pk__in=rows.order_by().values("entitlement"))
    filters = [
        Filter(
            "reader", gettext_lazy("Who reads"), "reader__key", [(row.key, called(row)) for row in readers]
        ),
        Filter(
            "entitlement",
            gettext_lazy("Entitlement"),
            "entitlement__key",
            [(row.key, called(row)) for row in kinds],
        ),
    ]
    table: Table[Tally] = Table(
        "days",
        pgettext("codes", "Days of readers"),
        rows,
        COLUMNS,
        [one for one in filters if one.choices],
        ("reader__name", "entitlement__name", "entitlement__key"),
    )
    return answer(request, table, "codes/days.html", {})
