"""`/screens/KEY/export.pdf`, `.png`, `.xlsx`: a screen as a file, as its reader may see it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.fronts.overview.screens import printing
from beichen.fronts.overview.screens.printing import About
from beichen.fronts.overview.screens.workbook import as_workbook
from beichen.fronts.overview.views.screens import shelved
from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.kernel.org.service import city_name
from beichen.settings import settings

FORMATS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
RATE = "12/minute"


@require_safe
def file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The file; ``paper=a4`` prints on smaller sheets. Region, period and moment are the page's.

    Raises Http404, ProblemError ACC-403, OVW-104, OVW-114, and of the rate.
    """
    if form not in FORMATS:
        raise Http404
    found, looking = shelved(request, key)
    by = acting(request)
    check_rate("overview.export", by.address if by.is_public else by.key, RATE)
    about = About(
        who=_("the public") if by.is_public else by.name,
        when=timezone.localtime(looking.now),
        address=f"{settings().public}{request.path.rpartition('/')[0]}",
        is_demo=settings().demo,
        city=city_name(english=(get_language() or "") == "en"),
    )
    if form == "xlsx":
        content = as_workbook(found, looking, about, printing.filled(found, looking))
    elif form == "png":
        content = printing.as_png(found, looking, about)
    else:
        paper = request.GET.get("paper", "a3")
        content = printing.as_pdf(found, looking, about, paper if paper in printing.PAPERS else "a3")
    if found.screen.level >= Level.L2:
        detail = {"format": form, "region": looking.region.code if looking.region else ""}
        audit.record(by, "overview.screen.export", f"fronts_overview.screen:{found.key}", detail=detail)
    response = HttpResponse(content, content_type=FORMATS[form])
    name = f"{found.screen.named(looking.language)} {timezone.localtime(looking.moment):%Y-%m-%d %H%M}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
