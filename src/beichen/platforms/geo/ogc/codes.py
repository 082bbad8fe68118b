"""What can be wrong with a request."""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, shorten

PARAMETER = code("GEO-610", "A parameter is not known here, or its value cannot be read.")
NO_CRS = code("GEO-611", "The coordinate reference system is not offered.")
NO_FORMAT = code("GEO-612", "The format is not offered.", status=406)
NO_COLLECTION = code("GEO-613", "There is no such collection.", status=404)
NO_FEATURE = code("GEO-614", "There is no such feature.", status=404)
NO_TILE = code("GEO-615", "There is no such tile.", status=404)
NO_METHOD = code("GEO-616", "The method is not answered here.", status=405)
BAD_BODY = code("GEO-617", "The body is not what is expected here.")
BAD_TYPE = code("GEO-618", "The body's media type is not read here.", status=415)
NO_KEY = code("GEO-620", "A write needs a client's key.", status=401)


def refused(number: str, message: str, field: str = "", hint: str = "") -> ProblemError:
    """A problem of one parameter, ready to be raised."""
    return ProblemError(Problem(number, shorten(message), Where(field=field or None), hint))
