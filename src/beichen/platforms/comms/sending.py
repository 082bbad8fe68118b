"""Sending: a notice becomes a message and its deliveries, in the caller's transaction.

What leaves the house leaves it later, by a job that the same transaction enqueues: nothing is sent unless it
commits, and what commits is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.platforms.comms import channels, codes, jobs
from beichen.platforms.comms.models import Contact, Delivery, Message, QuietHours, Subscription, Template
from beichen.platforms.comms.models.messages import ABOUT_LENGTH, HREF_LENGTH, SUBJECT_LENGTH
from beichen.platforms.comms.notice import Notice, Receiver
from beichen.platforms.comms.quiet import Span
from beichen.platforms.comms.receivers import Audience, audience_of
from beichen.platforms.comms.routing import Router
from beichen.platforms.comms.subscribing import person_key
from beichen.platforms.comms.texts import fill, one_line
from beichen.platforms.comms.words import State
from beichen.problem import Problem, ProblemError, Where, said, shorten


def _template(key: str) -> Template:
    found = Template.objects.filter(key=key, is_current=True).first()
    if found is None:
        message = shorten(said("no template is called {key}", key=key))
        raise ProblemError(Problem(codes.NO_TEMPLATE, message, Where(field="template")))
    return found


def _check_href(href: str) -> None:
    """A link leads into this house, so that a message cannot lead its reader elsewhere."""
    is_path = href.startswith("/") and not href.startswith(("//", "/\\")) and "\n" not in href
    if href and (not is_path or len(href) > HREF_LENGTH):
        hint = said("a path such as {example}", example="/console/cases/1")
        message = shorten(said("{href!r} is no path of this house", href=href))
        raise ProblemError(Problem(codes.BAD_HREF, message, Where(field="href"), hint))


def _message(notice: Notice, template: Template, region: Region | None, by: Actor, now: datetime) -> Message:
    """The message in both languages, not yet saved. Raises ProblemError COM-102."""
    subject = {
        language: one_line(fill(text, notice.values, language))[:SUBJECT_LENGTH]
        for language, text in (("zh", template.subject_zh), ("en", template.subject_en))
    }
    return Message(
        template=template.key,
        subject_zh=subject["zh"],
        subject_en=subject["en"],
        text_zh=fill(template.text_zh, notice.values, "zh"),
        text_en=fill(template.text_en, notice.values, "en"),
        about=notice.about[:ABOUT_LENGTH],
        href=notice.href,
        urgency=notice.urgency or template.urgency,
        level=int(notice.level),
        region=region,
        sender=by.key,
        sender_name=by.name[:100],
        at=now,
    )


def city_quiet() -> Span | None:
    """The city's quiet hours, where it has some."""
    row = QuietHours.objects.first()
    return Span(row.quiet_from, row.quiet_until) if row else None


def _deliveries(audience: Audience, router: Router) -> Iterator[Delivery]:
    people = list(audience.people.values())
    browsers = _browsers(audience)
    contacts = {row.person_id: row for row in Contact.objects.filter(person__in=audience.people)}
    for told in people:
        contact, own = contacts.get(told.person.pk), browsers.get(person_key(told.person), [])
        yield from router.to_person(told, contact, own)
    for group in audience.chats:
        yield from router.to_chat(group)
    for one in audience.addresses:
        yield router.to_address(one)
    for subject in audience.followers:
        for browser in browsers.get(subject, []):
            yield router.to_follower(browser)
    for nobody in audience.nobody:
        yield router.to_nobody(nobody)


def _browsers(audience: Audience) -> dict[str, list[Subscription]]:
    """The browsers of everybody who is told, by receiver: one query."""
    keys = [*(person_key(told.person) for told in audience.people.values()), *audience.followers]
    found: dict[str, list[Subscription]] = {}
    for row in Subscription.objects.filter(receiver__in=keys) if keys else ():
        found.setdefault(row.receiver, []).append(row)
    return found


def _keep(message: Message) -> Message | None:
    """Save the message; None where another process has just sent the same one."""
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        return None
    return message


@transaction.atomic
def send(
    notice: Notice, to: Sequence[Receiver], *, by: Actor, key: str = "", now: datetime | None = None
) -> Message:
    """Tell ``to`` what ``notice`` says; the message that was sent, or was sent before under the same ``key``.

    Who may cause a message is decided by the caller. Publishes ``comms.message.sent`` and, for each roster
    that has nobody on duty, ``comms.roster.gap``. Raises ProblemError COM-101, 102, 104, 105, 107, 108, 114;
    then nothing is written.
    """
    known = Message.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    moment = now or timezone.now()
    _check_href(notice.href)
    template = _template(notice.template)
    message = _message(notice, template, notice.region or city_region(), by, moment)
    message.key = key or message.code
    audience = audience_of(to, moment)
    zone = ZoneInfo(django_settings.TIME_ZONE)
    router = Router(message, template.channels, channels.set_up(), city_quiet(), zone, moment)
    deliveries = {(row.receiver, row.channel): row for row in _deliveries(audience, router)}
    if _keep(message) is None:
        return Message.objects.get(key=message.key)
    Delivery.objects.bulk_create(deliveries.values(), batch_size=500)
    _tell(message, audience, list(deliveries.values()), by)
    if any(row.state == State.QUEUED for row in deliveries.values()):
        enqueue(jobs.deliver, message.pk)
    return message


def _tell(message: Message, audience: Audience, deliveries: list[Delivery], by: Actor) -> None:
    """The record, and the events."""
    counts = dict(Counter(f"{row.channel} {row.state}" for row in deliveries))
    told = {"template": message.template, "about": message.about, "deliveries": counts}
    audit.record(by, "comms.message.send", f"platforms_comms.message:{message.code}", detail=told)
    region = message.region.path if message.region else ""
    facts = {
        "message": message.code,
        "template": message.template,
        "about": message.about,
        "urgency": message.urgency,
        "people": len(audience.people),
    }
    drafts = [bus.Draft("comms.message.sent", message.code, facts, region=region, level=message.level)]
    drafts += [
        bus.Draft(
            "comms.roster.gap",
            nobody.receiver.partition(":")[2],
            {"message": message.code, "about": message.about},
            region=region,
            level=2,
        )
        for nobody in audience.nobody
        if nobody.is_roster
    ]
    bus.publish_many(drafts, by=by)
