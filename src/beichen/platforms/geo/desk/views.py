"""`/layers`: the list of layers, the forms that make some, one layer with its features, revisions and legend.

Long because one layer's page and what is done on it are one thing.
"""

from __future__ import annotations

from typing import Any

import orjson
from csp.decorators import csp_update
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.platforms.geo import service
from beichen.platforms.geo.desk.crumbs import crumbs
from beichen.platforms.geo.desk.forms import FileForm, LegendForm, MadeForm, lines_of
from beichen.platforms.geo.desk.maps import live_map, one_map
from beichen.platforms.geo.desk.preview import preview
from beichen.platforms.geo.legends import steps_of
from beichen.platforms.geo.models import GeometryKind, Layer, Origin
from beichen.platforms.geo.source import Asked, FieldKind, Source
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import worded

SHOWN = 50  # features of a page
# What reads compressed models of landmarks: WebAssembly of the house's own, in workers that a loader writes.
DECODING = {"script-src": ["'wasm-unsafe-eval'"], "worker-src": ["blob:"]}
KINDS = {
    GeometryKind.POINT: _("Points of the map"),
    GeometryKind.LINE: _("Lines of the map"),
    GeometryKind.POLYGON: _("Areas of the map"),
}
ORIGINS = {
    Origin.PACKAGE: _("City package"),
    Origin.UPLOAD: _("Brought file"),
    Origin.OBJECTS: _("City objects"),
    Origin.TABLE: _("A table"),
}
FIELD_KINDS = {
    FieldKind.TEXT: _("Text value"),
    FieldKind.INTEGER: _("Whole number"),
    FieldKind.NUMBER: _("Number with a fraction"),
    FieldKind.BOOLEAN: _("Yes or no"),
    FieldKind.DATE: _("Date"),
    FieldKind.TIME: _("Moment"),
}


def _title(row: Layer) -> str:
    return row.name_en if get_language() == "en" else row.name


def _link(row: Layer) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("layers:layer", args=[row.key]), _title(row))


def _state(row: Layer) -> str:
    return gettext("Published") if row.is_shown else gettext("Withdrawn")


LAYERS: list[Column[Layer]] = [
    Column("title", _("Layer"), _title, _link, ("name",), is_header=True),
    Column("key", _("Key"), lambda row: row.key, sort=("key",)),
    Column("group", _("Group of layers"), lambda row: row.group, sort=("group",)),
    Column("kind", _("Sort of geometry"), lambda row: str(KINDS[GeometryKind(row.kind)]), sort=("kind",)),
    Column("origin", _("Features come from"), lambda row: str(ORIGINS[Origin(row.origin)]), sort=("origin",)),
    Column("level", _("Data level"), lambda row: f"L{row.level}", sort=("level",)),
    Column(
        "features",
        _("Features"),
        lambda row: row.feature_count,
        lambda row: f"{row.feature_count:,}",
        ("feature_count",),
        is_number=True,
    ),
    Column("state", _("State"), _state, sort=("is_shown",)),
    Column("licence", _("Licence of the data"), lambda row: worded(row.licence), sort=("licence",)),
    Column("source", _("Where the data came from"), lambda row: row.source, is_exported_only=True),
]


def _seen(by: Actor) -> Any:
    """The layers that the reader may read or keep."""
    read, kept = service.layers_for(by).values("pk"), service.layers_kept_by(by).values("pk")
    return Layer.objects.filter(Q(pk__in=read) | Q(pk__in=kept)).order_by("group", "order", "key")


def _find(key: str, by: Actor) -> Layer:
    """One of them. Raises ProblemError GEO-404."""
    row = _seen(by).select_related("revision", "body").filter(key=key).first()
    if row is None:
        raise service.no_layer(key)
    return row  # type: ignore[no-any-return]


