"""`/services/forms`: the forms of scenes, and an editor for their authors: outline, text, preview, file."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.services.forms.editing import LONGEST, as_text, read_form
from beichen.fronts.services.forms.models import FormVersion
from beichen.fronts.services.forms.rendering import AnswersForm
from beichen.fronts.services.forms.service import Form, find_form, sentences
from beichen.fronts.services.views.form_building import folded_answer, outline_answer
from beichen.kernel.access.service import acting, require
from beichen.kernel.scene.service import INSTALL, READ
from beichen.problem import ProblemError
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import placed

COLUMNS: list[Column[FormVersion]] = [
    Column(
        "name",
        pgettext("form", "Form"),
        lambda row: row.label,
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("services:form-edit", args=[row.key]), row.label
        ),
        ("name",),
        is_header=True,
    ),
    Column("key", _("Key"), lambda row: row.key, sort=("key",)),
    Column("scene", _("Scene"), lambda row: row.scene, sort=("scene",)),
    Column("number", pgettext("form", "Version"), lambda row: row.number, sort=("number",), is_number=True),
    Column("fields", pgettext("form", "Fields"), lambda row: len(row.declared["properties"]), is_number=True),
    Column(
        "installed",
        pgettext("form", "Installed"),
        lambda row: localtime(row.installed_at),
        lambda row: f"{localtime(row.installed_at):%Y-%m-%d}",
        ("installed_at",),
    ),
]


class TextForm(django_forms.Form):
    """The text of a form."""

    text = django_forms.CharField(
        label=_("The form as JSON Schema, in YAML or JSON"),
        max_length=LONGEST,
        strip=False,
        widget=django_forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
    )


@require_safe
def forms(request: HttpRequest) -> HttpResponseBase:
    """The newest version of each form."""
    require(acting(request), READ)
    rows = FormVersion.objects.filter(is_newest=True, is_offered=True)
    scenes = sorted(set(rows.order_by().values_list("scene", flat=True)))
    filters = [Filter("scene", _("Scene"), "scene", [(one, one) for one in scenes])]
    table: Table[FormVersion] = Table("forms", _("Forms"), rows, COLUMNS, filters, ("key", "name", "name_en"))
    return answer(request, table, "services/forms.html")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The text of a form with its preview; sent, it is checked as in a scene, and given as a file.

    ``action=outline`` asks for what the visual editor shows of a text, ``action=fold`` brings it back.
    """
    require(acting(request), INSTALL)
    row = find_form(key)
    is_sent = request.method == "POST"
    form = TextForm(request.POST if is_sent else None, initial={"text": as_text(row.declared)})
    text = form.cleaned_data["text"] if is_sent and form.is_valid() else as_text(row.declared)
    name = f"forms/{key}.yaml"
    if is_sent and not form.errors and request.POST.get("action") == "outline":
        return outline_answer(_lines(text), name)
    if is_sent and not form.errors and request.POST.get("action") == "fold":
        return folded_answer(request, _lines(text), name, lambda schema: _preview(schema, request))
    wrong: list[str] = []
    schema: dict[str, Any] | None = None
    try:
        schema = read_form(text, name) if not form.errors else None
    except ProblemError as error:
        wrong = [placed(problem) for problem in error.problems]
    if schema is not None and request.POST.get("action") == "export":
        response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{key}.yaml"'
        return response
    context = {"row": row, "form": form, "wrong": wrong, **_preview(schema, request)}
    return render(request, "services/form_edit.html", context, status=422 if wrong or form.errors else 200)


def _lines(text: str) -> str:
    """The text with its own ends of lines: browsers send those of networks."""
    return text.replace("\r\n", "\n")


def _preview(schema: dict[str, Any] | None, request: HttpRequest) -> dict[str, Any]:
    """The form as applicants see it, with what was typed into the preview."""
    if schema is None:
        return {}
    shown = Form(schema)
    given = {name: [str(one) for one in values] for name, values in request.POST.lists() if name != "text"}
    answers = shown.read(given)
    return {
        "preview": AnswersForm(shown, given, {}, answers),
        "schema": shown.judged,
        "sentences": sentences(),
    }
