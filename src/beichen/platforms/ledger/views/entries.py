"""`/ledger/entries`: what was sealed; `/ledger/entries/NUMBER`: one entry, and the file that proves it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting
from beichen.platforms.ledger import proving, service
from beichen.platforms.ledger.kinds import sealed_kinds
from beichen.platforms.ledger.models import Checkpoint, Entry
from beichen.platforms.ledger.pages import kind_label, moment, place_badge
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer


def _published() -> int:
    rows = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size")
    return rows.values_list("size", flat=True).first() or 0


def _link(row: Entry) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_ledger:entry", args=[row.pk]), row.reference)


def _columns(published: int) -> list[Column[Entry]]:
    return [
        Column(
            "reference",
            gettext_lazy("Reference"),
            lambda row: row.reference,
            _link,
            ("reference",),
            is_header=True,
        ),
        Column("kind", gettext_lazy("What was sealed"), lambda row: kind_label(row.kind), sort=("kind",)),
        Column("at", gettext_lazy("Sealed at"), lambda row: row.at, lambda row: moment(row.at), ("at",)),
        Column(
            "position",
            gettext_lazy("Number in the log"),
            lambda row: row.position,
            sort=("position",),
            is_number=True,
        ),
        Column("state", pgettext("entry", "State"), lambda row: "", lambda row: place_badge(row, published)),
        Column("sha256", gettext_lazy("SHA-256"), lambda row: row.sha256, is_exported_only=True),
    ]


@require_safe
def entries(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    rows = service.entries(by=acting(request))
    kinds = Filter(
        "kind", _("What was sealed"), "kind", [(key, one.label) for key, one in sealed_kinds().items()]
    )
    table: Table[Entry] = Table(
        "sealed", _("What was sealed"), rows, _columns(_published()), [kinds], ("reference", "sha256")
    )
    return answer(request, table, "platforms_ledger/entries.html")


@require_safe
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: what it commits to, and how to prove it."""
    row = service.find_entry(min(number, 2**62), by=acting(request))
    published = _published()
    context = {
        "row": row,
        "kind": kind_label(row.kind),
        "at": moment(row.at),
        "state": place_badge(row, published),
        "is_provable": row.position is not None and row.position < published,
        "crumbs": [
            Link(_("Ledger"), reverse("platforms_ledger:ledger")),
            Link(_("What was sealed"), reverse("platforms_ledger:entries")),
            Link(row.reference),
        ],
    }
    return render(request, "platforms_ledger/entry.html", context)


@require_safe
def bundle(request: HttpRequest, number: int) -> HttpResponse:
    """The proof as a file that anybody checks offline."""
    row = service.find_entry(min(number, 2**62), by=acting(request))
    response = HttpResponse(proving.bundle_text(row), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{row.pk}.json"'
    return response
