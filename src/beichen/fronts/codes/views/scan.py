"""`/codes/scan`: a camera, a picture or a typed code; a thing's leads to its page, a person's is read
here."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.fronts.codes import service
from beichen.fronts.codes.forms import ScanForm
from beichen.fronts.codes.gates import read_by
from beichen.fronts.codes.models import CODE_LENGTH, Entitlement
from beichen.fronts.codes.problems import NOT_PRINTED, wrong
from beichen.fronts.codes.wording import answer_words, called
from beichen.kernel.access.service import acting, address_of, check_rate
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError, said
from beichen_proof import code as proof

RATE = "120/minute"
_SIGNATURE = re.compile(r"(?:^|&)s=([A-Za-z0-9_-]{1,40})(?:&|$)")


@csp_update({"script-src": ["'wasm-unsafe-eval'"]})
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """The scanner; what it read is sent as a form, so that a scanner that types works too."""
    by = acting(request)
    points = _points(by)
    form = ScanForm(points, request.POST if request.method == "POST" else None)
    result = None
    if request.method == "POST" and form.is_valid():
        check_rate("codes.scan", address_of(request), RATE)
        text = form.cleaned_data["text"].strip()
        if not text.startswith(proof.PREFIX):
            return HttpResponseRedirect(page_of(text))
        try:
            result = _read(text, form.cleaned_data.get("point", ""), by)
        except ProblemError as error:
            form.take(error)
    context = {"form": form, "result": result, "has_points": bool(points)}
    if result is not None:
        chosen = form.cleaned_data.get("point", "")
        context["form"] = ScanForm(points, initial={"point": chosen})
    return render(request, "codes/scan.html", context, status=422 if form.errors else 200)


def _points(by: Actor) -> list[tuple[str, str]]:
    """For whom and what the actor reads: each reader of its bodies with each entitlement that it reads."""
    return [
        (f"{reader.key}/{row.key}", f"{called(reader)} · {called(row)}")
        for reader in service.readers(by=by)[:50]
        for row in read_by(reader)
    ]


def page_of(text: str) -> str:
    """The page of a thing's code: of a typed one, or of the address that a sticker holds, on this house.

    Of a text of several lines, such as the visiting card of another code, the first is looked up.
    """
    try:
        parts = urlsplit(text) if "://" in text[:10] else None
    except ValueError:  # such as http://[
        parts = None
    path = "" if parts is None else parts.path
    code = text if parts is None else unquote(path.partition("/c/")[2] or path.rpartition("/")[2])
    signature = _SIGNATURE.search(parts.query) if parts is not None else None
    lines = code.strip()[:CODE_LENGTH].lstrip("/").splitlines()
    place = reverse("codes:place", args=[lines[0] if lines and lines[0] else "-"])
    return f"{place}?s={signature[1]}" if signature else place


def _read(text: str, chosen: str, by: Actor) -> dict[str, object]:
    """The answer to a person's code. Raises ProblemError ACC-403, COD-103, COD-201."""
    reader, _slash, purpose = chosen.partition("/")
    if not purpose:
        message = said("this is a person's code")
        raise wrong(NOT_PRINTED, "text", message, said("only whom it was made for reads it"))
    answer = service.read_codes([service.Brought(text)], service.desk(reader, purpose, by=by), by=by)[0]
    row = Entitlement.objects.filter(key=purpose).first()
    return {
        "is_good": answer.accepted,
        "words": answer_words(answer.reason),
        "name": called(row) if row else "",
        "left": _("%(left)d left") % {"left": answer.left} if answer.left is not None else "",
        "pseudonym": answer.pseudonym,
        "is_noted": bool(answer.entitlement),
    }
