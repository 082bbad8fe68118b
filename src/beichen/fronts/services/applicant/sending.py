"""Sending a draft: once, whatever happens between.

The draft is locked; its form judges it again by the version it was begun with; its affair, what was sent, its
files, its signature, the seal and the end of the draft are one transaction. Who sends the same draft again
gets what it became.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.affair.acting import newest
from beichen.fronts.services.applicant.drafting import Writing, sent_as, write_on
from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.applicant.sealed import KIND, content_of
from beichen.fronts.services.applicant.signing import Statement, hash_of, signer
from beichen.fronts.services.applicant.uploading import MATERIAL
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.forms.facts import check_facts
from beichen.fronts.services.forms.service import Answers, validate
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.service import region_by_code
from beichen.platforms.ledger import service as ledger

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PASSED = 500
"""What of an answer a process is given as a text of its own."""


def send(code: str, said_so: Mapping[str, str], *, by: Actor, assurance: str = "") -> tuple[Submission, bool]:
    """Send a draft; also whether it is new: a draft that was sent gives what it became.

    Raises ProblemError SRV-501 for no such draft, SRV-305 for answers, SRV-403 for materials, SRV-504 for a
    signature, and what starting the affair refuses; then nothing has changed.
    """
    known = sent_as(code, by=by)
    if known is not None:
        return known, False
    with transaction.atomic():
        locked = Draft.objects.select_for_update().filter(code=code, owner=by.key).first()
        if locked is None and (known := sent_as(code, by=by)) is not None:
            return known, False
        return _send(write_on(code, by=by), said_so, by=by, assurance=assurance), True


def _send(writing: Writing, said_so: Mapping[str, str], *, by: Actor, assurance: str) -> Submission:
    draft, now = writing.draft, timezone.now()
    uploads = list(Upload.objects.select_related("file").filter(draft=draft))
    answers = judged(writing, uploads)
    sent = Submission(
        draft=draft.code,
        item=draft.item,
        form=draft.form,
        declared=writing.form.schema if draft.is_bundle and draft.form is None else {},
        owner=draft.owner,
        subject=draft.subject,
        subject_name=draft.subject_name,
        answers=answers,
        sources=draft.sources,
        secret="".join(secrets.choice(ALPHABET) for _place in range(8)),
        sent_at=now,
    )
    sent.sha256 = hash_of(content_of(sent, uploads))
    statement = Statement(sent.sha256, sent.subject, now, assurance)
    sent.signature = signer().sign(statement, said_so, by=by)
    if draft.is_bundle:
        sent.run = _open_run(writing, answers, uploads, by=by)
    else:
        sent.affair = _open_affair(writing, answers, uploads, by=by)
    sent.save(force_insert=True)
    for upload in uploads:
        upload.draft, upload.submission = None, sent
        upload.save(update_fields=["draft", "submission"])
    ledger.seal(KIND, sent.code, sent.sha256, by=by)
    detail = {"item": sent.item, "sources": sorted(set(draft.sources.values()))}
    kind = "bundlerun" if draft.is_bundle else "affair"
    audit.record(
        by, "services.apply", f"fronts_services.{kind}:{sent.code}", detail=detail, subject=sent.subject
    )
    draft.delete()
    return sent


def _open_affair(writing: Writing, answers: Answers, uploads: list[Upload], *, by: Actor) -> Affair:
    draft = writing.draft
    return items.apply(
        draft.item,
        _data(writing, answers),
        draft.subject,
        region_by_code(draft.region),
        by=by,
        key=f"draft:{draft.code}",
        materials=_materials(writing, uploads),
        answers=_asked(writing, answers),
        channel=items.Channel(draft.channel),
        agent=_agent(draft, by),
    )


def _open_run(writing: Writing, answers: Answers, uploads: list[Upload], *, by: Actor) -> BundleRun:
    """Everything of a bundle at once: each part takes of the answers and papers what it asks for."""
    draft, whole = writing.draft, writing.offered.whole
    told = {**_asked(writing, answers), **answers}
    known = whole.fields(whole.items) if whole is not None else {}
    return items.apply_bundle(
        draft.item,
        {name: value for name, value in told.items() if name in known},
        draft.subject,
        region_by_code(draft.region),
        by=by,
        key=f"draft:{draft.code}",
        materials=_materials(writing, uploads),
        channel=items.Channel(draft.channel),
        agent=_agent(draft, by),
    )


def _agent(draft: Draft, by: Actor) -> str:
    """The code of who acts for the subject, where it is somebody else."""
    return "" if by.key == f"person:{draft.subject}" else by.key.rpartition(":")[2]


def judged(writing: Writing, uploads: list[Upload]) -> Answers:
    """The answers that count. Raises ProblemError SRV-305 with every mistake."""
    given = dict(writing.draft.given)
    for upload in uploads:
        given[upload.field] = [upload.code]
    answers = validate(writing.form, writing.form.read(given))
    check_facts(writing.form, answers, {upload.field: upload.code for upload in uploads})
    return answers


def _data(writing: Writing, answers: Answers) -> dict[str, Any]:
    """What of the answers the process asks for at its start; the rest stays with the application."""
    process = read_process(newest(items.item(writing.row.key).process).declared)
    return {name: answers[name] for name in process.start if name in answers}


def _asked(writing: Writing, answers: Answers) -> Answers:
    """The answers to the guided check; where the form asks the same, what stands in the form."""
    asked = writing.asked_form.read(writing.draft.asked)
    return {**asked, **{name: answers[name] for name in writing.item.ask if name in answers}}


def _materials(writing: Writing, uploads: list[Upload]) -> list[items.Given]:
    held = writing.draft.materials
    found = {
        key: items.Given(key, items.How.HELD, note=str(one.get("from", ""))[:200], is_seen=True)
        for key, one in held.items()
        if key in writing.item.materials
    }
    for upload in uploads:
        key = upload.field.removeprefix(MATERIAL)
        if upload.field.startswith(MATERIAL) and key in writing.item.materials:
            found[key] = items.Given(key, items.How.UPLOADED, upload.file.code, is_seen=True)
    return list(found.values())
