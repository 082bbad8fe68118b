"""The codes of what is wrong with an indicator in SQL; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

BAD_HEADER = code("DAT-201", "The head of an indicator's file cannot be read.", status=422)
BAD_SQL = code("DAT-202", "An indicator is one SELECT that can be read.", status=422)
UNKNOWN_NAME = code("DAT-203", "An indicator reads a table or column that nobody declares.", status=422)
BAD_SHAPE = code("DAT-204", "An indicator's SELECT does not yield what it must.", status=422)
NOT_ALLOWED = code("DAT-205", "An indicator's SELECT holds what would not count the same again.", status=422)
FAILED = code("DAT-206", "An indicator could not be computed.", status=422)
NOT_YOURS = code("DAT-207", "An indicator may not count this.", status=403)
