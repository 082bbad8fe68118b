"""`/ledger`: the newest checkpoint, who vouches for it, how far each is, where it is anchored, what was
sealed last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.platforms.ledger import service
from beichen.platforms.ledger.anchoring import anchor_document
from beichen.platforms.ledger.forms import WitnessForm
from beichen.platforms.ledger.identity import default_origin, log
from beichen.platforms.ledger.models import Anchoring, Checkpoint, Entry, Witness
from beichen.platforms.ledger.pages import (
    badge,
    failure_words,
    kind_label,
    moment,
    place_badge,
    witness_badge,
)
from beichen.platforms.ledger.rights import EDIT_WITNESSES, READ, READ_ENTRIES
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.web.tables import Column, Rows

LATEST, MOST_WITNESSES, MOST_ANCHORINGS = 20, 100, 5


def _newest(published: bool) -> Checkpoint | None:
    rows = Checkpoint.objects.order_by("-size")
    return (rows.filter(published_at__isnull=False) if published else rows).first()


def _witness_columns(size: int) -> list[Column[Witness]]:
    return [
        Column("title", gettext_lazy("Witness"), lambda row: row.title, is_header=True),
        Column("name", gettext_lazy("Name of its key"), lambda row: row.name),
        Column("state", pgettext("witness", "State"), lambda row: "", lambda row: witness_badge(row, size)),
        Column("size", gettext_lazy("Entries it has seen"), lambda row: f"{row.size:,}", is_number=True),
        Column("at", gettext_lazy("Last cosigned"), lambda row: moment(row.cosigned_at)),
        Column("failure", gettext_lazy("What it answers"), lambda row: failure_words(row.failure)),
    ]


def _entry_columns(published: int, seen: frozenset[int]) -> list[Column[Entry]]:
    def place(row: Entry) -> SafeString | str:
        text = "" if row.position is None else f"{row.position:,}"
        if row.pk not in seen:
            return text
        address = reverse("platforms_ledger:entry", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, text or _("Open the entry"))

    return [
        Column(
            "position",
            gettext_lazy("Number in the log"),
            lambda row: row.position,
            place,
            is_header=True,
            is_number=True,
        ),
        Column("kind", gettext_lazy("What was sealed"), lambda row: kind_label(row.kind)),
        Column("reference", gettext_lazy("Reference"), lambda row: row.reference if row.pk in seen else ""),
        Column("at", gettext_lazy("Sealed at"), lambda row: moment(row.at)),
        Column("state", pgettext("entry", "State"), lambda row: "", lambda row: place_badge(row, published)),
    ]


ANCHORINGS: list[Column[Anchoring]] = [
    Column("size", gettext_lazy("Entries"), lambda row: f"{row.size:,}", is_header=True, is_number=True),
    Column("target", gettext_lazy("Outside log"), lambda row: row.target),
    Column("at", gettext_lazy("Written at"), lambda row: moment(row.at)),
    Column(
        "result",
        gettext_lazy("Result"),
        lambda row: row.error,
        lambda row: badge("missed", row.error) if row.error else badge("on-course", _("Kept there")),
    ),
    Column("proof", gettext_lazy("Proof"), lambda row: "", lambda row: _proof(row)),
]


def _proof(row: Anchoring) -> str:
    """The way to what proves it; another to tell apart by its size for who hears the page."""
    if row.error:
        return ""
    address, name = reverse("platforms_ledger:anchor", args=[row.pk]), _("Download")
    label = _("Download the proof of {size} entries").format(size=f"{row.size:,}")
    return format_html('<a href="{}" aria-label="{}">{}</a>', address, label, name)


def _page(request: HttpRequest, form: WitnessForm | None = None) -> HttpResponse:
    by = acting(request)
    require(by, READ)
    signed, shown = _newest(published=False), _newest(published=True)
    size = signed.size if signed else 0
    latest = list(Entry.objects.order_by("-id")[:LATEST])
    seen = frozenset(row.pk for row in latest if decide(by, READ_ENTRIES, row))
    active = list(service.witnesses(by=by).filter(is_active=True)[:MOST_WITNESSES])
    may_edit = bool(decide(by, EDIT_WITNESSES))
    row = log()
    context: dict[str, Any] = {
        "log": row,
        "origin": row.origin if row else default_origin(),
        "signed": signed,
        "shown": shown,
        "waiting": Entry.objects.filter(position=None).count(),
        "quorum": settings().ledger_quorum,
        "witnesses": Rows(_("Witnesses"), _witness_columns(size), active),
        "contradicted": [one for one in active if one.contradicts],
        "cosigned": shown.cosignatures.count() if shown else 0,
        "anchorings": Rows(_("Outside logs"), ANCHORINGS, Anchoring.objects.all()[:MOST_ANCHORINGS]),
        "latest": Rows(_("Sealed last"), _entry_columns(shown.size if shown else 0, seen), latest),
        "may_read": bool(decide(by, READ_ENTRIES)),
        "form": (form or WitnessForm()) if may_edit else None,
        "retirable": active if may_edit else [],
    }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "platforms_ledger/ledger.html", context, status=422 if is_wrong else 200)


@require_safe
def anchor(request: HttpRequest, number: int) -> HttpResponse:
    """What proves that a checkpoint was kept outside, as a file that anybody checks."""
    require(acting(request), READ)
    content = anchor_document(min(number, 2**62))
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="anchor-{number}.json"'
    return response


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Enter a witness."""
    by = acting(request)
    require(by, EDIT_WITNESSES)
    form = WitnessForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            service.add_witness(given["key"], given["title"], url=given["url"], by=by)
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, _("The witness was entered."))
            return HttpResponseRedirect(reverse("platforms_ledger:ledger"))
    return _page(request, form)


@require_POST
def retire(request: HttpRequest, number: int) -> HttpResponse:
    """Count a witness no more."""
    service.retire_witness(min(number, 2**62), by=acting(request))
    messages.success(request, _("The witness counts no more."))
    return HttpResponseRedirect(reverse("platforms_ledger:ledger"))
