"""Drafts: begin, keep as one goes, throw away; each is its writer's, who must still act for its subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.affair.acting import newest
from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.applicant.problems import DRAFT_CHANGED, TOO_MANY_DRAFTS, no_draft
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.forms.service import (
    Answers,
    Form,
    form_of,
    form_of_fields,
    form_of_process,
    form_of_version,
)
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.models import ServiceItem
from beichen.fronts.services.items.problems import NOT_FOR
from beichen.fronts.services.models import Definition
from beichen.kernel.access import service as access
from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.files import service as files
from beichen.kernel.org.models import Region
from beichen.problem import Problem, ProblemError, said, shorten
from beichen.settings import settings

MOST = 50
MOST_NAMES, MOST_TEXT = 2_000, 400_000


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft with its item, its form, and what has been answered so far."""

    draft: Draft
    row: ServiceItem
    item: items.Item
    form: Form
    asked_form: Form
    process: Definition

    @property
    def answers(self) -> Answers:
        """The answers that count now."""
        return self.form.read(self.draft.given)

    @property
    def values(self) -> Answers:
        """Answers to the guided check and to the form, as conditions of materials and fees ask for them."""
        return {**self.asked_form.read(self.draft.asked), **self.answers}


def drafts(by: Actor) -> QuerySet[Draft]:
    """The actor's drafts, the last one that was written on first."""
    return Draft.objects.filter(owner=by.key, expires_at__gt=timezone.now()).order_by("-changed_at", "-id")


def begin(
    item_key: str,
    subject: Subject,
    region: Region,
    asked: Mapping[str, Sequence[str]],
    *,
    by: Actor,
    channel: str = items.Channel.ONLINE,
    now: datetime | None = None,
) -> Draft:
    """Begin an application on the newest version of the item's form.

    Raises ProblemError SRV-401 for no such item, SRV-503 for too many drafts, SRV-305 and SRV-402 for what
    the guided check refuses.
    """
    row = items.item(item_key)
    item, moment = items.read_item(row), now or timezone.now()
    kept = _small(asked)
    _check(item, kept)
    form = (form_of(row.scene, row.form) or form_of("", row.form)) if row.form else None
    if drafts(by).count() >= MOST:
        hint = said("send one or throw one away at /my/drafts")
        raise ProblemError(Problem(TOO_MANY_DRAFTS, said("you keep {limit} drafts", limit=MOST), hint=hint))
    return Draft.objects.create(
        owner=by.key,
        subject=subject.code,
        subject_name=subject.name[:100],
        item=row.key,
        form_id=form.version if form else None,
        region=region.code,
        asked=kept,
        given={name: kept[name] for name in (form.schema["properties"] if form else ()) if name in kept},
        channel=channel,
        begun_at=moment,
        changed_at=moment,
        expires_at=moment + timedelta(days=settings().draft_days),
    )


def _check(item: items.Item, asked: Mapping[str, Sequence[str]]) -> None:
    answers = form_of_fields(item.ask, item.ask).read(asked)
    found = items.check_conditions(item, answers)
    if found.is_eligible is False:
        raise ProblemError(
            *(Problem(NOT_FOR, shorten(reason.label), hint=reason.label[:200]) for reason in found.reasons)
        )


def own_draft(code: str, *, by: Actor) -> Draft:
    """The draft of this code, for its writer alone. Raises ProblemError SRV-501."""
    draft = Draft.objects.select_related("form").filter(code=code, owner=by.key).first()
    if draft is None or draft.expires_at <= timezone.now():
        raise no_draft()
    return draft


def write_on(code: str, *, by: Actor) -> Writing:
    """The same with its item and form. Raises ProblemError SRV-501, ACC-302, SRV-401."""
    return _writing(own_draft(code, by=by), by=by)


def _writing(draft: Draft, *, by: Actor) -> Writing:
    if draft.channel != items.Channel.WINDOW:
        access.subject_for(by, draft.subject, draft.item)
    row = items.item(draft.item)
    definition = newest(row.process)
    process = read_process(definition.declared)
    form = form_of_version(draft.form) if draft.form is not None else form_of_process(process)
    item = items.read_item(row)
    return Writing(draft, row, item, form, form_of_fields(item.ask, item.ask), definition)


def _small(given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What a page sent, within bounds: a form sends no more names and letters than these."""
    kept: dict[str, list[str]] = {}
    left = MOST_TEXT
    for name, values in list(given.items())[:MOST_NAMES]:
        texts = [value.replace("\x00", "")[:left] for value in list(values)[:300]]
        left -= sum(map(len, texts))
        kept[name[:150]] = texts
    return kept


@transaction.atomic
def keep(
    code: str,
    given: Mapping[str, Sequence[str]] | None,
    *,
    by: Actor,
    expected: int | None = None,
    sources: Mapping[str, str] | None = None,
    materials: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Draft:
    """Keep what the page says now, in place of what it said before.

    ``expected`` is the version that the page showed. Raises ProblemError SRV-501, SRV-502.
    """
    draft = Draft.objects.select_for_update().filter(code=code, owner=by.key).first()
    if draft is None:
        raise no_draft()
    if expected is not None and expected != draft.version:
        hint = said("look at it again: what you wrote here was not kept")
        raise ProblemError(Problem(DRAFT_CHANGED, said("another window has changed the draft"), hint=hint))
    if given is not None:
        changed = {name for name, values in given.items() if draft.given.get(name, []) != list(values)}
        draft.given = _small(given)
        draft.sources = {name: one for name, one in draft.sources.items() if name not in changed}
    if sources is not None:
        draft.sources = {**draft.sources, **sources}
    if materials is not None:
        draft.materials = dict(materials)
    moment = now or timezone.now()
    draft.version += 1
    draft.changed_at, draft.expires_at = moment, moment + timedelta(days=settings().draft_days)
    draft.save()
    return draft


@transaction.atomic
def throw_away(code: str, *, by: Actor) -> None:
    """Delete a draft with its files. Raises ProblemError SRV-501."""
    draft = Draft.objects.select_for_update().filter(code=code, owner=by.key).first()
    if draft is None:
        raise no_draft()
    erase(draft, by=by)


def erase(draft: Draft, *, by: Actor) -> None:
    """Delete a draft and the files that were brought for it."""
    for upload in Upload.objects.select_related("file").filter(draft=draft):
        forget_file(upload, by=by)
    audit.record(by, "services.draft.erase", f"fronts_services.draft:{draft.code}", subject=draft.subject)
    draft.delete()


def forget_file(upload: Upload, *, by: Actor) -> None:
    """Delete an upload and its file."""
    file = upload.file
    upload.delete()
    files.discard(file, by=by)


def sweep(*, by: Actor, now: datetime | None = None, most: int = 500) -> int:
    """Delete up to ``most`` drafts whose time is over; returns how many."""
    moment = now or timezone.now()
    codes = list(
        Draft.objects.filter(expires_at__lte=moment)
        .order_by("expires_at")
        .values_list("code", flat=True)[:most]
    )
    for code in codes:
        with transaction.atomic():
            draft = Draft.objects.select_for_update().filter(code=code, expires_at__lte=moment).first()
            if draft is not None:
                erase(draft, by=by)
    return len(codes)


def sent_as(code: str, *, by: Actor) -> Submission | None:
    """What a draft of the actor's became, once it was sent."""
    rows = Submission.objects.select_related("affair__definition", "affair__region")
    return rows.filter(draft=code, owner=by.key).first()
