"""What can be wrong with a file that is brought."""

from __future__ import annotations

from beichen.problem import code

NOT_TAKEN = code("GEO-801", "Files of this kind are not taken as layers.", status=415)
UNREADABLE = code("GEO-802", "The file cannot be read.", status=422)
TOO_MUCH = code("GEO-803", "The file holds more than is taken.", status=413)
NO_SYSTEM = code("GEO-804", "The coordinates' system is not known.", status=422)
NO_PLACE = code("GEO-805", "No columns hold the places of rows.", status=422)
NOTHING_LEFT = code("GEO-806", "No feature of the file could be taken.", status=422)
WHICH_LAYER = code("GEO-807", "The file holds several layers, or not the one that is named.", status=422)
NO_UPLOAD = code("GEO-808", "There is no such upload.", status=404)
