"""The codes of what this room refuses; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

NO_TEMPLATE = code("COM-101", "There is no message template of this key.", status=404)
NO_VALUE = code("COM-102", "A message lacks a value that its text asks for.", status=422)
BAD_PLACEHOLDER = code("COM-103", "A placeholder of a text cannot be filled in.", status=422)
NO_GROUP = code("COM-104", "There is no group of this key.", status=404)
NO_ROSTER = code("COM-105", "There is no roster of this key.", status=404)
GAP = code("COM-106", "Nobody is on duty.", status=409)
NO_CHANNEL = code("COM-107", "There is no channel of this name.", status=422)
BAD_ADDRESS = code("COM-108", "An address does not fit its channel.", status=422)
NOT_SET_UP = code("COM-109", "A channel is not set up.", status=409)
BAD_SHIFT = code("COM-110", "A shift cannot be entered like this.", status=422)
NO_MESSAGE = code("COM-111", "There is no message of this number.", status=404)
BAD_RECEIPT = code("COM-112", "A receipt cannot be read.", status=422)
NOT_SENT = code("COM-113", "A channel did not take the message.", status=502)
BAD_HREF = code("COM-114", "A message leads out of the house.", status=422)
BAD_SUBSCRIPTION = code("COM-115", "A browser's subscription cannot be used.", status=422)

LANGUAGES_DIFFER = code("COM-301", "The texts of two languages name different placeholders.", status=422)
UNDECLARED = code("COM-302", "A text names a value that the template does not declare.", status=422)
NO_MEMBER = code("COM-303", "A group or roster names something that nobody declares.", status=422)
TAKEN = code("COM-304", "Another package declares the same key.", status=409)
BAD_COVER = code("COM-305", "The hours that a roster covers do not make sense.", status=422)
