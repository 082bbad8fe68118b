"""The addresses of processes and affairs, for `test_access`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from beichen.fronts.services import service
from beichen.fronts.services.items.bundling import apply_bundle
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.items.models import BundleRun, Payment
from beichen.fronts.services.items.service import apply
from beichen.fronts.services.models import Affair, Timer
from beichen.fronts.services.objection.models import Objection
from beichen.kernel.actor import system
from beichen.kernel.org.service import city_region

BY = system("test")
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">'
DIAGRAM = f"""{HEAD}<process id="kept" isExecutable="true">
<laneSet id="lanes"><lane id="window"><flowNodeRef>look</flowNodeRef></lane></laneSet>
<startEvent id="begin"/><userTask id="look"/><endEvent id="end"/>
<sequenceFlow id="a" sourceRef="begin" targetRef="look"/>
<sequenceFlow id="b" sourceRef="look" targetRef="end"/>
</process></definitions>"""
WORDS = {"zh": "甲", "en": "A"}
ENTRY = {
    "name": WORDS,
    "promised": "5d",
    "fields": {},
    "lanes": {"window": {"name": WORDS, "route": [{"to": "water-bureau"}]}},
    "steps": {"look": {"name": WORDS}},
    "ends": {"end": WORDS},
}
GUIDES = "what may be applied for, how and where, is for everybody: no account is needed to look"
OWN_BOOKING = "one's own appointments, and for whom one acts; a test of the room holds who sees which"
OWN_FEE = "the fee of one's own affair; a test of the room holds who sees and pays it"
OPEN = {
    "services/notices": "what is on public notice is for everybody; only fields declared public are shown",
    "services/notices/<uuid:notice>/object": "anybody objects while a notice runs, without an account",
    "services": GUIDES,
    "services/items/<slug:key>": GUIDES,
    "services/items/<slug:key>/guide.pdf": GUIDES,
    "services/bundles/<slug:key>": GUIDES,
    "services/windows": GUIDES,
    "services/windows/<slug:key>/check-in": "leads to signing in; one's own appointments of today",
    "services/windows/<slug:key>/display": "numbers that are called, without anybody's name",
    "services/appointments": OWN_BOOKING,
    "services/appointments/new": OWN_BOOKING,
    "services/appointments/<slug:code>": OWN_BOOKING,
    "services/appointments/<slug:code>/<slug:act>": OWN_BOOKING,
    "services/pay/<slug:code>": OWN_FEE,
    "services/pay/<slug:code>/order": OWN_FEE,
    "services/receipts/<slug:code>": "whom it was written for sees it; a test of the room holds who else",
    "services/receipts/<slug:code>/receipt.pdf": "the same",
    "api/services/items": GUIDES,
    "api/services/items/<slug:item_key>": GUIDES,
    "api/services/items/<slug:item_key>/check": GUIDES,
    "api/services/bundles/<slug:bundle_key>": GUIDES,
    "api/services/windows": GUIDES,
    "api/services/windows/<slug:window_key>/slots": GUIDES,
    "api/services/payments/notice": "the gateway's signature opens it; a test of the room holds which",
    "api/services/appointments": OWN_BOOKING,
    "api/services/appointments/<slug:appointment_code>": OWN_BOOKING,
    "api/services/appointments/<slug:appointment_code>/move": OWN_BOOKING,
    "api/services/appointments/<slug:appointment_code>/cancel": OWN_BOOKING,
}
APPLIED = {"subject": "FIRM-1", "region": "990100"}
ITEM = {"name": WORDS, "body": "water-bureau", "audience": ["firm"], "process": "kept"}
BUNDLE = {"name": WORDS, "items": {"kept-item": {}, "kept-other": {}}}
HALL = {
    "name": WORDS,
    "body": "water-bureau",
    "region": "990100",
    "hours": [{"from": "09:00", "to": "10:00"}],
}
AFFAIR, API = "services/affairs/{affair}", "api/services/affairs/{affair}"
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "services/desk": [("GET", "services/desk", None)],
    "services/affairs": [("GET", "services/affairs", None)],
    "services/bundles/runs/<slug:code>": [("GET", "services/bundles/runs/{bundle_run}", None)],
    "services/objections": [("GET", "services/objections", None)],
    "services/objections/<slug:code>": [("GET", "services/objections/{objection}", None)],
    "services/objections/<slug:code>/answer": [
        ("POST", "services/objections/{objection}/answer", {"ruling": "dismissed", "reason": "x"})
    ],
    "services/objections/<slug:code>/contact": [
        ("POST", "services/objections/{objection}/contact", {"purpose": "x"})
    ],
    "services/window": [("GET", "services/window", None)],
    "services/window/receive/<slug:key>": [("GET", "services/window/receive/kept-item", None)],
    "services/window/bundles/<slug:key>": [("GET", "services/window/bundles/kept-bundle", None)],
    "services/window/collect/<slug:code>": [("POST", "services/window/collect/{closed_affair}", {})],
    "services/supervision": [("GET", "services/supervision", None)],
    "services/statistics": [("GET", "services/statistics", None)],
    "services/windows/<slug:key>/queue": [("GET", "services/windows/kept-hall/queue", None)],
    "services/windows/<slug:key>/queue/<slug:act>": [("POST", "services/windows/kept-hall/queue/take", {})],
    "services/payments": [("GET", "services/payments", None)],
    "services/payments/reconcile": [("POST", "services/payments/reconcile", {})],
    "services/payments/<slug:code>": [("GET", "services/payments/kept", None)],
    "services/payments/<slug:code>/keep": [("POST", "services/payments/kept/keep", {"reason": "x"})],
    "services/payments/<slug:code>/refund": [("POST", "services/payments/kept/refund", {"reason": "x"})],
    "api/services/items/<slug:item_key>/applications": [
        ("POST", "api/services/items/kept-item/applications", APPLIED)
    ],
    "api/services/bundles/<slug:bundle_key>/applications": [
        ("POST", "api/services/bundles/kept-bundle/applications", APPLIED)
    ],
    "api/services/bundles/runs/<slug:run_code>": [("GET", "api/services/bundles/runs/{bundle_run}", None)],
    "services/new": [("GET", "services/new", None)],
    "services/new/<slug:key>": [("GET", "services/new/kept", None)],
    "services/affairs/<slug:code>": [("GET", AFFAIR, None)],
    "services/affairs/<slug:code>/diagram.bpmn": [("GET", f"{AFFAIR}/diagram.bpmn", None)],
    "services/affairs/<slug:code>/tasks/<int:number>/<slug:act>": [("POST", f"{AFFAIR}/tasks/1/take", {})],
    "services/affairs/<slug:code>/<slug:act>": [("POST", f"{AFFAIR}/suspend", {"reason": "x"})],
    "api/services/processes": [("GET", "api/services/processes", None)],
    "api/services/affairs": [("GET", "api/services/affairs", None)],
    "api/services/tasks": [("GET", "api/services/tasks", None)],
    "api/services/affairs/<slug:affair_code>": [("GET", API, None)],
    "api/services/affairs/<slug:affair_code>/tasks/<int:number>/<slug:act>": [
        ("POST", f"{API}/tasks/1/hand-over", {"to": "city-government", "reason": "x"})
    ],
    "api/services/affairs/<slug:affair_code>/<slug:act>": [("POST", f"{API}/withdraw", {"reason": "x"})],
}
NOTICE = "00000000-0000-4000-8000-000000000007"
EMPTY: dict[str, Any] = {
    "api/services/affairs": {"affairs": [], "next": None},
    "api/services/tasks": {"tasks": []},
}


def keep_services() -> None:
    """A process, and an affair of it."""
    region = city_region()
    assert region is not None
    declared = service.Declared(ENTRY, {"processes/kept.bpmn": DIAGRAM.encode()})
    service.declare_processes({"kept": declared}, scene="test", by=BY)
    service.start("kept", {}, "FIRM-1", region, by=BY)
    kept = {"kept-item": ITEM, "kept-other": ITEM}
    declare_items(kept, {"kept-bundle": BUNDLE}, {"kept-hall": HALL}, scene="test", by=BY)
    apply_bundle("kept-bundle", {}, "FIRM-1", region, by=BY, key="")
    affair = apply("kept-item", {}, "FIRM-1", region, by=BY, key="")
    task = service.tasks_of(affair)[0]
    service.complete(affair.code, task.number, "", {}, by=BY)
    moment = timezone.now()
    Payment.objects.create(
        code="KEPT", affair=affair, item=affair.application.item, region=region, amount=100,
        opened_at=moment, expires_at=moment,
    )  # fmt: skip

    open_affair = Affair.objects.filter(application=None).get()
    Objection.objects.create(
        code="KEPT-OBJECTION", affair=open_affair, step="look", body=open_affair.tasks.get().body,
        statement="x", name="x", secret="x", filed_at=moment,
    )  # fmt: skip
    Timer.objects.create(
        affair=open_affair, engine_id=NOTICE, step="look", is_public=True, opened_at=moment,
        due_at=moment + timedelta(days=9),
    )  # fmt: skip


def service_numbers() -> dict[str, Any]:
    """What stands for the names in the samples' addresses."""
    return {
        "affair": Affair.objects.filter(application=None).get().code,
        "objection": Objection.objects.get().code,
        "closed_affair": Affair.objects.get(status="done").code,
        "bundle_run": BundleRun.objects.get().code,
    }
