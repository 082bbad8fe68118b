"""The tree as facts: every division and the tasks in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beichen.plan.importer.facts import Node, stable_key
from beichen.plan.importer.outline import PREAMBLE, Division
from beichen.plan.importer.passages import MARKER, leading_sentence


def _tasks(division: Division, first: int) -> Iterator[Node]:
    """The paragraphs that open with a short sentence which names what is to be done."""
    number = first
    for passage in division.passages():
        marker = MARKER.match(passage.text)
        text = passage.text[marker.end() :] if marker else passage.text
        title = leading_sentence(text)
        if title is None:
            continue
        number += 1
        yield Node(
            key=stable_key("task", *division.path[-1:], title),
            level="task",
            number=number,
            title=title,
            location=f"{division.location}#{number}",
            parent=division.location,
            start=passage.offsets[0],
            end=passage.offsets[-1] + 1,
            body_end=passage.offsets[-1] + 1,
        )


def _ends(divisions: Sequence[Division], length: int) -> list[int]:
    """Where each headed division ends: at the next heading that is not inside it."""
    headed = [d for d in divisions if d.heading is not None]
    ends: list[int] = []
    for i, division in enumerate(headed):
        inside = division.location + "."
        end = length
        for other in headed[i + 1 :]:
            within = other.location.startswith(inside) or (
                other.is_box and other.parent is not None and f"{other.parent}.".startswith(inside)
            )
            if division.is_box or not within:
                end = other.heading.start if other.heading else length
                break
        if division.is_box and division.end is not None:
            end = division.end
        ends.append(end)
    return ends


def outline_nodes(divisions: Sequence[Division], length: int) -> tuple[Node, ...]:
    """The nodes in the order of the text; ``length`` is the text's."""
    ends = iter(_ends(divisions, length))
    nodes: list[Node] = []
    tasks: dict[str, int] = {}
    for division in divisions:
        heading = division.heading
        if heading is not None:
            nodes.append(
                Node(
                    key=stable_key(division.level, *division.path),
                    level=division.level,
                    number=heading.number,
                    title=heading.title,
                    location=division.location,
                    parent=division.parent if division.parent != PREAMBLE else None,
                    start=heading.start,
                    end=heading.end,
                    body_end=next(ends),
                )
            )
        if not division.is_box:
            found = list(_tasks(division, tasks.get(division.location, 0)))
            tasks[division.location] = tasks.get(division.location, 0) + len(found)
            nodes += found
    return tuple(nodes)
