"""The visual editor's side of `/services/forms/KEY/edit`: an outline out, an edited one back as text."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from beichen.fronts.services.forms.editing import LONGEST, as_text, read_form
from beichen.fronts.services.forms.outline.drawing import kept, outline_of
from beichen.fronts.services.forms.outline.folding import folded
from beichen.fronts.services.forms.outline.schema import applies, check_outline, outline_schema
from beichen.fronts.services.problems import BAD_FORM
from beichen.problem import Problem, ProblemError, Where, said
from beichen.web.wording import placed

_COMMENT = re.compile(r"^(?:[^'\"]*\s)?#", re.MULTILINE)


def outline_answer(text: str, name: str) -> JsonResponse:
    """The outline of a text and its schema; 422 with every mistake of a text that is no form."""
    try:
        form = read_form(text, name)
    except ProblemError as error:
        return _refused(error)
    told = {
        "schema": outline_schema(),
        "outline": outline_of(form),
        "applies": applies(),
        "kept": _kept(form, text),
    }
    return JsonResponse(told)


def folded_answer(request: HttpRequest, text: str, name: str, preview: Any) -> JsonResponse:
    """The text with an edited outline in it, its mistakes and its preview (``preview`` makes the context)."""
    try:
        form = read_form(text, name)
        outline = _sent(request.POST.get("outline", ""))
    except ProblemError as error:
        return _refused(error)
    made = text if outline == outline_of(form) else as_text(folded(form, outline))
    try:
        schema = read_form(made, name)
    except ProblemError as error:
        return JsonResponse({"text": made, "wrong": [placed(one) for one in error.problems], "preview": ""})
    shown = render_to_string("services/form_preview.html", preview(schema), request)
    return JsonResponse({"text": made, "wrong": [], "preview": shown})


def _sent(text: str) -> dict[str, Any]:
    if len(text) > LONGEST * 2:
        raise ProblemError(Problem(BAD_FORM, said("the outline is too long"), Where(pointer="/")))
    try:
        outline = json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = Problem(BAD_FORM, said("the outline is not of its shape"), Where(pointer="/"))
        raise ProblemError(problem) from error
    check_outline(outline)
    found: dict[str, Any] = outline
    return found


def _refused(error: ProblemError) -> JsonResponse:
    return JsonResponse({"wrong": [placed(one) for one in error.problems]}, status=422)


def _kept(form: dict[str, Any], text: str) -> list[str]:
    """What an edit leaves as it is, in words."""
    told = []
    for place, unseen in kept(form):
        if unseen[0] == "if":
            words = _("a rule about %(names)s") % {"names": _(", ").join(unseen[1:])}
        else:
            words = ", ".join(unseen)
        told.append(f"{place}: {words}" if place else words)
    if _COMMENT.search(text):
        told.append(_("the comments of the text: they stay until something is changed here, and then go"))
    return told
