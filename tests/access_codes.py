"""The addresses of codes, for `test_access`."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils import timezone

from beichen.fronts.codes import service
from beichen.fronts.codes.declaring import load_card
from beichen.fronts.codes.models import Counter, Grant, PrintRun, Reader, Scan
from beichen.kernel.actor import system
from beichen.kernel.files.service import store
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import register_person

BY = system("test")
OWN = "the reader's own; without a session it leads to the door"
HELD = "asks for a gate's key; a test of the room holds it"
NEW = {"key": "kept-door", "name": "x", "place": "x", "reader": "kept-reader", "entitlements": ["kept-right"]}
RIDE = "00112233445566aa"
OPEN = {
    "c/<path:code>": "a sticker's signature is the right; unsigned ones are for who inspects, held by a test",
    "my/codes": OWN,
    "my/codes/scans": OWN,
    "my/codes/withdraw": OWN,
    "my/codes/back/<slug:reference>": OWN,
    "my/codes/<slug:entitlement>/<slug:reader>": OWN,
    "my/codes/<slug:entitlement>/<slug:reader>/fresh": OWN,
    "codes/scan": "a scanner without data; reading a person's code asks for the right, held by a test",
    "api/codes/keys": "public keys",
    "api/codes/verify": HELD,
    "api/codes/scans": HELD,
    "api/codes/revocations": HELD,
    "api/codes/gate": HELD,
}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "codes/print": [("GET", "codes/print", None)],
    "codes/print/<slug:code>": [("GET", "codes/print/{print}", None)],
    "codes/print/<slug:code>/pdf": [("GET", "codes/print/{print}/pdf", None)],
    "codes/labels/<path:code>.<slug:form>": [("GET", "codes/labels/PUMP-1.svg", None)],
    "codes/stickers": [
        ("GET", "codes/stickers", None),
        ("POST", "codes/stickers", {"code": "PUMP-1", "step": "reissue", "reason": "x"}),
    ],
    "codes/gates": [("GET", "codes/gates", None)],
    "codes/gates/<slug:key>/close": [("POST", "codes/gates/kept-gate/close", {})],
    "codes/returns": [
        ("GET", "codes/returns", None),
        ("POST", "codes/returns", {"reference": RIDE, "step": "give", "reason": "x"}),
    ],
    "codes/days": [("GET", "codes/days", None)],
    "codes/grants": [("GET", "codes/grants", None)],
    "codes/grants/<int:number>/state": [
        ("POST", "codes/grants/0/state", {"number": "{grant}", "step": "suspend", "reason": "x"})
    ],
    "api/codes/gates": [("GET", "api/codes/gates", None), ("POST", "api/codes/gates", NEW)],
    "api/codes/returns": [("POST", "api/codes/returns", {"reference": RIDE, "reason": "x"})],
    "api/codes/gates/<slug:gate_key>": [("DELETE", "api/codes/gates/kept-gate", None)],
}


def keep_codes() -> None:
    """A reader with a gate, an entitlement that somebody holds, a print that is ready."""
    body = Body.objects.order_by("path")[0]
    reader = {"name": "x", "name_en": "x", "body": body.key}
    right = {"name": "x", "name_en": "x", "grantor": body.key, "readers": ["kept-reader"], "start": 9}
    load_card({"kept-reader": reader}, {"kept-right": right}, owner="scene:kept", by=BY)
    service.enter_gate(service.GateFacts("kept-gate", "x", "kept-reader", "x", ("kept-right",)), by=BY)
    person, kind = register_person("x", by=BY), service.find_entitlement("kept-right")
    service.grant(kind, person, by=BY)
    Counter.objects.create(person=person, entitlement=kind, left=8, start=9, taken=1)
    Scan.objects.create(
        nonce=RIDE,
        person=person,
        reader=Reader.objects.get(key="kept-reader"),
        entitlement=kind,
        answer="granted",
        at=timezone.now(),
        took=1,
    )
    file = store(BytesIO(b"%PDF-1.4 codes"), "codes.pdf", by=BY)
    PrintRun.objects.create(
        layout="roll-60x40", state="ready", file=file.code, made_at=timezone.now(), made_by="client:tests"
    )


def code_numbers() -> dict[str, Any]:
    """What stands for their names in the samples' addresses."""
    return {"print": PrintRun.objects.get().code, "grant": Grant.objects.get().pk}
