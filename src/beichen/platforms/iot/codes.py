"""The codes of what this room refuses; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

NO_DEVICE = code("IOT-101", "There is no device of this code.", status=404)
BAD_DEVICE = code("IOT-102", "A device cannot be registered like this.", status=422)
TAKEN = code("IOT-103", "A device of this code is registered.", status=409)
NO_THING = code("IOT-104", "A device measures something that is not there.", status=422)
NO_GROUP = code("IOT-105", "There is no group of this key.", status=404)
BAD_SECRET = code("IOT-106", "A credential cannot be used.", status=422)
BAD_CLAIM = code("IOT-107", "The claim does not fit a device that waits for one.", status=403)
BAD_SHEET = code("IOT-108", "The file of devices cannot be read.", status=422)
NO_ENTRY = code("IOT-109", "A device did not prove that it is itself.", status=401)
BAD_PAYLOAD = code("IOT-110", "A message holds no readings.", status=422)
NOT_DURABLE = code("IOT-111", "Readings could not be kept and were not acknowledged.", status=503)
NO_COMMAND = code("IOT-112", "The device has no such command.", status=422)
BAD_STATE = code("IOT-113", "A device cannot go into this state.", status=409)
BAD_BROKER = code("IOT-119", "The address of the city's own broker cannot be used.")
LARGE_GROUP = code("IOT-114", "The group is too large for one order.", status=422)
NO_RULE = code("IOT-120", "There is no rule of this key.", status=404)
BAD_RULE = code("IOT-121", "What a rule says does not fit together.", status=422)
BAD_WINDOW = code("IOT-122", "A window of a rule cannot be had.", status=422)
UNLIKE = code("IOT-123", "A rule's condition compares what cannot be compared.", status=422)
UNHEARD = code("IOT-124", "No kind of event listens to what a rule raises.", status=422)
NO_REASON = code("IOT-125", "Switching a rule needs a reason.", status=422)
TOO_MUCH = code("IOT-126", "A rule cannot be tried on so many readings.", status=422)
BAD_CLIMATE = code("IOT-140", "A city's climate is no table of twelve months.", status=422)
NO_CLIMATE = code("IOT-141", "The city says nothing of its climate.", status=404)
NO_HOUSE = code("IOT-142", "The house that is to be played for does not answer.", status=503)
REFUSED = code("IOT-143", "The house refused what a simulation needs.", status=403)
NOTHING_TO_PLAY = code("IOT-144", "No invented thing is there to measure.", status=404)
