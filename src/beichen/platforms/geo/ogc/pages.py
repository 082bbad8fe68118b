"""The same documents for people: lists with search and export, a map with its table, printable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.kernel.access.service import acting
from beichen.platforms.geo.ogc import documents
from beichen.platforms.geo.ogc.answers import page_answer, root_of
from beichen.platforms.geo.ogc.catalogue import Collection, collections_for
from beichen.platforms.geo.ogc.items import feature_of, links_of_page, place_of, system_asked
from beichen.platforms.geo.ogc.questions import Question
from beichen.platforms.geo.ogc.systems import SYSTEMS
from beichen.platforms.geo.ogc.turning import in_system
from beichen.platforms.geo.source import Field, FieldKind
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import worded

ROWS = 50
"""Features on a page; a program that wants more asks for GeoJSON."""
KINDS = {"point": _("Points"), "line": _("Lines"), "polygon": _("Polygons")}
TYPES = {
    FieldKind.TEXT: _("Text"),
    FieldKind.INTEGER: _("Whole number"),
    FieldKind.NUMBER: _("Number"),
    FieldKind.BOOLEAN: _("Yes or no"),
    FieldKind.DATE: _("Date"),
    FieldKind.TIME: _("Moment"),
}
_GEOMETRY = '<code class="ogc-geometry">{}</code>'
CRUMBS = "platforms_geo_ogc:landing"


def _language() -> str:
    return "en" if str(get_language()).startswith("en") else "zh"


def _title(one: Collection) -> str:
    return one.title(_language())


def _link(one: Collection) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("platforms_geo_ogc:collection", args=[one.key]), _title(one)
    )


COLUMNS: list[Column[Collection]] = [
    Column("title", _("Collection"), _title, _link, ("title",), is_header=True),
    Column("id", _("Key"), lambda one: one.key, sort=("key",)),
    Column("kind", _("Geometry"), lambda one: str(KINDS.get(one.layer.kind, one.layer.kind)), sort=("kind",)),
    Column(
        "count",
        _("Features"),
        lambda one: one.described.count,
        lambda one: f"{one.described.count:,}",
        ("count",),
        is_number=True,
    ),
    Column("source", _("Source"), lambda one: one.layer.source, sort=("source",)),
    Column("licence", _("Licence"), lambda one: worded(one.layer.licence), sort=("licence",)),
]


class Listed(Collection):
    """A collection with what the list searches and filters."""

    @property
    def words(self) -> str:
        """What the search looks in."""
        return f"{self.key} {self.layer.name} {self.layer.name_en} {self.layer.source}"

    @property
    def kind(self) -> str:
        """The kind of its geometry."""
        return self.layer.kind


def shown_collections(request: HttpRequest) -> list[dict[str, str]]:
    """The collections as the landing page names them."""
    return [
        {"href": reverse("platforms_geo_ogc:collection", args=[one.key]), "title": _title(one)}
        for one in collections_for(acting(request))
    ]


def crumbs(*more: Link) -> list[Link]:
    """The way from the landing page."""
    return [Link(_("Map data services"), reverse(CRUMBS)), *more]


def collections(request: HttpRequest) -> HttpResponseBase:
    """The list, searched, filtered, sorted, exported."""
    rows = [Listed(one.layer, one.reader) for one in collections_for(acting(request))]
    kinds = Filter("kind", _("Geometry"), "kind", list(KINDS.items()))
    found: Table[Any] = Table(
        "collections", _("Collections"), rows, COLUMNS, [kinds], ("words",), kept={"f": "html"}
    )
    context = {"crumbs": crumbs(Link(_("Collections")))}
    return answer(request, found, "platforms_geo_ogc/collections.html", context)


def _way(one: Collection, *more: Link) -> list[Link]:
    return crumbs(
        Link(_("Collections"), reverse("platforms_geo_ogc:collections") + "?f=html"),
        Link(_title(one), reverse("platforms_geo_ogc:collection", args=[one.key]) if more else ""),
        *more,
    )


def _fields(one: Collection) -> list[list[Any]]:
    return [
        [_field_title(field), format_html("<code>{}</code>", field.name), TYPES[field.kind]]
        for field in one.described.fields
    ]


def _field_title(field: Field) -> str:
    return (field.title_en if _language() == "en" else field.title) or field.name


def _common(request: HttpRequest, one: Collection) -> dict[str, Any]:
    root = root_of(request)
    box = one.described.box
    return {
        "one": one,
        "layer": one.layer,
        "title": _title(one),
        "described": one.described,
        "bounds": ",".join(f"{value:.6f}" for value in box) if box else "",
        "base": f"{root}/collections/{one.key}",
        "styles": f"{root}/collections/{one.key}/styles",
    }


def collection(request: HttpRequest, one: Collection) -> HttpResponse:
    """A collection: its map, what its features hold, how programs reach it."""
    document = documents.collection(one, root_of(request), _language())
    context = {
        **_common(request, one),
        "document": document,
        "headings": [_("Property"), _("Name in filters"), _("Type")],
        "rows": _fields(one),
        "kind": KINDS.get(one.layer.kind, one.layer.kind),
        "crumbs": _way(one),
    }
    return page_answer(request, "collection", context)


def items(request: HttpRequest, one: Collection, question: Question) -> HttpResponse:
    """A page of features: the map, the table, what narrows both, the pages before and behind."""
    limit = min(question.asked.limit, ROWS) if "limit" not in request.GET else min(question.asked.limit, 500)
    found = one.source.page(replace(question.asked, limit=limit))
    place = place_of(request, one, question, found.after, "html")
    links = {one["rel"]: one["href"] for one in links_of_page(place)}
    names = [
        field
        for field in one.described.fields
        if not question.asked.names or field.name in question.asked.names
    ]
    context = {
        **_common(request, one),
        "headings": ["ID", *(_field_title(field) for field in names)],
        "rows": [_row(feature, one, names) for feature in found.features],
        "matched": found.matched,
        "links": links,
        "asked": request.GET,
        "features": [orjson.loads(feature) for feature in found.features],
        "crumbs": _way(one, Link(_("Features"))),
    }
    return page_answer(request, "items", context)


def _row(feature: bytes, one: Collection, names: list[Field]) -> list[Any]:
    document = orjson.loads(feature)
    properties = document.get("properties") or {}
    address = reverse("platforms_geo_ogc:item", args=[one.key, document["id"]])
    return [Link(document["id"], f"{address}?f=html"), *(properties.get(field.name) for field in names)]


def item(request: HttpRequest, one: Collection, key: str) -> HttpResponse:
    """One feature with everything that it holds."""
    system = system_asked(request)
    kept = feature_of(one, key)
    document = orjson.loads(in_system([kept], system)[0])
    properties = document.get("properties") or {}
    context = {
        **_common(request, one),
        "key": key,
        "features": [orjson.loads(kept)],
        "headings": [_("Property"), _("Value")],
        "rows": [
            *([_field_title(field), properties.get(field.name)] for field in one.described.fields),
            [f"{_('Geometry')} ({system.name})", format_html(_GEOMETRY, _positions(document))],
        ],
        "system": system,
        "systems": list(SYSTEMS.values()),
        "crumbs": _way(
            one,
            Link(_("Features"), reverse("platforms_geo_ogc:items", args=[one.key]) + "?f=html"),
            Link(key),
        ),
    }
    return page_answer(request, "item", context)


def _positions(document: dict[str, Any]) -> str:
    return orjson.dumps(document.get("geometry")).decode()[:2_000]


def listed(
    request: HttpRequest,
    document: dict[str, Any],
    title: Any,
    headings: list[Any],
    rows: list[list[Any]],
    *more: Link,
) -> HttpResponse:
    """A document that is one list, as a table; a cell may be a link."""
    context = {"document": document, "title": title, "headings": headings, "rows": rows}
    return page_answer(request, "document", {**context, "crumbs": crumbs(*more, Link(title))})


def conformance(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """The classes of the standards that are kept to."""
    rows = [[one] for one in document["conformsTo"]]
    return listed(request, document, _("Conformance"), [_("Conformance class")], rows)


def api(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """The operations of the interface."""
    rows = [
        [method.upper(), path, one["summary"], ", ".join(_parameters(one))]
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    headings = [_("Method"), _("Address"), _("What it does"), _("Parameters")]
    return listed(request, {}, _("Interface"), headings, rows)


def _parameters(operation: dict[str, Any]) -> list[str]:
    return [one["$ref"].rpartition("/")[2] for one in operation["parameters"]]


def linked(
    request: HttpRequest, document: dict[str, Any], title: Any, name: str, *more: Link
) -> HttpResponse:
    """A list of things with a link each: tilesets, schemes, styles."""
    rows = [[Link(one["title"], one["links"][0]["href"]), one.get("crs", "")] for one in document[name]]
    headings = [_("Name"), _("Coordinate system")]
    return listed(request, document, title, headings, rows, *more)


def tileset(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """The layers of a tileset."""
    rows = [
        [one["title"], one["id"], ", ".join(one["propertiesSchema"]["properties"])]
        for one in document["layers"]
    ]
    headings = [_("Layer"), _("Key"), _("Properties")]
    return listed(request, document, _("Tiles: %(title)s") % {"title": document["title"]}, headings, rows)


def scheme(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """The zooms of a tile matrix set."""
    rows = [
        [one["id"], f"1:{one['scaleDenominator']:,.0f}", f"{one['matrixWidth']:,} × {one['matrixHeight']:,}"]
        for one in document["tileMatrices"]
    ]
    headings = [_("Zoom"), _("Scale"), _("Tiles")]
    return listed(request, document, document["title"], headings, rows)
