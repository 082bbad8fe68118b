"""`/evaluation/schemes/KEY/VERSION/criteria`: adding, changing and removing a criterion of a draft."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beichen.kernel.access.service import acting, require
from beichen.problem import ProblemError
from beichen.supports.evaluation.models import Criterion, Scheme
from beichen.supports.evaluation.pages import scheme_crumbs, told
from beichen.supports.evaluation.rights import DESIGN, scheme_for
from beichen.supports.evaluation.scheme_forms import CriterionForm
from beichen.supports.evaluation.schemes import remove_criterion, save_criterion
from beichen.web.links import Link


def _page(request: HttpRequest, scheme: Scheme, row: Criterion | None) -> HttpResponse:
    """The form, and what it does when it is sent."""
    by = acting(request)
    require(by, DESIGN, scheme)
    back = reverse("supports_evaluation:scheme", args=[scheme.key, scheme.version])
    if row is not None and "remove" in request.POST:
        remove_criterion(scheme, row.key, by=by)
        return HttpResponseRedirect(back)
    initial = CriterionForm.initial_of(row) if row else {"parent": request.GET.get("in", "")}
    form = CriterionForm(request.POST or None, scheme=scheme, initial=initial)
    if form.is_valid():
        try:
            saved = save_criterion(scheme, form.facts(), by=by, old=row.key if row else "")
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(f"{back}#criterion-{saved.key}")
    title = told(row) if row else _("New criterion")
    context = {
        "form": form,
        "title": title,
        "crumbs": scheme_crumbs(scheme, Link(title)),
        "action": _("Save"),
        "removes": row is not None,
    }
    return render(request, "supports_evaluation/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """A new criterion."""
    return _page(request, scheme_for(key, version, acting(request)), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, version: int, criterion: str) -> HttpResponse:
    """A criterion that is there."""
    scheme = scheme_for(key, version, acting(request))
    row = scheme.criteria.select_related("parent").filter(key=criterion).first()
    if row is None:
        raise Http404
    return _page(request, scheme, row)
