"""What can be done with news: write, publish, withdraw; find what everybody may read. The only writers.

Words are found by any part, through an index of n-grams; the texts themselves decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from beichen.fronts.citizen.models import News
from beichen.fronts.citizen.permissions import PUBLISH_NEWS, WRITE_NEWS
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.grams import GramIndex
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, Where, code, said

NO_NEWS = code("CIT-101", "There is no such news.", status=404)
BAD_NEWS = code("CIT-102", "The news cannot be kept so.", status=422)
LONGEST = 20_000
TEXTS = GramIndex("fronts_citizen_news_text", "news_id")


@dataclass(frozen=True, slots=True)
class NewsFacts:
    """News as an officer writes it; ``body`` is the key of the body whose news it is."""

    title: str
    text: str
    body: str
    since: date
    until: date | None = None
    title_en: str = ""
    text_en: str = ""
    is_demo: bool = False


def _check(facts: NewsFacts) -> None:
    found = [
        Problem(BAD_NEWS, said("say something"), Where(field=name))
        for name, value in (("title", facts.title), ("text", facts.text))
        if not value.strip()
    ]
    found += [
        Problem(BAD_NEWS, said("longer than {limit} characters", limit=limit), Where(field=name))
        for name, value, limit in (
            ("title", facts.title, 120),
            ("title_en", facts.title_en, 200),
            ("text", facts.text, LONGEST),
            ("text_en", facts.text_en, LONGEST),
        )
        if len(value) > limit
    ]
    if any("\0" in value for value in (facts.title, facts.title_en, facts.text, facts.text_en)):
        found.append(Problem(BAD_NEWS, said("a character that no text holds"), Where(field="text")))
    if facts.until is not None and facts.until < facts.since:
        found.append(Problem(BAD_NEWS, said("it would end before it begins"), Where(field="until")))
    if found:
        raise ProblemError(*found)


@transaction.atomic
def save_news(facts: NewsFacts, *, by: Actor, number: int | None = None) -> News:
    """Write news, or change the one of this number; what is published stays so, and shows the change.

    Raises ProblemError ACC-403, CIT-101, CIT-102 with every mistake.
    """
    _check(facts)
    body = Body.objects.select_related("region").filter(key=facts.body, is_current=True).first()
    region = (body.region if body is not None else None) or city_region()
    if body is None or region is None:
        raise ProblemError(Problem(BAD_NEWS, said("there is no such body"), Where(field="body")))
    row = News() if number is None else find_news(number, by=by)
    if number is not None and row.is_published:
        access.require(by, PUBLISH_NEWS, row)
    row.title, row.title_en = facts.title.strip(), facts.title_en.strip()
    row.text, row.text_en = facts.text.strip(), facts.text_en.strip()
    row.body, row.region, row.since, row.until = body, region, facts.since, facts.until
    row.written_by, row.changed_at = row.written_by or by.key, timezone.now()
    row.is_demo = facts.is_demo or by.is_simulator
    access.require(by, WRITE_NEWS, row)
    row.save()
    TEXTS.add([(row.pk, f"{row.title} {row.title_en} {row.text} {row.text_en}")])
    audit.record(by, WRITE_NEWS, f"fronts_citizen.news:{row.pk}", detail={"body": body.key})
    return row


@transaction.atomic
def publish_news(number: int, *, by: Actor, is_published: bool = True) -> News:
    """Show news to everybody from its day on, or withdraw it. Raises ProblemError ACC-403, CIT-101."""
    row = find_news(number, by=by)
    access.require(by, PUBLISH_NEWS, row)
    row.is_published = is_published
    row.published_at, row.published_by = (timezone.now(), by.key) if is_published else (None, "")
    row.save(update_fields=["is_published", "published_at", "published_by"])
    detail = {"is_published": is_published}
    audit.record(by, PUBLISH_NEWS, f"fronts_citizen.news:{row.pk}", detail=detail)
    return row


def find_news(number: int, *, by: Actor) -> News:
    """News that ``by`` may work on. Raises ProblemError ACC-403, CIT-101."""
    row = News.objects.select_related("body", "region").filter(pk=number).first()
    if row is None:
        raise ProblemError(Problem(NO_NEWS, said("no news has this number")))
    access.require(by, WRITE_NEWS, row)
    return row


def kept_news(*, by: Actor) -> QuerySet[News]:
    """The news of the actor's bodies, drafts too. Raises ProblemError ACC-403."""
    access.require(by, WRITE_NEWS)
    rows = News.objects.select_related("body").defer("text", "text_en")
    return access.visible(by, WRITE_NEWS, rows)


def shown_news() -> QuerySet[News]:
    """What everybody may read today, the newest first."""
    today = timezone.localdate()
    rows = News.objects.select_related("body").filter(is_published=True, since__lte=today)
    return rows.filter(Q(until=None) | Q(until__gte=today)).order_by("-since", "-id")


def may_hold(text: str) -> bool:
    """Whether any news has what every word needs, by the index alone."""
    words = text.split()[:8]
    return not words or TEXTS.count(words, 0) > 0


def holding(rows: QuerySet[News], text: str) -> QuerySet[News]:
    """Those of ``rows`` that hold every word of ``text`` in their title or text."""
    words = text.split()[:8]
    for word in words:
        named = Q(title__icontains=word) | Q(title_en__icontains=word)
        rows = rows.filter(named | Q(text__icontains=word) | Q(text_en__icontains=word))
    return rows.filter(pk__in=TEXTS.keys(words)) if words else rows
