"""`/services`: what may be applied for, and the guide of each item and bundle, for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from beichen.fronts.services.declaration import Process, Step
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.catalogue import entries
from beichen.fronts.services.items.declaration import Item, Material
from beichen.fronts.services.items.forms import CheckForm
from beichen.fronts.services.items.life_events import FIRM, PERSON
from beichen.fronts.services.items.listing import catalogue_table
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem, ServiceWindow
from beichen.fronts.services.items.paper import as_pdf, qr_picture
from beichen.fronts.services.items.payment.wording import refund_lines
from beichen.fronts.services.items.whole import Whole
from beichen.fronts.services.items.wording import (
    ASSURANCE,
    AUDIENCE,
    DELIVERY,
    fee_words,
    hours_words,
    joined,
    paper_words,
    time_words,
    visit_words,
    yuan,
)
from beichen.fronts.services.models import Definition
from beichen.fronts.services.permissions import START
from beichen.fronts.services.service import newest, read_process
from beichen.kernel.access.service import acting, check_rate, decide
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import city_name
from beichen.settings import settings
from beichen.web.tables import answer

RATE = "12/minute"
ASKED = ("q", "event", "audience", "body", "letter", "window", "way", "page")
"""With one of these in the address its answer stands first on a phone, without the ways to ask."""


@require_safe
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """Everything that is offered: by life event, body, audience, letter, and by words."""
    rows = entries()
    known = {event for one in rows for event in one.events}
    groups = [
        {"key": key, "events": [(event, words) for event, words in events.items() if event in known]}
        for key, events in (("person", PERSON), ("firm", FIRM))
    ]
    letters = sorted({one.letter for one in rows})
    is_asked = any(request.GET.get(name) for name in ASKED)
    context = {"groups": groups, "letters": letters, "is_asked": is_asked}
    return answer(request, catalogue_table(rows), "services/catalogue.html", context)


@require_safe
def item(request: HttpRequest, key: str) -> HttpResponse:
    """The guide of an item, with the guided check answered by the address's words."""
    row = items.item(key)
    context = guide_of(row, request)
    return render(request, "services/item.html", context)


@require_safe
def item_paper(request: HttpRequest, key: str) -> HttpResponse:
    """The guide as PDF."""
    row = items.item(key)
    by = acting(request)
    check_rate("services.paper", by.address if by.is_public else by.key, RATE)
    context = guide_of(row, request)
    return printed("services/paper/item.html", context, f"{row.label}.pdf", f"/services/items/{row.key}")


