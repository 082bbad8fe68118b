"""Who sent a report: asked for with a purpose, shown once, and recorded for the reporter to see."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.views.case import page
from beichen.hubs.events.models import Report
from beichen.hubs.events.service import find_case, identify
from beichen.problem import ProblemError
from beichen.web.wording import in_words


@never_cache
@require_POST
def reporter(request: HttpRequest, code: str) -> HttpResponse:
    """The case's page with the reporter of one report, or with why not."""
    by = looking(request)
    row = find_case(code, by=by)
    rows = Report.objects.select_related("case__desk", "case__centre", "case__region", "reporter__person")
    report = rows.filter(case=row, code=request.POST.get("report", "")).first()
    if report is None:
        raise Http404
    try:
        found = identify(report, purpose=request.POST.get("purpose", ""), by=by)
    except ProblemError as error:
        if error.status == 403:
            raise
        words = in_words(error.problems[0])
        response = page(request, row, identified={"report": report.code, "error": words})
        response.status_code = 422
        return response
    labels = {"name": _("Name"), "phone": _("Telephone"), "email": _("E-mail")}
    facts = [(labels[name], value or "–") for name, value in found.items()]
    return page(request, row, identified={"report": report.code, "facts": facts})
