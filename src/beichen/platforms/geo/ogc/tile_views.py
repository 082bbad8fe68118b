"""`/ogc`: tiles, tilesets, tile matrix sets and styles, of one collection or of the whole map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from beichen.kernel.access.service import acting
from beichen.platforms.geo.ogc import pages, styling
from beichen.platforms.geo.ogc.answers import (
    answering,
    format_of,
    json_answer,
    language_of,
    root_of,
)
from beichen.platforms.geo.ogc.catalogue import Collection, collection_of, collections_for
from beichen.platforms.geo.ogc.codes import NO_COLLECTION, PARAMETER, refused
from beichen.platforms.geo.ogc.documents import TITLES
from beichen.platforms.geo.ogc.links import address, forms_of, link
from beichen.platforms.geo.ogc.questions import only_known
from beichen.platforms.geo.ogc.tiles import documents, serving
from beichen.platforms.geo.ogc.tiles.schemes import SCHEMES, scheme_of
from beichen.problem import nearest, said

FORMATS = ("json", "tilejson", "html")
MAX_TOGETHER = 60


def _found(request: HttpRequest, key: str) -> list[Collection]:
    """The one collection, or those of the whole map that are asked for; all that may be seen by default."""
    by = acting(request)
    if key:
        return [collection_of(key, by)]
    wanted = [one for one in request.GET.get("collections", "").split(",") if one]
    seen = {one.key: one for one in collections_for(by)}
    for name in wanted:
        if name not in seen:
            raise refused(NO_COLLECTION, said("there is no collection {key}", key=name[:40]), "collections")
    found = [seen[name] for name in dict.fromkeys(wanted)] if wanted else list(seen.values())
    if len(found) > MAX_TOGETHER:
        message = said("{count} collections in one tile, at most {most}", count=len(found), most=MAX_TOGETHER)
        raise refused(PARAMETER, message, "collections")
    return found


def _title(request: HttpRequest, key: str, found: list[Collection]) -> str:
    language = language_of(request)
    return found[0].title(language) if key else TITLES[language]


@answering()
def tile(request: HttpRequest, scheme: str, zoom: str, row: str, column: str, key: str = "") -> HttpResponse:
    """A vector tile."""
    one = scheme_of(scheme).tile(zoom, row, column.removesuffix(".mvt").removesuffix(".pbf"))
    if "f" in request.GET:
        format_of(request, ("mvt", "pbf"))
    return serving.answer(request, _found(request, key), one, () if key else ("collections",))


@answering()
def tilesets(request: HttpRequest, key: str = "") -> HttpResponse:
    """The tilesets of a collection, or of the whole map."""
    only_known(request.GET, ("f",))
    root = root_of(request)
    found = _found(request, key)
    forms = forms_of(address(*documents.base_of(root, key)), {}, format_of(request))
    content = documents.tilesets(root, key, _title(request, key, found), forms)
    if format_of(request) == "html":
        return pages.linked(request, content, _("Tiles"), "tilesets")
    return json_answer(request, content)


@answering()
def tileset(request: HttpRequest, scheme: str, key: str = "") -> HttpResponse:
    """One tileset, or as TileJSON what MapLibre reads."""
    only_known(request.GET, ("f",) if key else ("f", "collections"))
    one, root, found = scheme_of(scheme), root_of(request), _found(request, key)
    form, title = format_of(request, FORMATS), _title(request, key, found)
    if form == "tilejson":
        return json_answer(request, documents.tilejson(root, key, title, one, found))
    forms = forms_of(address(*documents.base_of(root, key), scheme), {}, form)
    content = documents.tileset(root, key, title, one, found, forms)
    if form == "html":
        return pages.tileset(request, content)
    return json_answer(request, content)


@answering()
def schemes(request: HttpRequest) -> HttpResponse:
    """The tile matrix sets that tiles are cut by."""
    only_known(request.GET, ("f",))
    root = root_of(request)
    forms = forms_of(address(root, "tileMatrixSets"), {}, format_of(request))
    content = {
        "links": forms,
        "tileMatrixSets": [
            {
                "id": one.key,
                "title": one.title,
                "uri": one.uri,
                "crs": one.crs,
                "links": [link(address(root, "tileMatrixSets", one.key), "self")],
            }
            for one in SCHEMES.values()
        ],
    }
    if format_of(request) == "html":
        return pages.linked(request, content, _("Tile matrix sets"), "tileMatrixSets")
    return json_answer(request, content)


@answering()
def scheme(request: HttpRequest, scheme: str) -> HttpResponse:
    """The definition of one."""
    only_known(request.GET, ("f",))
    content = scheme_of(scheme).document()
    if format_of(request) == "html":
        return pages.scheme(request, content)
    return json_answer(request, content)


@answering()
def styles(request: HttpRequest, key: str = "") -> HttpResponse:
    """The styles of a collection, or of the whole map."""
    only_known(request.GET, ("f",))
    found, root = _found(request, key), root_of(request)
    base = (root, "collections", key, "styles") if key else (root, "styles")
    title = _title(request, key, found)
    content = {
        "links": forms_of(address(*base), {}, format_of(request)),
        "default": styling.THEMES[0],
        "styles": [
            {
                "id": theme,
                "title": f"{title} · {theme}",
                "links": [link(address(*base, theme), "stylesheet", "application/vnd.mapbox.style+json")],
            }
            for theme in styling.THEMES
        ],
    }
    if format_of(request) == "html":
        return pages.linked(request, content, _("Styles"), "styles")
    return json_answer(request, content)


@answering()
def style(request: HttpRequest, name: str, key: str = "") -> HttpResponse:
    """A style for MapLibre."""
    only_known(request.GET, ("f",))
    format_of(request, ("json",))
    theme = name.removesuffix(".json")
    if theme not in styling.THEMES:
        hint = nearest(theme[:20], styling.THEMES)
        raise refused(NO_COLLECTION, said("there is no style {name}", name=theme[:20]), hint=hint)
    found = _found(request, key)
    content = styling.style(root_of(request), key, _title(request, key, found), theme, found)
    return json_answer(request, content, "application/vnd.mapbox.style+json")
