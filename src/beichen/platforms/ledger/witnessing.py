"""Witnesses: who cosigns, asking them, and publishing what enough of them cosigned.

A checkpoint is published when `BEICHEN_LEDGER_QUORUM` witnesses have cosigned it. A witness that listens is
asked by the worker (C2SP tlog-witness); one that does not, comes and brings its cosignature. What a witness
refuses because it does not continue what it saw is told to the city at once: either the log was rewritten
or the witness was.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Body
from beichen.platforms.ledger.codes import BAD_COSIGNATURE, BAD_WITNESS, NO_WITNESS
from beichen.platforms.ledger.identity import log
from beichen.platforms.ledger.models import Checkpoint, Cosignature, Witness
from beichen.platforms.ledger.proving import nodes
from beichen.platforms.ledger.rights import EDIT_WITNESSES, READ
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings
from beichen_proof.checkpoint import Checkpoint as Signed
from beichen_proof.merkle import consistency_path
from beichen_proof.note import Note, Signature, Verifier, parse_note, parse_signature
from beichen_proof.refusal import RefusedError
from beichen_proof.witness import request_text

BY = system("ledger.witnesses")
SECONDS = 10.0
LONGEST_ANSWER = 8192
AFTER_FAILURE = timedelta(seconds=30)
logger = logging.getLogger(__name__)


def witnesses(*, by: Actor) -> QuerySet[Witness]:
    """All witnesses. Raises ProblemError ACC-403."""
    access.require(by, READ)
    return Witness.objects.select_related("body")


@transaction.atomic
def add_witness(key: str, title: str, *, by: Actor, url: str = "", body: Body | None = None) -> Witness:
    """Enter a witness by its key, or take one up again. Raises ProblemError ACC-403, LED-301 with each
    mistake."""
    access.require(by, EDIT_WITNESSES)
    problems, verifier = [], None
    try:
        verifier = Verifier.parse(key)
    except RefusedError:
        hint = said("beichen witness init prints it: NAME+HASH+KEY")
        problems.append(Problem(BAD_WITNESS, said("no verifier key"), Where(field="key"), hint))
    if verifier is not None and not verifier.is_witness:
        message = said("the key signs notes, it does not cosign")
        problems.append(Problem(BAD_WITNESS, message, Where(field="key")))
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        message = said("no address of a witness")
        problems.append(
            Problem(BAD_WITNESS, message, Where(field="url"), said("https://host/path, or nothing"))
        )
    if not title.strip():
        problems.append(Problem(BAD_WITNESS, said("whose witness is it?"), Where(field="title")))
    taken = verifier and Witness.objects.filter(name=verifier.name).exclude(key=str(verifier)).exists()
    if verifier is not None and taken:
        message = said("{name} is known under another key", name=verifier.name[:40])
        problems.append(Problem(BAD_WITNESS, message, Where(field="key")))
    if problems or verifier is None:
        raise ProblemError(*problems)
    values = {"title": title.strip()[:200], "url": url.strip().rstrip("/"), "body": body, "is_active": True}
    row, _is_new = Witness.objects.update_or_create(
        key=str(verifier), defaults={**values, "name": verifier.name}
    )
    audit.record(
        by, EDIT_WITNESSES, f"platforms_ledger.witness:{row.name}", detail={"key": row.key, "url": row.url}
    )
    bus.publish("ledger.witness.added", row.name, {"title": row.title}, by=by)
    return row


@transaction.atomic
def retire_witness(number: int, *, by: Actor) -> Witness:
    """Count a witness no more; what it cosigned stays. Raises ProblemError ACC-403, LED-302."""
    access.require(by, EDIT_WITNESSES)
    row = Witness.objects.select_for_update().filter(pk=number, is_active=True).first()
    if row is None:
        raise ProblemError(Problem(NO_WITNESS, said("no witness has the number {number}", number=number)))
    row.is_active = False
    row.save(update_fields=["is_active"])
    audit.record(by, EDIT_WITNESSES, f"platforms_ledger.witness:{row.name}", detail={"is_active": False})
    bus.publish("ledger.witness.retired", row.name, {"title": row.title}, by=by)
    return row


def ask_witnesses(now: datetime | None = None) -> int:
    """Ask each witness that listens and lags to cosign the newest checkpoint; returns how many did."""
    moment = now or timezone.now()
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return 0
    _publish_if_enough(newest, moment)
    lagging = Witness.objects.filter(is_active=True, size__lt=newest.size).exclude(url="")
    due = [one for one in lagging if one.failed_at is None or one.failed_at <= moment - AFTER_FAILURE]
    return sum(_ask(one, newest, moment) for one in due)


def _publish_if_enough(checkpoint: Checkpoint, now: datetime) -> None:
    """Where fewer are needed than were when it was signed."""
    if checkpoint.published_at is None and _cosigned(checkpoint) >= settings().ledger_quorum:
        Checkpoint.objects.filter(pk=checkpoint.pk, published_at=None).update(published_at=now)


def _cosigned(checkpoint: Checkpoint) -> int:
    return checkpoint.cosignatures.filter(witness__is_active=True).count()


def _ask(witness: Witness, newest: Checkpoint, now: datetime) -> bool:
    """One witness: it may know another size than we think, and says so (409); then once more."""
    old = witness.size
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
            status, content = _post(client, witness, newest, old)
            if status == 409 and content.strip().isdecimal() and int(content) != old and len(content) < 20:
                old = int(content)
                if old > newest.size:
                    return _contradicted(
                        witness, now, f"it has seen {old} entries, the log has {newest.size}"
                    )
                status, content = _post(client, witness, newest, old)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeDecodeError, ValueError) as error:
        return _failed(witness, now, f"{type(error).__name__}: {error}")
    if status in (409, 422):
        return _contradicted(witness, now, f"{status} at {old} → {newest.size}: {content.strip()[:200]}")
    if status != 200:
        return _failed(witness, now, f"it answers {status}: {content.strip()[:200]}")
    try:
        for line in content.splitlines()[:8]:
            signature = parse_signature(line)
            if signature.name == witness.name:
                take_cosignature(newest, witness, signature, now)
                return True
    except (RefusedError, ProblemError) as error:
        return _failed(witness, now, str(error))
    return _failed(witness, now, "it answers without its own signature")


def _post(client: httpx.Client, witness: Witness, newest: Checkpoint, old: int) -> tuple[int, str]:
    path = consistency_path(old, newest.size, nodes(newest.size))
    with client.stream(
        "POST", f"{witness.url}/add-checkpoint", content=request_text(old, path, newest.note)
    ) as answer:
        content = b""
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > LONGEST_ANSWER:
                raise ValueError("it answers at too great length")
        return answer.status_code, content.decode()


def _failed(witness: Witness, now: datetime, why: str) -> bool:
    if witness.failure != why[:300]:
        logger.warning("the witness %s did not cosign: %s", witness.name, why)
    Witness.objects.filter(pk=witness.pk).update(failed_at=now, failure=why[:300])
    return False


def _contradicted(witness: Witness, now: datetime, why: str) -> bool:
    """The witness says that the log does not continue what it cosigned before."""
    logger.error("the witness %s contradicts the log: %s", witness.name, why)
    with transaction.atomic():
        values = {"failed_at": now, "failure": why[:300], "contradicts": True}
        Witness.objects.filter(pk=witness.pk).update(**values)
        if not witness.contradicts:
            bus.publish("ledger.witness.contradicted", witness.name, {"why": why[:300]}, by=BY)
    return False


@transaction.atomic
def take_cosignature(
    checkpoint: Checkpoint, witness: Witness, signature: Signature, now: datetime | None = None
) -> Checkpoint:
    """Put a cosignature under a checkpoint, and publish it when there are enough.

    Raises ProblemError LED-303 for one that does not fit.
    """
    row = Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)
    note = parse_note(row.note).with_(signature)
    try:
        moment = Verifier.parse(witness.key).check(note)
        at = datetime.fromtimestamp(moment, UTC)
    except (RefusedError, OverflowError, OSError, ValueError) as error:
        message = said("the cosignature of {name} does not fit", name=witness.name[:40])
        raise ProblemError(Problem(BAD_COSIGNATURE, message)) from error
    line = signature.line()
    Cosignature.objects.update_or_create(
        checkpoint=row, witness=witness, defaults={"line": line.strip(), "at": at}
    )
    row.note = str(note)
    if row.published_at is None and _cosigned(row) >= settings().ledger_quorum:
        row.published_at = now or timezone.now()
    row.save(update_fields=["note", "published_at"])
    fresh = {"cosigned_at": at, "failed_at": None, "failure": "", "contradicts": False}
    Witness.objects.filter(pk=witness.pk, size__lte=row.size).update(size=row.size, **fresh)
    return row


def bring_cosignature(content: bytes) -> Checkpoint:
    """What a witness brings of its own accord: a checkpoint of ours and its signature under it.

    Raises ProblemError LED-303 for what fits none of our checkpoints and witnesses.
    """
    try:
        note: Note = parse_note(content)
        signed = Signed.parse(note.text)
    except RefusedError as error:
        raise ProblemError(Problem(BAD_COSIGNATURE, said("no cosigned checkpoint"))) from error
    row = Checkpoint.objects.filter(size=signed.size).first()
    if row is None or parse_note(row.note).text != note.text:
        raise ProblemError(Problem(BAD_COSIGNATURE, said("the log has no such checkpoint")))
    names = [one.name for one in note.signatures]
    known = {one.name: one for one in Witness.objects.filter(is_active=True, name__in=names)}
    for signature in note.signatures:
        if signature.name in known:
            return take_cosignature(row, known[signature.name], signature)
    raise ProblemError(Problem(BAD_COSIGNATURE, said("no witness of this name is known here")))


def policy_text() -> str:
    """Whom this log is vouched for by, as a C2SP tlog-policy. Who trusts it must have it from elsewhere
    too."""
    row = log()
    if row is None:
        return ""
    active = list(Witness.objects.filter(is_active=True))
    lines = [f"log {row.key} {settings().public}/tlog", ""]
    lines += [f"witness {one.name} {one.key} {one.url}".rstrip() for one in active]
    quorum = min(settings().ledger_quorum, len(active))
    if quorum:
        lines += [f"group witnesses {quorum} {' '.join(one.name for one in active)}", "quorum witnesses"]
    else:
        lines += ["quorum none"]
    return "\n".join(lines) + "\n"
