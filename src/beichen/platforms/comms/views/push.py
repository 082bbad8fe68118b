"""`/messages/browser`: the reader's browser shows messages, or no more; `/messages/shown`: what it showed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from beichen.kernel.access.service import acting
from beichen.kernel.actor import system
from beichen.platforms.comms.pages import asked_of_browser, own_person, said_by_browser
from beichen.platforms.comms.service import record_shown

BROWSER = system("browser")


@login_required
@require_POST
def browser(request: HttpRequest) -> HttpResponse:
    """Begin or end: a JSON document of the browser's subscription, with ``off`` to end it."""
    person = own_person(request)
    if person is None:
        raise Http404
    return asked_of_browser(request, person, by=acting(request))


@csrf_exempt
@require_POST
def shown(request: HttpRequest) -> HttpResponse:
    """A service worker showed a message, or it was opened; the signed token is the right to say so."""
    given = said_by_browser(request)
    known = record_shown(str(given.get("token", "")), str(given.get("state", "")), by=BROWSER)
    return HttpResponse(status=204 if known else 404)
