"""Drafts: begin, keep as one goes, throw away; each is its writer's, who must still act for its subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.applicant.offered import Offered, declared_form, find_offered, offer
from beichen.fronts.services.applicant.problems import DRAFT_CHANGED, TOO_MANY_DRAFTS, no_draft
from beichen.fronts.services.applicant.scanned import field_of
from beichen.fronts.services.forms.service import Answers, Form
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem
from beichen.fronts.services.items.problems import not_for
from beichen.kernel.access import service as access
from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.files import service as files
from beichen.kernel.org.models import Region
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings

MOST = 50
MOST_NAMES, MOST_TEXT = 2_000, 400_000


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft with what it is for, and what has been answered so far."""

    draft: Draft
    offered: Offered

    @property
    def row(self) -> ServiceItem | ServiceBundle:
        """The item or the bundle."""
        return self.offered.row

    @property
    def item(self) -> items.Item:
        """What the item asks for; of a bundle, what those of its items do that are needed."""
        return self.offered.item

    @property
    def form(self) -> Form:
        """Its form."""
        return self.offered.form

    @property
    def asked_form(self) -> Form:
        """The form of its guided check."""
        return self.offered.asked_form

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
    at: str = "",
    now: datetime | None = None,
) -> Draft:
    """Begin an application for an item or a bundle on the newest version of its form; ``at`` is the code of
    the object at which it is begun.

    Raises ProblemError SRV-401 for no such one, ACC-302, SRV-503 for too many drafts, SRV-305 and SRV-402 for
    what the guided check refuses.
    """
    row, moment, kept = find_offered(item_key), now or timezone.now(), _small(asked)
    offered = offer(row, {}, kept)
    _allow(offered, subject.code, channel, by=by)
    _check(offered, kept)
    form, here = declared_form(row), field_of(offered.item, at, by=by)
    if drafts(by).count() >= MOST:
        hint = said("send one or throw one away at /my/drafts")
        raise ProblemError(Problem(TOO_MANY_DRAFTS, said("you keep {limit} drafts", limit=MOST), hint=hint))
    return Draft.objects.create(
        owner=by.key,
        subject=subject.code,
        subject_name=subject.name[:100],
        item=row.key,
        is_bundle=isinstance(row, ServiceBundle),
        form_id=form.version if form else None,
        region=region.code,
        asked=kept,
        given={
            **{name: kept[name] for name in (form or offered.form).schema["properties"] if name in kept},
            **{name: [text] for name, text in here.items()},
        },
        sources={name: gettext("the code that was scanned") for name in here},
        channel=channel,
        begun_at=moment,
        changed_at=moment,
        expires_at=moment + timedelta(days=settings().draft_days),
    )


def _check(offered: Offered, asked: Mapping[str, Sequence[str]]) -> None:
    found = items.check_conditions(offered.item, offered.asked_form.read(asked))
    if found.is_eligible is False:
        raise ProblemError(*(not_for(reason.label) for reason in found.reasons))


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
    row = items.bundle(draft.item) if draft.is_bundle else items.item(draft.item)
    offered = offer(row, draft.given, draft.asked, draft.form)
    _allow(offered, draft.subject, draft.channel, by=by)
    return Writing(draft, offered)


def _allow(offered: Offered, subject: str, channel: str, *, by: Actor) -> None:
    """Raises ProblemError ACC-302 for who does not act for the subject in everything that it takes."""
    if channel != items.Channel.WINDOW:
        for key in offered.keys:
            access.subject_for(by, subject, key)


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
    rows = Submission.objects.select_related("affair__definition", "affair__region", "run__bundle")
    return rows.filter(draft=code, owner=by.key).first()
