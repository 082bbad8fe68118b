"""The kinds of report: which chapters each has, in which order, and what it is called.

A chapter is a function from what was gathered to a section; a kind is a list of them. A room that lands
later adds its chapter here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.plan.models import Plan
from beichen.plan.pages import in_english
from beichen.plan.reports.chapters import (
    adjustments,
    annual,
    attention,
    brief,
    congress,
    district,
    duties,
    gaps,
    indicators,
    investment,
    outlook,
    overview,
    promises,
    rules,
    years,
)
from beichen.plan.reports.document import About, Document, Section
from beichen.plan.reports.matter import Matter
from beichen.plan.reports.models import Kind

Chapter = Callable[[Matter], Section]
_WHOLE: tuple[Chapter, ...] = (
    overview.chapter,
    indicators.chapter,
    attention.chapter,
    outlook.chapter,
    annual.chapter,
    years.chapter,
    promises.targets,
    promises.projects,
    investment.chapter,
    duties.chapter,
    adjustments.chapter,
    gaps.chapter,
)
CHAPTERS: dict[str, tuple[Chapter, ...]] = {
    Kind.YEARLY: (*_WHOLE, rules.chapter),
    Kind.MIDTERM: (*_WHOLE, rules.chapter),
    Kind.FINAL: (*(one for one in _WHOLE if one is not outlook.chapter), rules.chapter),
    Kind.CONGRESS: (
        congress.opening,
        overview.chapter,
        congress.indicators,
        attention.chapter,
        outlook.chapter,
        promises.projects,
        investment.chapter,
        duties.chapter,
        adjustments.chapter,
        congress.opinions,
        gaps.chapter,
        rules.chapter,
    ),
    Kind.BRIEF: (brief.whole, brief.matters, brief.warnings, brief.lines),
    Kind.COMPENDIUM: (*_WHOLE, promises.all_targets, promises.all_projects, rules.chapter),
}
# an edition tells what is its own first, and then how the whole stands
DISTRICT: tuple[Chapter, ...] = (
    district.chapter,
    years.chapter,
    investment.chapter,
    duties.chapter,
    overview.chapter,
    rules.chapter,
)
BODY: tuple[Chapter, ...] = (duties.chapter, investment.chapter, overview.chapter, rules.chapter)


def _subtitle(kind: str, year: int) -> str:
    said = {
        Kind.YEARLY: _("Monitoring report %(year)s"),
        Kind.MIDTERM: _("Mid-term evaluation (to the end of %(year)s)"),
        Kind.FINAL: _("Final evaluation (to the end of %(year)s)"),
        Kind.CONGRESS: _("Report on the carrying out of the plan in %(year)s"),
        Kind.BRIEF: _("Brief %(year)s"),
        Kind.COMPENDIUM: _("The whole plan at the end of %(year)s"),
    }
    return said[Kind(kind)] % {"year": year}


def _whose(body: Body | None, region: Region | None) -> str:
    row = body or region
    if row is None:
        return ""
    return (row.name_en or row.name) if in_english() else row.name


def _about(matter: Matter) -> tuple[About, ...]:
    plan = matter.plan
    city = _whose(None, plan.region)
    is_open = matter.audience is Level.L1
    lines = [
        (_("City of the plan"), city),
        (_("Years of the plan"), f"{plan.start_year}–{plan.end_year}"),
        (_("Values up to"), str(matter.year)),
        (
            _("Edition"),
            _("No. %(edition)s, %(audience)s")
            % {
                "edition": matter.edition,
                "audience": _("open") if is_open else _("for use within"),
            },
        ),
        (_("Made on"), matter.made_on.isoformat()),
    ]
    return tuple(About(label, text) for label, text in lines if text)


def _chapters(matter: Matter, kind: str) -> tuple[Chapter, ...]:
    if kind == Kind.BRIEF:
        return CHAPTERS[kind]
    if matter.region is not None:
        return DISTRICT
    return BODY if matter.body is not None else CHAPTERS[kind]


def _written(matter: Matter, kind: str) -> Document:
    plan = matter.plan
    whose = _whose(matter.body, matter.region)
    subtitle = _subtitle(kind, matter.year) + (_(" · %(whose)s") % {"whose": whose} if whose else "")
    title = plan.title_en if in_english() and plan.title_en else plan.title
    sections = tuple(write(matter) for write in _chapters(matter, kind))
    return Document(
        title=title,
        subtitle=subtitle,
        language="en" if in_english() else "zh",
        kind=kind,
        plan=plan.key,
        year=matter.year,
        head=f"{_whose(None, plan.region)} {plan.start_year}–{plan.end_year} · {subtitle}".strip(),
        about=_about(matter),
        sections=sections,
        sources=matter.sources.listed(),
        is_demo=bool(matter.made_up),
        is_short=kind == Kind.BRIEF,
    )


def write_document(
    plan: Plan,
    year: int,
    *,
    kind: str = Kind.YEARLY,
    language: str = "zh",
    audience: Level = Level.L1,
    body: Body | None = None,
    region: Region | None = None,
    edition: int = 1,
    made_on: date,
) -> Document:
    """Write a report in a language. Reads only; the same plan and values give the same document."""
    matter = Matter(plan, year, made_on, audience, body, region, edition, is_short=kind == Kind.BRIEF)
    with translation.override("en" if language == "en" else "zh-hans"):
        return _written(matter, kind)
