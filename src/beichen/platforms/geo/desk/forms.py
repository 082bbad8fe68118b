"""The forms of stewards: what is said of a layer, a file, objects, a table, a legend."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level
from beichen.platforms.geo.making import DIMENSIONS, LayerWords
from beichen.platforms.geo.models import GeometryKind
from beichen.web.forms import ProblemForm

LEVELS = [(str(level.value), level.name) for level in Level]
KINDS = [("", _("As most features are")), *GeometryKind.choices]


class WordsForm(ProblemForm):
    """What is said of a layer."""

    fallback = "key"
    key = forms.CharField(
        label=_("Key of the layer"),
        help_text=_("Lower-case letters, digits and hyphens; an own layer's key brings its next revision."),
        max_length=60,
    )
    name = forms.CharField(label=_("Layer name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Layer name in English"), max_length=200, required=False)
    source = forms.CharField(label=_("Where the data came from"), max_length=300)
    licence = forms.CharField(label=_("Licence of the data"), max_length=60)
    attribution = forms.CharField(label=_("Words that the map shows"), max_length=200, required=False)
    group = forms.CharField(label=_("Group of layers"), max_length=60, required=False)
    level = forms.ChoiceField(label=_("Data level"), choices=LEVELS, initial=str(Level.L2.value))
    body = forms.CharField(label=_("Key of the responsible body"), max_length=80, required=False)
    region_property = forms.CharField(
        label=_("Property with the region's code"), max_length=60, required=False
    )
    valid_from = forms.CharField(label=_("Property: valid from"), max_length=60, required=False)
    valid_to = forms.CharField(label=_("Property: valid to"), max_length=60, required=False)
    height = forms.CharField(label=_("Property: height in metres"), max_length=60, required=False)
    storeys = forms.CharField(label=_("Property: storeys"), max_length=60, required=False)
    depth = forms.CharField(label=_("Property: depth in metres"), max_length=60, required=False)
    model = forms.CharField(label=_("Property: address of a 3D model"), max_length=60, required=False)
    heading = forms.CharField(label=_("Property: heading of the model"), max_length=60, required=False)
    scale = forms.CharField(label=_("Property: scale of the model"), max_length=60, required=False)

    def asked_for(self) -> tuple[str, ...]:
        """The service tells what is missing, all at once."""
        return ("key", "name", "source", "licence")

    def words(self) -> LayerWords:
        """What was said."""
        given = self.cleaned_data
        plain = ("key", "name", "name_en", "source", "licence", "attribution", "group", "body")
        return LayerWords(
            **{name: given[name] for name in plain},
            level=int(given["level"]),
            kind=given.get("kind", ""),
            region_property=given["region_property"],
            dimensions={name: given[name] for name in DIMENSIONS if given.get(name)},
        )


class FileForm(WordsForm):
    """A file, and how it is read."""

    fallback = "file"
    file = forms.FileField(
        label=_("File of the layer"),
        help_text=_(
            "GeoJSON, GeoPackage, zipped Shapefile, CSV or XLSX with lon and lat, GeoParquet; up to 2 GB."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind of geometry"), choices=KINDS, required=False)
    crs = forms.CharField(
        label=_("Coordinates' system"),
        help_text=_("Such as EPSG:4490, EPSG:4548, GCJ-02 or BD-09; empty: what the file says, else WGS 84."),
        max_length=60,
        required=False,
    )
    layer = forms.CharField(label=_("Layer within the file"), max_length=100, required=False)
    longitude = forms.CharField(label=_("Column with longitude"), max_length=100, required=False)
    latitude = forms.CharField(label=_("Column with latitude"), max_length=100, required=False)
    key_field = forms.CharField(label=_("Property that names a feature"), max_length=100, required=False)
    field_order = ("file",)

    def options(self) -> dict[str, str]:
        """How the file is to be read."""
        given = self.cleaned_data
        names = ("crs", "layer", "longitude", "latitude")
        return {**{name: given[name] for name in names}, "key": given["key_field"]}


class MadeForm(WordsForm):
    """A layer of objects or of a table."""

    fallback = "key"
    origin = forms.ChoiceField(
        label=_("Features come from"), choices=[("objects", _("City objects")), ("table", _("A table"))]
    )
    type = forms.CharField(label=_("Type of objects"), max_length=300, required=False)
    table = forms.CharField(label=_("Name of the table"), max_length=60, required=False)
    longitude = forms.CharField(label=_("Column with longitude"), max_length=100, required=False)
    latitude = forms.CharField(label=_("Column with latitude"), max_length=100, required=False)
    geometry = forms.CharField(label=_("Column with shapes (WKT)"), max_length=100, required=False)
    key_field = forms.CharField(label=_("Column that names a row"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind of geometry"), choices=KINDS, required=False)
    field_order = ("origin", "type", "table", "longitude", "latitude", "geometry", "key_field", "kind")

    def columns(self) -> dict[str, str]:
        """The table's columns that are the place and the key."""
        given = self.cleaned_data
        names = ("longitude", "latitude", "geometry")
        return {**{name: given[name] for name in names}, "key": given["key_field"]}


class LegendForm(ProblemForm):
    """How the values of a field are drawn: a line for each value or step."""

    fallback = "steps"
    by = forms.ChoiceField(label=_("Field that is drawn"), required=False)
    form = forms.ChoiceField(
        label=_("Drawn by"), choices=[("categories", _("Categories")), ("ramp", _("Steps of a ramp"))]
    )
    steps = forms.CharField(
        label=_("Values and colours"),
        help_text=_(
            "A line each: value or least number, a space, the colour as #rrggbb, and a name if wished."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        required=False,
        max_length=10_000,
    )
    other = forms.CharField(label=_("Colour of all others"), max_length=7, required=False)

    def __init__(self, *arguments: Any, fields: list[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        choices = [("", _("All alike")), *((name, name) for name in fields)]
        self.fields["by"].choices = choices  # type: ignore[attr-defined]

    def legend(self) -> dict[str, Any]:
        """The legend that was entered; what makes no sense in it is told by the service."""
        given = self.cleaned_data
        if not given["by"]:
            return {}
        found: dict[str, Any] = {"by": given["by"]}
        if given["other"]:
            found["other"] = given["other"]
        lines = [line.strip() for line in given["steps"].splitlines() if line.strip()]
        steps = [step_of(line, is_ramp=given["form"] == "ramp") for line in lines]
        return {**found, given["form"]: steps}


def step_of(line: str, *, is_ramp: bool) -> dict[str, Any]:
    """A line of a legend: ``住宅 #ffcc00 住宅用地`` or ``10 #ff0000``."""
    value, _space, rest = line.partition(" #")
    colour, _space, name = f"#{rest}".partition(" ") if rest else ("", "", "")
    if not is_ramp:
        step: dict[str, Any] = {"value": value.strip(), "colour": colour}
        return {**step, "name": name.strip()[:60]} if name.strip() else step
    try:
        return {"from": float(value), "colour": colour}
    except ValueError:
        return {"from": None, "colour": colour}


def lines_of(legend: dict[str, Any]) -> str:
    """A legend's steps as lines."""
    lines = [
        f"{step.get('value', step.get('from'))} {step['colour']} {step.get('name', '')}".strip()
        for step in (*legend.get("categories", []), *legend.get("ramp", []))
    ]
    return "\n".join(lines)
