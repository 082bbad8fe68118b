"""Where a box (专栏) ends, when no heading ends it.

A printed box has its own type: its lines are set wider or narrower than the running text, and its
paragraphs are list items. Text that goes back to the width of the prose, and reads as prose, is prose.
"""

from __future__ import annotations

from collections.abc import Sequence

from beichen.plan.importer.lines import Line
from beichen.plan.importer.passages import LEAD, MARKER, full_width, paragraphs

TABLE_END = "\ue000"  # stands alone on a line where a table of a .docx file ended


def _is_prose(group: Sequence[Line], box_width: float, prose_width: float) -> bool:
    if len(group) < 2 or MARKER.match(group[0].text):
        return False
    here = full_width(group)
    return (
        abs(here - prose_width) < 1.2
        and abs(here - box_width) > 2.5
        and LEAD.match(group[0].text) is not None
    )


def box_end(lines: Sequence[Line], before: Sequence[Line]) -> int:
    """How many of ``lines`` (from the box's title to the next heading) belong to the box.

    ``before`` are some lines ahead of the box, for the width of the prose.
    """
    for i, line in enumerate(lines):
        if line.text == TABLE_END:
            return i
    groups = paragraphs(lines)
    box_width = full_width(groups[0]) if groups else 0.0
    prose_width = full_width(before)
    if not box_width or not prose_width or abs(box_width - prose_width) < 2.5:
        return len(lines)
    for group in groups[1:]:
        if _is_prose(group, box_width, prose_width):
            return next(i for i, line in enumerate(lines) if line.start == group[0].start)
    return len(lines)
