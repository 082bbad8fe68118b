"""What can be wrong with duties; every mistake of a form or a sheet is told at once."""

from __future__ import annotations

from beichen.problem import code

NO_DUTY = code("PLN-301", "There is no such duty.", status=404)
NO_BODY = code("PLN-302", "The body is not one of the city's bodies now.", status=422)
DEADLINE = code("PLN-303", "The day lies outside the years that the plan can set.", status=422)
NOTHING = code("PLN-304", "Nothing was chosen.", status=422)
NO_REASON = code("PLN-305", "This needs a reason.", status=422)
SHEET = code("PLN-306", "The file is not a workbook that can be read.", status=422)
HEADER = code("PLN-307", "The sheet's columns are not those of the assignment list.", status=422)
CELL = code("PLN-308", "A cell does not fit its column.", status=422)
ROW = code("PLN-309", "A row names no duty of the plan, or one that stood before.", status=422)
MILESTONE = code("PLN-310", "The milestone cannot be kept like this.", status=422)
NO_ROUND = code("PLN-311", "There is no such reporting round.", status=404)
PERIOD = code("PLN-312", "The plan's bodies do not report on this period.", status=422)
REPORT = code("PLN-313", "The report is not complete.", status=422)
REPORT_STATUS = code("PLN-314", "The report stands elsewhere on its way.", status=409)
NOT_OWED = code("PLN-315", "No report is owed on this duty.", status=409)
NO_NOTE = code("PLN-316", "There is no such supervision note.", status=404)
NOTE = code("PLN-317", "The supervision note is not complete.", status=422)
NOTE_STATUS = code("PLN-318", "The supervision note stands elsewhere on its way.", status=409)
UNASSIGNED = code("PLN-319", "Nobody answers for this duty yet.", status=409)
