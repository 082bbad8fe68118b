"""`/c/CODE`: what is behind a printed code, and what may be done there by who scanned it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from beichen.fronts.codes.looking import Look, Standing, look
from beichen.fronts.codes.offering import BOARD
from beichen.fronts.codes.problems import UNKNOWN
from beichen.fronts.codes.wording import KINDS, STICKERS, badge, moment
from beichen.kernel.access.service import acting, address_of
from beichen.problem import ProblemError
from beichen.settings import settings


@never_cache
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a code; one that cannot be confirmed has the same page, whatever is the matter with it."""
    try:
        found = look(code, request.GET.get("s", ""), by=acting(request), address=address_of(request))
    except ProblemError as error:
        if error.problems[0].code != UNKNOWN:
            raise
        return render(request, "codes/unknown.html", status=404)
    return render(request, "codes/place.html", _context(found))


def _context(found: Look) -> dict[str, object]:
    tone, label = STICKERS[found.standing]
    coded, row = found.coded, found.coded.row
    # Why a sticker was reissued concerns who inspects an old one, not everybody who scans the good one.
    told = found.sticker if found.standing is not Standing.GENUINE else None
    return {
        "coded": coded,
        "kind": KINDS.get(coded.kind, coded.kind),
        "region": row.region.name if row is not None and row.region is not None else "",
        "standing": badge(tone, label),
        "sticker": told,
        "changed": moment(told.changed_at) if told else "",
        "offers": found.offers,
        "is_boarding": any(offer.key.startswith(BOARD) for offer in found.offers),
        "days": settings().scan_days,
    }
