"""What is drawn of a model: its things on the city's map, and the course of one measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beichen.kernel.actor import Actor
from beichen.platforms.ai import service
from beichen.platforms.ai.models import Model
from beichen.platforms.ai.views.words import Names, clock, thing_name
from beichen.platforms.geo.pages import Bounds, Drawing
from beichen.web.charts import Chart, Series, embedded_json

MARGIN = 0.02  # degrees around the things
TONES = {False: "on-course", True: "missed"}


class Placed(Protocol):
    """A row that may lie on the map."""

    name: str
    href: str
    is_found: bool
    place: tuple[float, float] | None


def sheet_context(drawn: Drawing, rows: Sequence[Any]) -> dict[str, Any]:
    """The part of the sheet that shows the things, and a dot for each; red where something was found."""
    placed = [one for one in rows if one.place is not None]
    longitudes = [one.place[0] for one in placed]
    latitudes = [one.place[1] for one in placed]
    bounds = Bounds(
        min(longitudes) - MARGIN, min(latitudes) - MARGIN, max(longitudes) + MARGIN, max(latitudes) + MARGIN
    )
    view_box = drawn.view_box(bounds)
    wide, high = map(float, view_box.split()[2:])
    size = max(wide, high * 1.2)
    english = get_language() == "en"
    dots, features = [], []
    for one in placed:
        x, y = drawn.sheet.place(one.place)
        tone = TONES[one.is_found]
        dots.append({"x": f"{x:.1f}", "y": f"{y:.1f}", "tone": tone, "href": one.href,
                     "label": f"{one.name} · {one.state}"})  # fmt: skip
        properties = {"tone": tone, "name": one.name, "href": one.href}
        geometry = {"type": "Point", "coordinates": one.place}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {
        "drawing": drawn,
        "bounds": str(bounds),
        "view_box": view_box,
        "label_size": f"{size * 0.018:.1f}",
        "dot_size": f"{size * 0.009:.1f}",
        "dots": dots,
        "points": embedded_json({"type": "FeatureCollection", "features": features}),
        "legend": [
            (_("Found"), TONES[True], sum(one.is_found for one in placed)),
            (_("Nothing found"), TONES[False], sum(not one.is_found for one in placed)),
        ],
        "districts": [(one, (one.name_en or one.name) if english else one.name) for one in drawn.districts],
    }


def course_chart(row: Model, thing: str, measure: str, names: Names, *, by: Actor) -> Chart | None:
    """What was measured in the last day and what is foretold; None where nothing is."""
    course = service.course_of(row, thing, measure, by=by)
    if not course.foretold:
        return None
    subject = course.foretold[0].thing
    measured = _thinned(course.measured)
    times = [at for at, _value in measured] + [one.at for one in course.foretold]
    before, after = len(measured), len(course.foretold)
    none: list[float | None] = [None] * before
    series = [
        Series(_("As measured"), [_rounded(value) for _at, value in measured] + [None] * after),
        Series(
            _("Foretold"), none + [_rounded(one.value) for one in course.foretold], "missed", is_dashed=True
        ),
    ]
    if any(one.low is not None for one in course.foretold):
        series += [
            Series(_("Lower bound"), none + [_rounded(one.low) for one in course.foretold], "unknown"),
            Series(_("Upper bound"), none + [_rounded(one.high) for one in course.foretold], "unknown"),
        ]
    kind = subject.type.key
    title = f"{thing_name(subject)} · {names.measure(kind, measure)}"
    return Chart(
        title, names.unit(kind, measure), _("Point in time"), [clock(at)[5:] for at in times], series
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")


def _thinned(pairs: list[Any], most: int = 144) -> list[Any]:
    """Every so many readings, the newest among them: a chart of a day has room for so many."""
    step = max(1, -(-len(pairs) // most))
    return pairs[::-1][::step][::-1]
