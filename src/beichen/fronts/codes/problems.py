"""What this room refuses; each code has its heading in `docs/problems.md`.

1xx: codes that are printed. 2xx: readers and gates. 3xx: entitlements. 4xx: a package's files. 5xx: printing.
"""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, said

UNKNOWN = code("COD-101", "This code cannot be confirmed.", status=404)
NO_KEY = code("COD-102", "A signing key of the codes is missing.", status=500)
NOT_PRINTED = code("COD-103", "A code of this kind is not printed.", status=422)
BAD_STEP = code("COD-104", "The printed code does not stand where this can be done.", status=409)
NO_REASON = code("COD-105", "Whoever withdraws something says why.", status=422)

NO_READER = code("COD-201", "There is no such reader.", status=404)
NO_GATE = code("COD-202", "There is no such gate, or it is closed.", status=404)
BAD_GATE = code("COD-203", "A gate cannot be entered like this.", status=422)
TOO_MANY = code("COD-204", "These are more codes than one request may bring.", status=422)
HAS_KEY = code("COD-206", "The gate is open and has a key already.", status=409)
NO_TOKEN = code("COD-205", "Writing needs a key, or the token of a page.", status=403)

NO_ENTITLEMENT = code("COD-301", "There is no such entitlement.", status=404)
BAD_GRANT = code("COD-302", "The entitlement does not stand where this can be done.", status=409)
NO_PERSON = code("COD-303", "Nobody has this code.", status=422)
NO_CARD = code("COD-304", "There is no code to show for this.", status=409)
NO_BODY_YET = code("COD-305", "The city does not have the body yet that this needs.", status=409)
NO_SCAN = code("COD-306", "Nothing was read under this number.", status=404)
NO_RETURN = code("COD-307", "This cannot be given back.", status=409)

KEY_TAKEN = code("COD-401", "Another package declares this already.", status=409)
NO_BODY = code("COD-402", "A body that is named is not there.", status=422)
NOT_DECLARED = code("COD-403", "A reader is named that the package does not declare.", status=422)
NO_PLACE = code("COD-404", "People would board at objects that nobody declares.", status=422)
LIKE_NO_BODY = code("COD-405", "A body is named that no known city has, and that looks like another.")

BAD_LABELS = code("COD-501", "Labels cannot be printed like this.", status=422)
NO_RUN = code("COD-502", "There is no such print.", status=404)


def unknown() -> ProblemError:
    """The one answer for what is not there, was withdrawn, or is not signed: the public learns no more."""
    hint = said("scan the code again, or report what you see without it")
    return ProblemError(Problem(UNKNOWN, said("this code cannot be confirmed"), hint=hint))


def wrong(code_: str, field: str, message: str, hint: str = "") -> ProblemError:
    """A refusal about one field."""
    return ProblemError(Problem(code_, message, Where(field=field), hint))


def reason_of(text: str) -> str:
    """Why something is withdrawn, at most 300 characters. Raises ProblemError COD-105."""
    found = text.replace("\0", "").strip()[:300]
    if not found:
        raise wrong(NO_REASON, "reason", said("say why"))
    return found
