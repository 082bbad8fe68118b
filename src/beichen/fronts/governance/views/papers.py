"""The files of a case, for whom may see the case."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from beichen.fronts.governance.reach import looking
from beichen.hubs.events.models import CaseFile
from beichen.hubs.events.pages import state_of
from beichen.hubs.events.service import find_case
from beichen.kernel.files.models import StoredFile
from beichen.kernel.files.pages import attachment


@require_safe
def paper(request: HttpRequest, code: str, file: str) -> StreamingHttpResponse:
    """One file of the case; browsers show pictures where a page asks for them and save everything else."""
    row = find_case(code, by=looking(request))
    of_reports = CaseFile.objects.filter(case=row).values("file_id")
    evidence = [one.file for one in state_of(row).evidence]
    found = StoredFile.objects.filter(Q(pk__in=of_reports) | Q(code__in=evidence), code=file).first()
    if found is None:
        raise Http404
    return attachment(found)
