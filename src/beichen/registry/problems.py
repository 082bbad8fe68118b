"""What can be wrong with an object, a query or a request, and the error type that NGSI-LD gives it.

ETSI GS CIM 009 clause 5.5.2 lists the error types, clause 6.3.2 their HTTP statuses.
"""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, shorten

BAD_DATA = code("REG-101", "The data is not valid NGSI-LD.")
BAD_REQUEST = code("REG-102", "The request does not follow NGSI-LD.")
EXISTS = code("REG-103", "An object with this id exists.", status=409)
UNKNOWN = code("REG-104", "There is no such object, attribute or type.", status=404)
NO_CONTEXT = code("REG-105", "The @context cannot be had.", status=504)
TOO_COMPLEX = code("REG-106", "The query would read too much.", status=403)
NO_TENANT = code("REG-107", "There is no such tenant.", status=404)
TOO_LARGE = code("REG-108", "The request is too large.", status=413)
NO_MEDIA = code("REG-109", "This media type is not read.", status=415)
NOT_ACCEPTABLE = code("REG-110", "This media type is not written.", status=406)
NO_METHOD = code("REG-111", "This method is not there.", status=405)
UNSUPPORTED = code("REG-113", "This operation is not offered on that.", status=422)
ENDPOINT_REFUSED = code("REG-114", "Notifications are not sent to this address.")
NO_LENGTH = code("REG-112", "The request does not say its length.", status=411)
FIELD = code("REG-201", "A field does not match its object's type.")
BAD_CODE = code("REG-202", "The code is not valid.")
CODE_TAKEN = code("REG-203", "Another object has this code.", status=409)
NO_SESSION = code("REG-204", "A write needs a client key, or a session with its CSRF token.", status=401)

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
ERROR_TYPES = {
    BAD_DATA: "BadRequestData",
    FIELD: "BadRequestData",
    BAD_CODE: "BadRequestData",
    BAD_REQUEST: "InvalidRequest",
    EXISTS: "AlreadyExists",
    CODE_TAKEN: "AlreadyExists",
    UNKNOWN: "ResourceNotFound",
    NO_CONTEXT: "LdContextNotAvailable",
    TOO_COMPLEX: "TooComplexQuery",
    NO_TENANT: "NonexistentTenant",
    ENDPOINT_REFUSED: "BadRequestData",
    UNSUPPORTED: "OperationNotSupported",
}


def bad_data(message: str, pointer: str = "", hint: str = "") -> Problem:
    """What is wrong with a payload, and where as a JSON pointer."""
    return Problem(BAD_DATA, shorten(message), Where(pointer=pointer), hint)


def bad_parameter(name: str, message: str, hint: str = "") -> ProblemError:
    """An error about a query parameter."""
    return ProblemError(Problem(BAD_DATA, shorten(message), Where(field=name), hint))


def not_found(message: str, pointer: str = "") -> ProblemError:
    """An error about something that is not there."""
    return ProblemError(Problem(UNKNOWN, shorten(message), Where(pointer=pointer) if pointer else Where()))
