"""The addresses of applicants: forms, drafts, own affairs, for `test_access`."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils import timezone

from beichen.fronts.services.applicant.models import Submission, Upload
from beichen.fronts.services.forms.service import declare_forms
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import system
from beichen.kernel.files.service import store

BY = system("test")
FORM = {
    "type": "object",
    "title": "甲",
    "x-title-en": "A",
    "properties": {"a": {"type": "string", "title": "甲", "x-title-en": "A"}},
}
OWN = "asks who is signed in: one's own affairs and drafts are shown, another's are not there (test_applying)"
FOLLOWED = "asks for the code of the receipt first, unless this session has given it"
OPEN = {
    "services/apply/<slug:key>": "leads whoever is not signed in to signing in; a draft is its writer's",
    "services/apply/<slug:key>/<slug:code>/<slug:step>": OWN,
    "services/follow": "an affair is shown to who knows its code from the receipt; tries are counted",
    "services/follow/<slug:code>": FOLLOWED,
    "services/follow/<slug:code>/diagram.bpmn": FOLLOWED,
    "services/follow/<slug:code>/rate": FOLLOWED,
    "services/follow/<slug:code>/copy": FOLLOWED,
    "services/follow/<slug:code>/forget": FOLLOWED,
    "my/drafts": OWN,
    "my/drafts/<slug:code>/throw": OWN,
    "my/drafts/files/<slug:code>": OWN,
    "my/drafts/files/<slug:code>/read": OWN,
    "my/bundles/<slug:code>/receipt": OWN,
    "my/bundles/<slug:code>/withdraw": OWN,
    "my/bundles/<slug:code>/receipt.pdf": OWN,
    "my/bundles/<slug:code>/files/<slug:upload>": OWN,
    "my/affairs": OWN,
    "my/affairs/<slug:code>": OWN,
    "my/affairs/<slug:code>/diagram.bpmn": OWN,
    "my/affairs/<slug:code>/receipt": OWN,
    "my/affairs/<slug:code>/receipt.pdf": OWN,
    "my/affairs/<slug:code>/files/<slug:upload>": OWN,
    "my/affairs/<slug:code>/answer/<int:number>": OWN,
    "my/affairs/<slug:code>/withdraw": OWN,
    "my/affairs/<slug:code>/rate": OWN,
}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "services/forms": [("GET", "services/forms", None)],
    "services/forms/<slug:key>/edit": [("GET", "services/forms/kept/edit", None)],
    "services/affairs/<slug:code>/files/<slug:upload>": [
        ("GET", "services/affairs/{affair}/files/{application_file}", None)
    ],
}


def keep_applications() -> None:
    """A form, and an application with a file, sent for the affair that is kept already."""
    now = timezone.now()
    declare_forms({"kept": FORM}, scene="test", by=BY)
    affair = Affair.objects.order_by("id")[0]
    facts: dict[str, Any] = {
        "owner": BY.key,
        "subject": "FIRM-1",
        "secret": "x",
        "sha256": "",
        "sent_at": now,
    }
    sent = Submission.objects.create(affair=affair, draft="D", item="kept", **facts)
    file = store(BytesIO(b"%PDF-1.4 brought"), "brought.pdf", by=BY)
    Upload.objects.create(submission=sent, field="material.x", file=file, uploaded_at=now)


def application_numbers() -> dict[str, Any]:
    """What stands for the names in the samples' addresses."""
    return {"application_file": Upload.objects.order_by("id")[0].code}
