"""需要关注: what is behind or missed, the binding first, and why."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beichen.plan.pages import ATTRIBUTES
from beichen.plan.reports.chapters.indicators import reasoned
from beichen.plan.reports.document import Block, Listing, Paragraph, Section
from beichen.plan.reports.matter import BAD, Matter
from beichen.plan.service import Standing
from beichen.web.status import LABELS


def worst_first(matter: Matter) -> list[Standing]:
    """What is behind or missed: the binding before the others, the missed before the behind."""
    rows = [row for row in matter.standings if row.status in BAD]
    return sorted(rows, key=lambda row: (row.attribute != "binding", BAD[::-1].index(row.status)))


def said(matter: Matter, row: Standing) -> str:
    """One matter: its kind and status, the reasoning, what it needs."""
    kind = str(ATTRIBUTES.get(row.attribute, "")) or _("no kind stated")
    head = _("[%(kind)s, %(status)s] ") % {"kind": kind, "status": LABELS[row.status]}
    return head + reasoned(matter, row)


def chapter(matter: Matter) -> Section:
    """What a reader must know first."""
    rows = worst_first(matter)
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Paragraph(
                ngettext(
                    "%(count)s line is behind its path or has missed its target.",
                    "%(count)s lines are behind their path or have missed their target.",
                    len(rows),
                )
                % {"count": len(rows)}
            )
        )
        blocks.append(Listing(tuple(said(matter, row) for row in rows)))
    else:
        blocks.append(Paragraph(_("No line with data is behind its path or has missed its target.")))
    return Section(_("What needs attention"), tuple(blocks))
