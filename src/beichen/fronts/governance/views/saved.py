"""Keeping and forgetting named views of the queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.service import delete_view, save_view
from beichen.problem import ProblemError
from beichen.web.wording import in_words


@require_POST
def keep(request: HttpRequest) -> HttpResponseRedirect:
    """Keep the selection that the queue shows under a name."""
    query = request.POST.get("query", "")
    try:
        row = save_view(request.POST.get("name", ""), query, by=looking(request))
    except ProblemError as error:
        if error.status == 403:
            raise
        messages.error(request, in_words(error.problems[0]))
    else:
        query = row.query
        messages.success(request, _("Kept as “%(name)s”.") % {"name": row.name})
    return HttpResponseRedirect(reverse("governance:queue") + (f"?{query}" if query else ""))


@require_POST
def forget(request: HttpRequest, number: int) -> HttpResponseRedirect:
    """Forget one of one's own views. Raises ProblemError GOV-102."""
    delete_view(number, by=looking(request))
    return HttpResponseRedirect(reverse("governance:queue"))
