"""The room's problem codes; each stands in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

UNREADABLE = code("PLN-501", "The file is no table of values.", status=422)
HEADER = code("PLN-502", "The table's head does not fit.", status=422)
SHIFTED = code("PLN-503", "The cells of a row are shifted.", status=422)
CELL = code("PLN-504", "A cell is empty or does not fit its column.", status=422)
UNKNOWN = code("PLN-505", "The row names something that does not exist.", status=422)
UNIT = code("PLN-506", "The value's unit cannot become the indicator's.", status=422)
TWICE = code("PLN-507", "Two rows state the same period.", status=422)
UNDECIDED = code("PLN-508", "Two sources disagree, and nobody decided.", status=409)
NOT_OPEN = code("PLN-509", "The file cannot be applied.", status=409)
NO_FILE = code("PLN-510", "There is no such file of values.", status=404)
MISSING_YEAR = code("PLN-511", "A year is missing between two others.", status=422)
