"""`/api/services/items`, `/bundles`, `/payments/notice`: what may be applied for, and applying, for programs.

Items are open to everybody. An application needs a key or a page's token; its ``Idempotency-Key`` makes one
that is sent again the same.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Query, Router, Schema, Status

from beichen.fronts.services.document import affair_entry
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.applying import Given
from beichen.fronts.services.items.booking_api import router as booking
from beichen.fronts.services.items.catalogue import entries, search
from beichen.fronts.services.items.document import entry, run_entry, whole, whole_bundle
from beichen.fronts.services.items.payment import paying
from beichen.fronts.services.items.words import Channel, How
from beichen.fronts.services.problems import bad
from beichen.fronts.services.sending import sound, writer
from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.org.service import region_by_code
from beichen.problem import nearest, said
from beichen.web.programs import key_of

NOTICES = "600/minute"
MOST_PAPERS = 100
router = Router(tags=["services"])
router.add_router("", booking)


class PaperIn(Schema):
    """How a material came in."""

    key: str
    how: str = "original"
    note: str = ""


class ItemApplication(Schema):
    """An application for an item or a bundle."""

    subject: str
    region: str
    data: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(default_factory=dict)
    materials: list[PaperIn] = Field(default_factory=list)
    delivery: str = ""


@router.get("/items", summary="What may be applied for")
def list_items(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=60)] = "",
    event: Annotated[str, Query(max_length=60)] = "",
    audience: Annotated[str, Query(max_length=20)] = "",
) -> dict[str, Any]:
    """Items and bundles; with ``q`` those that it may mean, the best first."""
    acting(request)
    found = search(q) if q.strip() else entries()
    chosen = [
        one
        for one in found
        if (not event or event in one.events) and (not audience or audience in one.audience)
    ]
    return {"items": [entry(one) for one in chosen]}


@router.get("/items/{slug:item_key}", summary="An item as it is declared")
def read_item(request: HttpRequest, item_key: str) -> dict[str, Any]:
    """Questions, conditions, materials, fee, promise, windows."""
    acting(request)
    return whole(items.item(item_key))


@router.post("/items/{slug:item_key}/check", summary="The guided check")
def check(request: HttpRequest, item_key: str, answers: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    """Whether one who answers so may apply, why not, what is needed, what it costs (fen)."""
    by = acting(request)
    check_rate("services.check", by.address if by.is_public else by.key, NOTICES)
    item = items.read_item(items.item(item_key))
    found = items.check_conditions(item, sound(answers))
    cost = items.price(item.fee, found.values)
    return {
        "eligible": found.is_eligible,
        "reasons": [{"zh": one.zh, "en": one.en} for one in found.reasons],
        "missing": list(found.missing),
        "materials": list(items.needed(item, found.values)),
        "fee": cost.amount,
    }


@router.post("/items/{slug:item_key}/applications", summary="Apply for an item", response={201: Any})
def apply(request: HttpRequest, item_key: str, told: ItemApplication, response: HttpResponse) -> Status[Any]:
    """201 with the affair; the same ``Idempotency-Key`` gives the same affair."""
    by = writer(request)
    sound(told.model_dump())
    row = items.apply(
        item_key,
        told.data,
        told.subject,
        region_by_code(told.region),
        by=by,
        key=key_of(request),
        materials=_papers(told.materials),
        answers=told.answers,
        channel=_channel(by.key),
        delivery=told.delivery,
    )
    response["ETag"] = f'"{row.version}"'
    return Status(201, affair_entry(row))


@router.get("/bundles/{slug:bundle_key}", summary="A bundle as it is declared")
def read_bundle(request: HttpRequest, bundle_key: str) -> dict[str, Any]:
    """Its items in their order, and what they ask for together, once."""
    acting(request)
    return whole_bundle(items.bundle(bundle_key))


@router.post("/bundles/{slug:bundle_key}/applications", summary="Apply for a bundle", response={201: Any})
def apply_bundle(request: HttpRequest, bundle_key: str, told: ItemApplication) -> Status[Any]:
    """201 with the run and its parts."""
    by = writer(request)
    sound(told.model_dump())
    run = bundling.apply_bundle(
        bundle_key,
        {**told.answers, **told.data},
        told.subject,
        region_by_code(told.region),
        by=by,
        key=key_of(request),
        materials=_papers(told.materials),
        channel=_channel(by.key),
    )
    return Status(201, run_entry(run))


@router.get("/bundles/runs/{slug:run_code}", summary="The run of a bundle")
def read_run(request: HttpRequest, run_code: str) -> dict[str, Any]:
    """Its parts and how each stands."""
    return run_entry(bundling.find_run(run_code, by=acting(request)))


@router.post("/payments/notice", summary="A notice of the payment gateway")
def take_notice(request: HttpRequest) -> dict[str, Any]:
    """Signed by the gateway; the same again changes nothing."""
    check_rate("services.notice", acting(request).address or "gateway", NOTICES)
    payment = paying.take_notice(request.headers, request.body)
    return {"code": payment.code, "state": payment.state}


def _channel(key: str) -> Channel:
    return Channel.PROGRAM if key.startswith("client:") else Channel.ONLINE


def _papers(told: list[PaperIn]) -> list[Given]:
    """How each paper came in. Raises ProblemError SRV-305."""
    if len(told) > MOST_PAPERS:
        raise bad("materials", said("more than {limit} items", limit=MOST_PAPERS))
    ways = [str(how) for how in How]
    wrong = next((one for one in told if one.how not in ways), None)
    if wrong is not None:
        raise bad("materials", said("this is not one of the choices"), nearest(wrong.how[:20], ways))
    return [Given(one.key[:60], How(one.how), note=one.note) for one in told]