def printed(template: str, context: dict[str, Any], name: str, path: str) -> HttpResponse:
    """A PDF that a browser shows; ``path`` is the page of the house to which its QR code leads."""
    is_english = (get_language() or "").startswith("en")
    address = f"{settings().public}{path}"
    shared = {
        "address": address,
        "picture": qr_picture(address),
        "city": city_name(english=is_english),
        "printed_at": timezone.localtime(),
        "language": "en" if is_english else "zh-Hans",
    }
    response = HttpResponse(as_pdf(template, {**context, **shared}), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def guide_of(row: ServiceItem, request: HttpRequest) -> dict[str, Any]:
    """What a guide says of an item, for a page or for paper."""
    declared = items.read_item(row)
    definition = newest(row.process)
    process = read_process(definition.declared)
    is_asked = any(name in request.GET for name in declared.ask)
    form = CheckForm(declared, request.GET if is_asked else None)
    found = items.check_conditions(declared, form.answers()) if not form.errors else None
    values = found.values if found else {}
    return {
        "row": row,
        "item": declared,
        "form": form if declared.ask else None,
        "found": found if is_asked else None,
        "missing": [declared.ask[name].name.label for name in found.missing] if found else [],
        "price": items.price(declared.fee, values) if is_asked and found else None,
        "price_words": yuan(items.price(declared.fee, values).amount) if is_asked and found else "",
        "materials": _materials(declared.materials, items.needed(declared, values)),
        "body": Body.objects.filter(key=declared.body).first(),
        "facts": _facts(declared, process.promised),
        "fees": [
            (yuan(round(one.yuan * 100)), one.name.label if one.name else "") for one in declared.fee.amounts
        ]
        if declared.fee
        else [],
        "refunds": refund_lines(declared.fee),
        "deliveries": [DELIVERY[way] for way in declared.result.delivery] if declared.result else [],
        "windows": _windows(declared),
        "process": process,
        "steps": [
            (step.name.label, time_words(step.within))
            for _place, step in sorted(_places(definition, process), key=lambda pair: pair[0])
        ],
        "bundles": [one for one in entries() if one.kind == "bundle" and row.key in one.parts],
        "query": request.GET.urlencode(),
        "apply_url": apply_address(row),
    }


def _places(definition: Definition, process: Process) -> list[tuple[int, Step]]:
    """The steps that take time, with where they stand in the process's diagram: in which order they come."""
    diagram = str(definition.files.get(f"processes/{definition.key}.bpmn", ""))
    timed = ((key, step) for key, step in process.steps.items() if step.within)
    return [(diagram.find(f'Task id="{key}"'), step) for key, step in timed]


def apply_address(row: ServiceItem | ServiceBundle) -> str:
    """Where an item or a bundle is applied for."""
    return reverse("services:fill", args=[row.key])


def _materials(known: dict[str, Material], needed: dict[str, Material]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name.label,
            "about": one.about.label if one.about else "",
            "how": paper_words(one),
            "is_held": bool(one.held_by),
            "is_needed": key in needed,
        }
        for key, one in known.items()
    ]


def _facts(item: Item, promised: str) -> list[tuple[str, str]]:
    """Short facts in their order, keyed for the template's own words."""
    return [
        ("audience", joined(AUDIENCE[key] for key in item.audience)),
        ("promised", time_words(item.promised or promised)),
        ("legal", time_words(item.legal)),
        ("fee", fee_words(item)),
        ("visits", visit_words(item.visits)),
        ("assurance", str(ASSURANCE[item.assurance])),
    ]


def _windows(item: Item) -> list[dict[str, Any]]:
    """The windows at which it is done: those that it names, else those of its body."""
    rows = ServiceWindow.objects.filter(is_offered=True)
    chosen = rows.filter(key__in=item.windows) if item.windows else rows.filter(body=item.body)
    return [window_facts(row) for row in chosen.order_by("key")[:50]]


def window_facts(row: ServiceWindow) -> dict[str, Any]:
    """A window in words."""
    declared = items.read_window(row)
    return {
        "key": row.key,
        "name": declared.name.label,
        "address": declared.address.label if declared.address else "",
        "hours": hours_words(declared),
        "at": declared.at,
    }


@require_safe
def bundle(request: HttpRequest, key: str) -> HttpResponse:
    """The guide of a bundle: its items in their order, one set of papers, one promise."""
    row = items.bundle(key)
    whole = Whole(row)
    parts = [
        {
            "row": whole.rows[name],
            "after": [whole.rows[after].label for after in part.after],
            "is_sometimes": bool(part.when),
            "promised": time_words(whole.items[name].promised or whole.processes[name].promised),
        }
        for name, part in whole.declared.items.items()
    ]
    within = whole.within(whole.items)
    papers = {name: one for name, one in whole.materials(whole.items).items() if name not in within}
    context = {
        "row": row,
        "bundle": whole.declared,
        "apply_url": apply_address(row) if all(one.online for one in whole.items.values()) else "",
        "is_clerk": bool(decide(acting(request), START)),
        "parts": parts,
        "promised": time_words(whole.declared.promised),
        "materials": _materials(papers, {}),
        "fields": [one.name.label for one in whole.fields(whole.items).values()],
        "separate": sum(len(item.materials) for item in whole.items.values()),
    }
    return render(request, "services/bundle.html", context)
