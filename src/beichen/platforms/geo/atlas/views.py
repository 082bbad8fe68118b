"""`/map/layers.json` and `/map/layers/KEY.json`, layers over the base map; `/map/landmarks/KEY.json`."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor
from beichen.platforms.geo import service
from beichen.platforms.geo.atlas.landmarks import landmarks_of
from beichen.platforms.geo.atlas.painting import sinks
from beichen.platforms.geo.atlas.style import depth_of, layers_style
from beichen.platforms.geo.basemap.pages import appearance, style_answer
from beichen.platforms.geo.models import Layer

MOST = 200  # layers on one map


def _root(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _seen(key: str, by: Actor) -> Layer:
    """A layer that is shown, and to this reader. Raises ProblemError GEO-404."""
    row = service.layers_for(by).select_related("revision", "body").filter(key=key).first()
    if row is None:
        raise service.no_layer(key)
    return row


@require_safe
def layers(request: HttpRequest) -> HttpResponseBase:
    """All layers that the reader may see on one map. Raises ProblemError GEO-705."""
    by = acting(request)
    require(by, service.READ)
    theme, language = appearance(request)
    found = list(service.layers_for(by)[:MOST])
    deep = [layer for layer in found if sinks(layer)]
    if not deep:
        return style_answer(request, layers_style(found, theme, language, root=_root(request)))
    deepest = max(depth_of(layer, service.source_of(layer, by)) for layer in deep)
    return style_answer(request, layers_style(found, theme, language, root=_root(request), deepest=deepest))


@require_safe
def layer(request: HttpRequest, key: str) -> HttpResponseBase:
    """One layer over the base map. Raises ProblemError GEO-404, GEO-705."""
    by = acting(request)
    require(by, service.READ)
    theme, language = appearance(request)
    row = _seen(key, by)
    deepest = depth_of(row, service.source_of(row, by))
    document = layers_style([row], theme, language, root=_root(request), deepest=deepest, is_alone=True)
    return style_answer(request, document)


@require_safe
def landmarks(request: HttpRequest, key: str) -> HttpResponseBase:
    """The models of a layer's landmarks, within the reader's rights. Raises ProblemError GEO-404."""
    by = acting(request)
    require(by, service.READ)
    row = _seen(key, by)
    content = orjson.dumps(landmarks_of(row, service.source_of(row, by)))
    answer = HttpResponse(content, content_type="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
