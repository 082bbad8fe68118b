"""The answers of analyses over roads: service areas, routes, coverage gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from beichen.kernel.actor import Actor
from beichen.platforms.geo.analysis import coverage, reach
from beichen.platforms.geo.analysis.answers import places_or_features
from beichen.platforms.geo.analysis.codes import BAD_VALUE, TOO_MUCH, Patience, refused
from beichen.platforms.geo.analysis.features import Features, read
from beichen.platforms.geo.analysis.outcome import AREA, LENGTH, NAME, Column, Outcome, rounded, sources_of
from beichen.platforms.geo.analysis.plane import Plane
from beichen.platforms.geo.analysis.roads import Mode, Roads, roads_of
from beichen.problem import said

Values = Mapping[str, Any]
WIDTHS = {Mode.WALK: 60.0, Mode.CYCLE: 80.0, Mode.DRIVE: 120.0}  # metres beside a road that count as reached
MOST_MINUTES, MOST_STEPS = 120, 5
MINUTE = Column("minutes", "分钟", "Minutes", "min", is_number=True)
LONELY = 0.02
KNOWN = said("only what the layers hold is counted: a place that they leave out counts as missing")


def _roads(values: Values, by: Actor) -> tuple[Roads, Features, tuple[str, ...]]:
    lines = read(values["roads"], by=by, name="roads", dimensions=(1,))
    roads = roads_of(lines)
    notes: tuple[str, ...] = ()
    if roads.lonely > LONELY:
        percent = round(roads.lonely * 100)
        notes = (said("{percent} % of the roads hang on no other of the largest part", percent=percent),)
    return roads, lines, notes


def _minutes(raw: list[str]) -> list[float]:
    try:
        found = sorted({float(one) for one in raw})
    except ValueError:
        found = []
    if not 0 < len(found) <= MOST_STEPS or not all(0 < one <= MOST_MINUTES for one in found):
        message = said("one to {count} numbers up to {most}", count=MOST_STEPS, most=MOST_MINUTES)
        raise refused(BAD_VALUE, message, "minutes")
    return found


def area_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """The area of each number of minutes, the largest first, so that the smaller lie on it."""
    steps, mode = _minutes(values["minutes"]), Mode(values["mode"])
    roads, lines, notes = _roads(values, by)
    shapes, _names, also = places_or_features(values, "layer", by)
    places = coverage.entrances(roads.plane.flat(shapes))
    patience.at(0.1)
    times, joined = reach.times(roads, places, mode, steps[-1])
    far = int(np.count_nonzero(~joined.is_near))
    if far == len(places):
        message = said("no road within {most} m of any place", most=int(reach.SNAP))
        raise refused(BAD_VALUE, message, "places")
    if far:
        notes = (
            *notes,
            said("{count} places have no road within {most} m", count=far, most=int(reach.SNAP)),
        )
    areas, rows = [], []
    for number, limit in enumerate(reversed(steps)):
        patience.at(0.2 + 0.8 * number / len(steps))
        reached = reach.reached(roads, times, joined, mode, limit)
        areas.append(reach.area_of(reached, WIDTHS[mode], joined, limit))
        rows.append((limit, rounded(shapely.area(areas[-1])), rounded(shapely.length(reached).sum())))
    columns = (MINUTE, AREA, Column("roads_m", "道路长度", "Length of roads", "m", is_number=True))
    found = roads.plane.on_globe(np.array(areas, dtype=object))
    return Outcome(columns, found, rows, notes, sources_of(lines, *also), drawn="minutes")


def route_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """The legs between the places, each with its roads."""
    places, mode = values["places"], Mode(values["mode"])
    if len(places) < 2:
        raise refused(BAD_VALUE, said("two places at least are needed"), "places")
    roads, lines, notes = _roads(values, by)
    points = roads.plane.points(places)
    legs = []
    for number in range(len(places) - 1):
        patience.at(number / len(places))
        legs.append(reach.way(roads, points[number], points[number + 1], mode))
    rows = [
        (number + 1, rounded(leg.length), rounded(leg.minutes, 2), _said(leg.steps))
        for number, leg in enumerate(legs)
    ]
    columns = (
        Column("leg", "路段", "Leg", is_number=True),
        LENGTH,
        MINUTE,
        Column("roads", "途经道路", "By these roads"),
    )
    shapes = roads.plane.on_globe(np.array([leg.line for leg in legs], dtype=object))
    return Outcome(columns, shapes, rows, notes, sources_of(lines))


def _said(steps: list[tuple[str, float]]) -> str:
    named = [(name, length) for name, length in steps if name]
    return " → ".join(f"{name} {round(length)} m" for name, length in named)


def gaps_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """Of each area the share that each need reaches and what is missing; then what each need leaves out."""
    words = [_called(one) for one in values["needs"]]
    needs = [read(spec, by=by, name="needs") for _word, spec in words]
    called = [word or need.title or need.name for (word, _spec), need in zip(words, needs, strict=True)]
    areas = read(values["areas"], by=by, name="areas", dimensions=(2,), most=5_000)
    if not len(areas):
        raise refused(BAD_VALUE, said("the layer has no areas"), "areas")
    roads: Roads | None = None
    also: tuple[Features, ...] = ()
    notes: tuple[str, ...] = ()
    if values["roads"]:
        roads, lines, notes = _roads(values, by)
        also = (lines,)
    names, shapes = areas.labels, areas.shapes
    if values["as_cells"]:
        names, shapes = coverage.cells(shapely.convex_hull(shapely.union_all(shapes)), int(values["cell"]))
        if not names:
            raise refused(TOO_MUCH, said("the areas are smaller than a cell"), "cell")
    plane = roads.plane if roads else Plane.through(shapes, *(need.shapes for need in needs))
    flat = plane.flat(shapes)
    found = coverage.coverage(
        flat, [plane.flat(need.shapes) for need in needs], values["minutes"], roads, patience
    )
    return _gaps(values, called, names, plane, flat, found, (KNOWN, *notes), sources_of(*needs, areas, *also))


def _gaps(
    values: Values, words: list[str], names: list[str], plane: Plane, areas: Any, found: coverage.Covered,
    notes: tuple[str, ...], sources: tuple[dict[str, str], ...],
) -> Outcome:  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for name, area, shares in zip(names, areas, found.shares, strict=True):
        missing = [word for word, share in zip(words, shares, strict=True) if share * 100 < values["share"]]
        percents = [rounded(share * 100) for share in shares]
        rows.append(("area", name, len(missing), "、".join(missing), *percents, rounded(shapely.area(area))))
    for number, gap in enumerate(found.gaps):
        shares = [None] * len(words)
        rows.append(("gap", words[number], None, words[number], *shares, rounded(shapely.area(gap))))
    columns = (
        Column("what", "类别", "What"), NAME, Column("missing", "缺项数", "Number missing", is_number=True),
        Column("missing_needs", "缺少", "Missing"),
        *(_share_of(number, word) for number, word in enumerate(words)),
        AREA,
    )  # fmt: skip
    shapes = plane.on_globe(np.append(areas, np.array(found.gaps, dtype=object)))
    return Outcome(columns, shapes, rows, notes, sources, drawn="missing")


def _share_of(number: int, word: str) -> Column:
    return Column(f"need_{number + 1}", f"{word}覆盖率", f"Reached: {word}", "%", is_number=True)


def _called(told: str) -> tuple[str, str]:
    """`words|layer`: what a need is called, which may be left out, and where it is."""
    words, bar, spec = told.partition("|")
    return (words.strip()[:30], spec.strip()) if bar else ("", told)