@csp_update(DECODING)
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Every layer that the reader may read or keep."""
    by = acting(request)
    require(by, service.READ)
    filters = [
        Filter(
            "origin", _("Features come from"), "origin", [(key.value, word) for key, word in ORIGINS.items()]
        ),
        Filter("kind", _("Sort of geometry"), "kind", [(key.value, word) for key, word in KINDS.items()]),
        Filter("level", _("Data level"), "level", [(str(level.value), level.name) for level in Level]),
    ]
    search = ("key", "name", "name_en", "source", "group")
    found: Table[Layer] = Table("layers", _("Map layers"), _seen(by), LAYERS, filters, search)
    context = {**one_map(by), "may_keep": bool(decide(by, service.WRITE))}
    return answer(request, found, "platforms_geo/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponseBase:
    """The form that brings a file."""
    by = acting(request)
    require(by, service.WRITE)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = service.bring_layer(file.file, file.name, form.words(), by=by, options=form.options())
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("layers:upload", args=[found.code]))
    return _form(request, form, _("Bring a file"), is_upload=True)


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponseBase:
    """The form that makes a layer of objects or of a table."""
    by = acting(request)
    require(by, service.WRITE)
    form = MadeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["origin"] == "objects":
                row = service.make_objects_layer(form.words(), form.cleaned_data["type"], by=by)
            else:
                table = form.cleaned_data["table"]
                row = service.make_table_layer(form.words(), table, form.columns(), by=by)
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("layers:layer", args=[row.key]))
    return _form(request, form, _("Make a layer"), is_upload=False)


def _form(request: HttpRequest, form: Any, title: Any, *, is_upload: bool) -> HttpResponseBase:
    context = {"form": form, "title": title, "is_upload": is_upload, "crumbs": crumbs(Link(title))}
    status = 422 if form.errors else 200
    return render(request, "platforms_geo/form.html", context, status=status)


@csp_update(DECODING)  # type: ignore[arg-type]  # whose types know no parts of addresses
@require_safe
def layer(request: HttpRequest, key: str) -> HttpResponseBase:
    """A layer: a map, its fields, features, revisions, files, legend."""
    by = acting(request)
    require(by, service.READ)
    row = _find(key, by)
    return _page(request, row, by)


def _page(request: HttpRequest, row: Layer, by: Actor, form: LegendForm | None = None) -> HttpResponseBase:
    source = service.source_of(row, by)
    fields = source.described().fields
    may_keep = service.layers_kept_by(by).filter(pk=row.pk).exists()
    if form is None and may_keep:
        form = LegendForm(initial=_begun(row), fields=[field.name for field in fields])
    live = (
        live_map([row], by, reverse("platforms_geo_atlas:layer", args=[row.key])) if _is_live(row, by) else {}
    )
    context = {
        **live,
        "live": bool(live),
        "row": row,
        "title": _title(row),
        "kind": KINDS[GeometryKind(row.kind)],
        "origin": ORIGINS[Origin(row.origin)],
        "state": _state(row),
        "preview": preview(row, source),
        "fields": [{"field": field, "kind": FIELD_KINDS[field.kind]} for field in fields],
        "features": _features(request, source),
        "revisions": row.revisions.all()[:20],
        "files": row.uploads.all()[:10] if may_keep else [],
        "formats": list(service.FORMATS),
        "legend": steps_of(row.legend, english=get_language() == "en"),
        "form": form,
        "may_keep": may_keep,
        "crumbs": crumbs(Link(_title(row))),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "platforms_geo/layer.html", context, status=status)


def _is_live(row: Layer, by: Actor) -> bool:
    """Whether the map can draw it from its tiles: what is withdrawn has none."""
    return service.layers_for(by).filter(pk=row.pk).exists()


def _begun(row: Layer) -> dict[str, Any]:
    legend = row.legend
    form = "ramp" if legend.get("ramp") else "categories"
    return {
        "by": legend.get("by", ""),
        "form": form,
        "steps": lines_of(legend),
        "other": legend.get("other", ""),
    }


def _features(request: HttpRequest, source: Source) -> dict[str, Any]:
    """A page of features as a table."""
    asked = Asked(limit=SHOWN, after=request.GET.get("after", "")[:60])
    found = source.page(asked)
    names = [field.name for field in source.described().fields][:12]
    features = [orjson.loads(one) for one in found.features]
    rows = [{"id": one["id"], "values": [one["properties"].get(name) for name in names]} for one in features]
    return {"names": names, "rows": rows, "after": found.after, "is_first": not asked.after}


@require_safe
def export(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The layer as a file, as far as the reader may see it."""
    by = acting(request)
    require(by, service.READ)
    row = _find(key, by)
    content_type, pieces = service.export_layer(row, form, by=by)
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{row.key}.{form}"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def switch(request: HttpRequest, key: str) -> HttpResponseBase:
    """Publish a layer or withdraw it."""
    by = acting(request)
    require(by, service.WRITE)
    row = _kept(key, by)
    on = request.POST.get("on") == "1"
    service.switch_layer(row.key, on=on, by=by)
    messages.success(
        request, gettext("The layer is published.") if on else gettext("The layer is withdrawn.")
    )
    return HttpResponseRedirect(reverse("layers:layer", args=[row.key]))


@csp_update(DECODING)  # type: ignore[arg-type]
@require_POST
def legend(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep a layer's legend."""
    by = acting(request)
    require(by, service.WRITE)
    row = _kept(key, by)
    names = [field.name for field in service.source_of(row, by).described().fields]
    form = LegendForm(request.POST, fields=names)
    if form.is_valid():
        try:
            service.keep_legend(row.key, form.legend(), by=by)
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, gettext("The legend is kept."))
            return HttpResponseRedirect(reverse("layers:layer", args=[row.key]))
    return _page(request, row, by, form)


def _kept(key: str, by: Actor) -> Layer:
    """A layer that the actor may keep. Raises ProblemError GEO-404."""
    row = service.layers_kept_by(by).select_related("revision", "body").filter(key=key).first()
    if row is None:
        raise service.no_layer(key)
    return row
