"""What can be wrong with `services.yaml`, and with what is applied for, booked and paid.

12x: a scene's file. 4xx: items, windows, appointments, fees.
"""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, nearest, shorten

NO_PROCESS_HERE = code("SRV-121", "An item names a process that no scene declares.")
NO_END = code("SRV-122", "An item names an end or a message that its process does not have.")
NO_ITEM_HERE = code("SRV-123", "A bundle names an item that no scene declares.")
CIRCLE = code("SRV-124", "Parts of a bundle wait for each other in a circle.")
BAD_HOURS = code("SRV-125", "A window's hours, slots or place cannot be.")
DISAGREE = code("SRV-126", "Items of a bundle ask for a field in different ways.")
TOO_LONG = code("SRV-127", "An item promises a time that cannot be.")
NO_PLACE = code("SRV-129", "An item is offered at objects that cannot be, or in a field that takes none.")
ITEM_TAKEN = code("SRV-128", "Another scene declares this item, bundle or window already.", status=409)

NO_ITEM = code("SRV-401", "There is no such item.", status=404)
NOT_FOR = code("SRV-402", "The conditions of the item do not hold.", status=422)
MISSING = code("SRV-403", "A material that is required is missing.", status=422)
NO_WINDOW = code("SRV-404", "There is no such window.", status=404)
NO_SLOT = code("SRV-405", "The window is not open at this time.", status=422)
FULL = code("SRV-406", "All places of this time are taken.", status=409)
NO_BOOKING = code("SRV-407", "There is no such appointment.", status=404)
NOT_BOOKED = code("SRV-408", "The appointment does not stand where this can be done.", status=409)
NO_BUNDLE = code("SRV-409", "There is no such bundle, or no such run of one.", status=404)
NO_PRINTER = code("SRV-410", "Nothing can be printed now.", status=503)
NO_GATEWAY = code("SRV-411", "No payment gateway is set up.", status=409)
GATEWAY_AWAY = code("SRV-412", "The payment gateway does not answer.", status=502)
NO_PAYMENT = code("SRV-413", "There is no such payment.", status=404)
FORGED = code("SRV-414", "A notice of payment is not the gateway's.", status=403)
NOT_THAT = code("SRV-415", "A notice of payment says something else than what was ordered.", status=409)
NOTHING_DUE = code("SRV-416", "There is nothing to pay here, or nothing to give back.", status=409)
UNSAFE_GATEWAY = code("SRV-417", "The address of the payment gateway is not one that can be used.")
TOO_MANY = code("SRV-418", "One applicant holds too many appointments.", status=409)
NO_TICKET = code(
    "SRV-419", "There is no such number, or it does not stand where this can be done.", status=409
)
NOT_HERE = code("SRV-420", "The code of the window was not scanned just now.", status=403)


def none(codename: str, message: str, key: str, known: list[str] | None = None) -> ProblemError:
    """Something that is not there, with the nearest that is."""
    hint = nearest(key[:60], known) if known else ""
    return ProblemError(Problem(codename, shorten(message), Where(field="key"), hint))


def not_for(why: str) -> Problem:
    """Why a condition keeps somebody out; the whole of it beside a message that had to be shortened."""
    message = shorten(why)
    return Problem(NOT_FOR, message, hint="" if message == why else why[:200])
