"""`/tlog`: the log as anybody reads it (C2SP tlog-tiles, tlog-checkpoint): no session, no right, nothing
personal.

Full tiles never change and may be kept for ever; checkpoints are asked for anew each time.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import address_of, check_rate
from beichen.platforms.ledger import proving, witnessing
from beichen.platforms.ledger.codes import BAD_COSIGNATURE, BAD_PROOF, NO_TILE
from beichen.problem import Problem, ProblemError, Where, said
from beichen_proof.note import encoded
from beichen_proof.tiles import ENTRIES, WIDTH, parse_path

TEXT = "text/plain; charset=utf-8"
FOREVER, NOT_KEPT, A_MINUTE = "public, max-age=31536000, immutable", "no-cache", "public, max-age=60"
LONGEST_COSIGNED = 16 << 10
RATE = "60/minute"


def _answered(content: bytes | str, kind: str, keeping: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = keeping
    response["Access-Control-Allow-Origin"] = "*"  # what is public to all is public to other sites' pages
    return response


@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that enough witnesses cosigned."""
    return _answered(proving.published().note, TEXT, NOT_KEPT)


@require_safe
def pending(_request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that the log has signed, for witnesses that come by themselves."""
    return _answered(proving.newest().note, TEXT, NOT_KEPT)


@require_safe
def policy(_request: HttpRequest) -> HttpResponse:
    """The log's key and its witnesses (C2SP tlog-policy)."""
    return _answered(witnessing.policy_text(), TEXT, NOT_KEPT)


@require_safe
def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes, or a bundle of entries."""
    try:
        level, number, width = parse_path(path)
    except ValueError:
        hint = said("tile/LEVEL/NUMBER or tile/entries/NUMBER, as C2SP tlog-tiles says")
        raise ProblemError(Problem(NO_TILE, said("no tile has this address"), hint=hint)) from None
    content = proving.tile(level, number, width)
    kind = "application/octet-stream"
    return _answered(content, kind, FOREVER if width == WIDTH or level != ENTRIES else A_MINUTE)


def _number(request: HttpRequest, name: str, *, is_needed: bool = True) -> int | None:
    text = request.GET.get(name, "")
    if not text and not is_needed:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        message = said("{name} is a whole number", name=name)
        raise ProblemError(Problem(BAD_PROOF, message, Where(field=name)))
    return int(text)


@require_safe
def inclusion(request: HttpRequest) -> HttpResponse:
    """?index=&size=: the path from an entry to the root; without a size, of the published checkpoint."""
    index = _number(request, "index") or 0
    size, path = proving.inclusion(index, _number(request, "size", is_needed=False))
    response = JsonResponse({"index": index, "size": size, "path": [encoded(one) for one in path]})
    response["Cache-Control"] = NOT_KEPT
    return response


@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """?old=&size=: that the tree of a size begins with an older one."""
    old = _number(request, "old") or 0
    size, path = proving.consistency(old, _number(request, "size", is_needed=False))
    response = JsonResponse({"old": old, "size": size, "path": [encoded(one) for one in path]})
    response["Cache-Control"] = NOT_KEPT
    return response


@csrf_exempt
@require_POST
def cosignatures(request: HttpRequest) -> HttpResponse:
    """A witness that came by itself brings its signature; the signature is the right."""
    check_rate("ledger.cosignature", address_of(request), RATE)
    content = request.read(LONGEST_COSIGNED + 1)
    if len(content) > LONGEST_COSIGNED:
        raise ProblemError(Problem(BAD_COSIGNATURE, said("no cosigned checkpoint")))
    row = witnessing.bring_cosignature(content)
    return _answered(row.note, TEXT, NOT_KEPT)
