"""`/services/window`: a clerk receives applications, checks papers one by one, gives receipts and results."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.fronts.services.items import receiving
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.bundling import apply_bundle
from beichen.fronts.services.items.catalogue import entries, search
from beichen.fronts.services.items.forms import BundleForm, ReceiveForm
from beichen.fronts.services.items.listing import receipts_table
from beichen.fronts.services.items.models import Receipt
from beichen.fronts.services.items.whole import Whole
from beichen.fronts.services.items.wording import paper_words, time_words
from beichen.fronts.services.items.words import Channel, How, ReceiptKind
from beichen.fronts.services.permissions import START
from beichen.fronts.services.service import newest, read_process
from beichen.fronts.services.views.applying import regions
from beichen.fronts.services.views.catalogue import printed
from beichen.kernel.access.service import acting, require
from beichen.kernel.org.service import region_by_code
from beichen.problem import ProblemError
from beichen.web.tables import answer

SHOWN = 30


@require_safe
def window(request: HttpRequest) -> HttpResponseBase:
    """What may be received, and what was."""
    by = acting(request)
    require(by, START)
    words = request.GET.get("service", "").strip()
    offered = entries()
    found = search(words, offered) if words else offered
    context = {"typed": words, "found": found[:SHOWN], "left_out": max(0, len(found) - SHOWN)}
    return answer(request, receipts_table(by), "services/window.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """Who applies, the data, each paper; sent, a receipt or what is missing."""
    by = acting(request)
    require(by, START)
    row = items.item(key)
    item, process = items.read_item(row), read_process(newest(row.process).declared)
    form = ReceiveForm(item, process, regions(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            receipt = receiving.receive(
                row.key,
                form.data_values(),
                str(told.get("subject", "")),
                region_by_code(str(told.get("region", ""))),
                form.papers(),
                by=by,
                agent=str(told.get("agent", "")).strip().upper(),
                answers=form.answers(),
                delivery=str(told.get("delivery", "")),
                key=request.POST.get("once", "")[:40],
            )
        except ProblemError as error:
            if error.status == 403 and "agent" not in request.POST:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("services:receipt", args=[receipt.code]))
    context = {
        "row": row,
        "item": item,
        "form": form,
        "once": request.POST.get("once") or token_hex(12),
        "promised": time_words(item.promised or process.promised),
    }
    return render(request, "services/receive.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def receive_bundle(request: HttpRequest, key: str) -> HttpResponse:
    """Several items from one application, received at the window."""
    by = acting(request)
    require(by, START)
    row = items.bundle(key)
    whole = Whole(row)
    within = whole.within(whole.items)
    papers = whole.materials(whole.items).items()
    fields, materials = whole.fields(whole.items), {key: one for key, one in papers if key not in within}
    form = BundleForm(fields, materials, regions(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            run = apply_bundle(
                row.key,
                form.data_values(),
                str(form.cleaned_data.get("subject", "")),
                region_by_code(str(form.cleaned_data.get("region", ""))),
                by=by,
                key=request.POST.get("once", "")[:40],
                materials=form.papers(),
                channel=Channel.WINDOW,
            )
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("services:bundle-run", args=[run.code]))
    context = {
        "row": row,
        "form": form,
        "is_bundle": True,
        "once": request.POST.get("once") or token_hex(12),
        "promised": time_words(whole.declared.promised),
    }
    return render(request, "services/receive.html", context, status=422 if form.errors else 200)


def receipt_context(row: Receipt) -> dict[str, Any]:
    """What a receipt says."""
    item = items.read_item(row.item)
    papers = [
        {
            "name": material.name.label,
            "how": str(How(row.materials[key]["how"]).label) if key in row.materials else "",
            "asked": paper_words(material),
            "is_missing": row.materials.get(key, {}).get("how", How.MISSING) == How.MISSING
            and material.required is not False
            and not (material.held_by and key not in row.materials),
        }
        for key, material in item.materials.items()
    ]
    return {
        "receipt": row,
        "item": item,
        "kind": ReceiptKind(row.kind).label,
        "papers": papers if row.kind != ReceiptKind.COLLECTED else [],
        "is_told": row.kind == ReceiptKind.TOLD,
        "is_collected": row.kind == ReceiptKind.COLLECTED,
        "affair": row.affair,
    }


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """A receipt, or what is missing in writing."""
    row = receiving.find_receipt(code, by=acting(request))
    return render(request, "services/receipt.html", receipt_context(row))


@require_safe
def receipt_paper(request: HttpRequest, code: str) -> HttpResponse:
    """The same as PDF, with the affair's number as a code to be scanned."""
    row = receiving.find_receipt(code, by=acting(request))
    path = f"/my/affairs/{row.affair.code}" if row.affair else f"/services/items/{row.item.key}"
    return printed("services/paper/receipt.html", receipt_context(row), f"{row.code}.pdf", path)


@require_POST
def collect(request: HttpRequest, code: str) -> HttpResponse:
    """The applicant collects the result of an affair."""
    row = receiving.collect(code.upper()[:20], request.POST.get("note", ""), by=acting(request))
    messages.success(request, gettext("The result was given out: %(code)s.") % {"code": row.code})
    return HttpResponseRedirect(reverse("services:receipt", args=[row.code]))
