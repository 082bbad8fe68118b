"""The analyses that there are: their names, what each is asked with, which function answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beichen.kernel.actor import Actor
from beichen.platforms.geo.analysis import answers, ways
from beichen.platforms.geo.analysis.codes import NO_KIND, Patience, refused
from beichen.platforms.geo.analysis.outcome import Outcome
from beichen.platforms.geo.analysis.overlays import How
from beichen.platforms.geo.analysis.parameters import Form, Parameter
from beichen.platforms.geo.analysis.roads import Mode
from beichen.problem import nearest, said

Values = Mapping[str, Any]
Answer = Callable[[Values, Actor, Patience], Outcome]


@dataclass(frozen=True, slots=True)
class Kind:
    """One analysis."""

    key: str
    title: str | Promise
    about: str | Promise
    parameters: tuple[Parameter, ...]
    answer: Answer

    def described(self) -> dict[str, Any]:
        """As programs read it."""
        told = [one.described() for one in self.parameters]
        return {"key": self.key, "title": str(self.title), "about": str(self.about), "parameters": told}


LAYER = Parameter("layer", _("Layer"), Form.LAYER)
OTHER = Parameter("other", _("Other layer"), Form.LAYER)
PLACES = Parameter(
    "places",
    _("Places"),
    Form.PLACES,
    default=[],
    hint=_("Longitude,latitude; several with semicolons. A click on the map adds one."),
)
ROADS = Parameter("roads", _("Roads"), Form.LAYER, dimensions=(1,))
MODE = Parameter("mode", _("How one goes"), Form.CHOICE, default="walk", choices=(
    (Mode.WALK.value, _("On foot")), (Mode.CYCLE.value, _("By bicycle")), (Mode.DRIVE.value, _("By car")),
))  # fmt: skip
METRES: dict[str, Any] = {"least": 1, "most": 50_000, "unit": "m"}
RESOLUTIONS = tuple((str(number), words) for number, words in (
    (7, _("about 5 km²")), (8, _("about 0.7 km²")), (9, _("about 0.1 km²")), (10, _("about 1.5 ha")),
))  # fmt: skip
CELL = Parameter("cell", _("Size of a cell"), Form.CHOICE, default="9", choices=RESOLUTIONS)
MINUTES: dict[str, Any] = {"least": 1, "most": 120, "unit": "min"}

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("within", _("Near something"), _("Features within a distance of places or of another layer; at distance nought those that touch it or lie in it."), (
            LAYER, Parameter("other", _("Of this layer"), Form.LAYER, default=""), PLACES,
            Parameter("distance", _("Distance"), Form.NUMBER, default=500.0, **{**METRES, "least": 0}),
        ), answers.within_answer),
        Kind("nearest", _("Nearest"), _("Of each feature the nearest few of another layer, with the distance as the crow flies."), (
            LAYER, OTHER, Parameter("count", _("How many"), Form.INTEGER, default=1, least=1, most=20),
        ), answers.nearest_answer),
        Kind("buffer", _("Buffers"), _("The area within a distance of each feature, or of all together."), (
            LAYER, Parameter("distance", _("Distance"), Form.NUMBER, default=300.0, **METRES),
            Parameter("dissolve", _("All together"), Form.FLAG),
        ), answers.buffer_answer),
        Kind("overlay", _("Overlay"), _("Two layers laid over each other: what they share, what one has alone, or all pieces, with their areas."), (
            LAYER, OTHER, Parameter("how", _("How they are overlaid"), Form.CHOICE, default=How.INTERSECTION.value, choices=(
                (How.INTERSECTION.value, _("What both share")), (How.DIFFERENCE.value, _("What the first has alone")),
                (How.UNION.value, _("All pieces of both")),
            )),
        ), answers.overlay_answer),
        Kind("density", _("Density"), _("Kernel density of points (quartic kernel), as areas between contours."), (
            Parameter("layer", _("Layer of points"), Form.LAYER, dimensions=(0,)),
            Parameter("bandwidth", _("Bandwidth"), Form.NUMBER, default=800.0, **{**METRES, "least": 10}),
            Parameter("cell", _("Size of a cell"), Form.NUMBER, default=100.0, least=1, most=10_000, unit="m"),
            Parameter("weight", _("Field that weighs"), Form.WORD, default=""),
        ), answers.density_answer),
        Kind("hotspots", _("Hot spots"), _("Getis-Ord Gi*: where high or low counts lie together more than chance would have it. Points are counted in H3 cells; areas need a field of numbers."), (
            Parameter("layer", _("Points or areas"), Form.LAYER, dimensions=(0, 2)),
            Parameter("field", _("Field of numbers"), Form.WORD, default=""), CELL,
            Parameter("distance", _("Neighbours within"), Form.NUMBER, default=600.0, **METRES),
        ), answers.hotspots_answer),
        Kind("service-area", _("Service areas"), _("How far one comes over the roads from places within some minutes."), (
            ROADS, Parameter("layer", _("From the features of"), Form.LAYER, default=""), PLACES, MODE,
            Parameter("minutes", _("Minutes, with semicolons"), Form.LAYERS, default=["5", "10", "15"]),
        ), ways.area_answer),
        Kind("route", _("Route"), _("The quickest way over the roads through places in their order."), (
            ROADS, Parameter("places", _("Places"), Form.PLACES, hint=_("Two places or more, in their order.")), MODE,
        ), ways.route_answer),
        Kind("gaps", _("Coverage gaps"), _("The 15-minute circle: what is missing where. Each area's share that every need reaches on foot, and the areas that none reaches."), (
            Parameter("needs", _("Needs"), Form.LAYERS, hint=_("One a line, a name before it: Police|objects:facility?category=police")),
            Parameter("areas", _("Study areas"), Form.LAYER, dimensions=(2,), hint=_("A layer of areas: communities, districts, land use.")),
            Parameter("as_cells", _("Cut into cells of the grid"), Form.FLAG), CELL,
            Parameter("roads", _("Roads"), Form.LAYER, default="", dimensions=(1,), hint=_("Without roads: circles, by a detour of 1.3.")),
            Parameter("minutes", _("Minutes on foot"), Form.NUMBER, default=15.0, **MINUTES),
            Parameter("share", _("Missing below a share of"), Form.NUMBER, default=50.0, least=1, most=100, unit="%"),
        ), ways.gaps_answer),
    )
}  # fmt: skip


def kind_of(key: str) -> Kind:
    """The analysis of this name. Raises ProblemError GEO-642."""
    if key not in KINDS:
        raise refused(
            NO_KIND, said("there is no analysis {name}", name=key[:40]), hint=nearest(key[:40], KINDS)
        )
    return KINDS[key]
