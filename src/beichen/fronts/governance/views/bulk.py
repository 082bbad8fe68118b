"""One command for many cases, and for each of them what happened or why not."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beichen.fronts.governance.many import COMMANDS, Chosen, Outcome, act_on_many, join_to_first
from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.words import LABELS
from beichen.kernel.actor import Actor


def _chosen(values: list[str]) -> list[Chosen]:
    """The ticked rows: each a code and the version that was seen."""
    found = []
    for value in values:
        code, _at, version = value.partition("@")
        if version.isdecimal() and len(version) < 9:
            found.append(Chosen(code, int(version)))
    return found


def _done(request: HttpRequest, command: str, by: Actor, now: datetime) -> list[Outcome]:
    chosen = _chosen(request.POST.getlist("case"))
    if command == "merge":
        return join_to_first(chosen, by=by, now=now)
    return act_on_many(command, chosen, request.POST, by=by, now=now)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Give the command to each chosen case by itself: what one refuses does not stop the others."""
    by, command = looking(request), request.POST.get("command", "")
    if command not in COMMANDS:
        raise Http404
    outcomes = _done(request, command, by, timezone.now())
    done = [one for one in outcomes if one.is_done]
    context = {
        "outcomes": outcomes,
        "done": done,
        "left": len(outcomes) - len(done),
        "label": LABELS[command] if command != "merge" else _("Join to the first"),
    }
    return render(request, "governance/bulk.html", context)
