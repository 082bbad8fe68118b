"""The addresses of the ledger and of certificates, for `test_access`."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.platforms.ledger import service
from beichen.platforms.ledger.models import Anchoring, Certificate, Entry, Witness
from beichen_proof.note import COSIGNATURE, Signer

BY = system("test")
KEPT, FRESH = (str(Signer.make(f"{name}.example", COSIGNATURE).verifier) for name in ("kept", "fresh"))
PUBLIC = "is made to be read by anybody; holds nobody's data, which a test of the room holds"
FIELDS = [
    {
        "key": "name",
        "zh": "姓名",
        "en": "Name",
        "type": "text",
        "required": True,
        "optional": True,
        "choices": [],
    }
]

OPEN = {
    "tlog/openapi.json": "how the log is spoken to, the same for everybody",
    "tlog/checkpoint": PUBLIC,
    "tlog/pending": PUBLIC,
    "tlog/policy": PUBLIC,
    "tlog/tile/<path:path>": PUBLIC,
    "tlog/proof/inclusion": PUBLIC,
    "tlog/proof/consistency": PUBLIC,
    "tlog/cosignatures": "a witness's signature is the right",
    ".well-known/jwt-vc-issuer": "public keys",
    "certificates/status/<int:number>": "two bits at random places, the same for everybody",
    "certificates/kinds/<slug:key>": "what a kind is called",
    "my/certificates": "the reader's own; without a session it leads to the door",
    "certificates/mine": "leads to the reader's own",
    "verify": "says of what somebody brings whether it may be believed",
}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "ledger": [("GET", "ledger", None)],
    "ledger/witnesses": [("POST", "ledger/witnesses", {"key": FRESH, "title": "x"})],
    "ledger/witnesses/<int:number>/retire": [("POST", "ledger/witnesses/{witness}/retire", {})],
    "ledger/anchors/<int:number>": [("GET", "ledger/anchors/{anchoring}", None)],
    "ledger/entries": [("GET", "ledger/entries", None)],
    "ledger/entries/<int:number>": [("GET", "ledger/entries/{entry}", None)],
    "ledger/entries/<int:number>/bundle": [("GET", "ledger/entries/{entry}/bundle", None)],
    "certificates": [("GET", "certificates", None)],
    "certificates/issue/<slug:key>": [
        ("GET", "certificates/issue/kept", None),
        ("POST", "certificates/issue/kept", {"name": "x"}),
    ],
    "certificates/<slug:code>": [("GET", "certificates/{certificate}", None)],
    "certificates/<slug:code>/pdf": [("GET", "certificates/{certificate}/pdf", None)],
    "certificates/<slug:code>/text": [("GET", "certificates/{certificate}/text", None)],
    "certificates/<slug:code>/state": [
        ("POST", "certificates/{certificate}/state", {"step": "suspend", "reason": "x"})
    ],
}


def keep_ledger() -> None:
    """A certificate, which is sealed, in a log with a witness."""
    body = Body.objects.order_by("path")[0]
    kind = {"name": "证", "name_en": "Kept", "issuer": body.key, "days": 0, "look": "blue", "fields": FIELDS}
    service.load_certificate_kinds({"kept": kind}, owner="scene:test", by=BY)
    service.issue(service.find_kind("kept", by=BY), {"name": "x"}, by=BY)
    service.add_witness(KEPT, "x", by=BY)
    service.integrate()
    Anchoring.objects.create(size=1, target="x", note="x", receipt="x", at=timezone.now())


def ledger_numbers() -> dict[str, Any]:
    """What stands for their names in the samples' addresses."""
    return {
        "certificate": Certificate.objects.order_by("id")[0].code,
        "entry": Entry.objects.filter(kind="certificate").order_by("id")[0].pk,
        "witness": Witness.objects.get().pk,
        "anchoring": Anchoring.objects.get().pk,
    }
