"""Where a box (专栏) ends, when no heading ends it.

A printed box has its own type: its lines are set wider or narrower than the running text. Its entries
are a list; a paragraph that opens with what is to be done (「加强基础研究。」) after entries that do not
is running text again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from beichen.plan.importer.lines import TABLE_END, Line
from beichen.plan.importer.passages import LEAD, MARKER, full_width, join, leading_sentence, paragraphs
from beichen.plan.importer.wording import VERB_LEAD


def _opens_task(group: Sequence[Line]) -> bool:
    """Whether a paragraph opens like one of the prose: a short sentence that begins with a verb."""
    if MARKER.match(group[0].text):
        return False
    lead = leading_sentence(join(group).text)
    return lead is not None and len(lead) <= 16 and "、" not in lead and VERB_LEAD.match(lead) is not None


def _is_prose(group: Sequence[Line], box_width: float, prose_width: float) -> bool:
    if len(group) < 2 or MARKER.match(group[0].text) or LEAD.match(group[0].text) is None:
        return False
    here = full_width(group)
    return abs(here - prose_width) < 1.2 and abs(here - box_width) > 2.5


def box_end(lines: Sequence[Line], before: Sequence[Line]) -> int:
    """How many of ``lines`` (from the box's title to the next heading) belong to the box.

    ``before`` are some lines ahead of the box, for the width of the prose.
    """
    for i, line in enumerate(lines):
        if line.text == TABLE_END:
            return i
    groups = paragraphs(lines)
    if len(groups) < 2:
        return len(lines)
    box_width, prose_width = full_width(groups[0]), full_width(before)
    differs = box_width > 0 and prose_width > 0 and abs(box_width - prose_width) >= 2.5
    tasks = not _opens_task(groups[0])
    for previous, group in pairwise(groups):
        ended = previous[-1].text[-1] in "。）”"
        if ended and (
            (tasks and _opens_task(group)) or (differs and _is_prose(group, box_width, prose_width))
        ):
            return next(i for i, line in enumerate(lines) if line.start == group[0].start)
    return len(lines)
