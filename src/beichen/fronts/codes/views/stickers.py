"""`/codes/stickers`: printed codes that were withdrawn or reissued, and withdrawing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.fronts.codes import service
from beichen.fronts.codes.forms import StickerForm
from beichen.fronts.codes.models import Sticker
from beichen.fronts.codes.permissions import WITHDRAW
from beichen.fronts.codes.wording import badge, moment
from beichen.kernel.access.service import acting, decide
from beichen.problem import ProblemError
from beichen.web.tables import Column, Filter, Table, answer

REISSUED, WITHDRAWN = pgettext("sticker", "Reissued"), pgettext("sticker", "Withdrawn")


def _state(row: Sticker) -> SafeString:
    return badge("missed", WITHDRAWN) if row.is_withdrawn else badge("behind", REISSUED)


def _code(row: Sticker) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("codes:place", args=[row.code]), row.code)


COLUMNS: list[Column[Sticker]] = [
    Column("code", pgettext("sticker", "Code"), lambda row: row.code, _code, ("code",), is_header=True),
    Column("object", gettext_lazy("What it is on"), lambda row: row.object.name if row.object else ""),
    Column(
        "state",
        pgettext("sticker", "State"),
        lambda row: str(WITHDRAWN if row.is_withdrawn else REISSUED),
        _state,
        ("is_withdrawn",),
    ),
    Column(
        "edition",
        gettext_lazy("Good edition"),
        lambda row: None if row.is_withdrawn else row.edition,
        sort=("edition",),
        is_number=True,
    ),
    Column("reason", gettext_lazy("Reason"), lambda row: row.reason, sort=("reason",)),
    Column(
        "at",
        gettext_lazy("Changed at"),
        lambda row: row.changed_at,
        lambda row: moment(row.changed_at),
        ("changed_at",),
    ),
    Column(
        "region",
        gettext_lazy("Region"),
        lambda row: row.region.name if row.region else "",
        sort=("region__name",),
    ),
]
FILTERS = [
    Filter("state", pgettext("sticker", "State"), "is_withdrawn", [("True", WITHDRAWN), ("False", REISSUED)])
]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The list; the form stands above it for who may withdraw."""
    by = acting(request)
    rows = service.stickers(by=by)
    form = StickerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = service.change_sticker(given["code"], given["step"], given["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(
                request,
                _("Code %(code)s: done. Print edition %(edition)d where one is to hang.")
                % {"code": row.code, "edition": row.edition},
            )
            return HttpResponseRedirect(reverse("codes:stickers"))
    table: Table[Sticker] = Table(
        "stickers", _("Withdrawn codes"), rows, COLUMNS, FILTERS, ("code", "reason", "object__name")
    )
    context = {"form": form if decide(by, WITHDRAW) else None}
    response = answer(request, table, "codes/stickers.html", context)
    response.status_code = 422 if form.errors else response.status_code
    return response
