"""The problems that this room tells; each has a heading in ``docs/problems.md``."""

from __future__ import annotations

from beichen.problem import code

NO_PROJECT = code("PLN-601", "There is no such project in the register.", status=404)
BAD_FIELD = code("PLN-602", "A field of a project does not fit.", status=422)
NO_REASON = code("PLN-603", "This change of a project needs a reason.", status=422)
BAD_DATE = code("PLN-604", "A day does not fit the project's history.", status=422)
NOT_APPROVED = code("PLN-605", "A project cannot start without its approvals.", status=422)
BAD_MONEY = code("PLN-606", "Amounts of a project contradict each other.", status=422)
OVERLAP = code("PLN-607", "A month and a quarter count the same money.", status=422)
NOT_DRAFT = code("PLN-609", "This version of the investment plan is no draft.", status=409)
OVER_BUDGET = code("PLN-610", "An investment plan spends more than a source can give.", status=422)
DIFFERS = code("PLN-611", "An investment plan contradicts a project's own figures.", status=422)
NO_PLAN = code("PLN-612", "There is no investment plan of this year.", status=404)

NO_HEADER = code("PLN-621", "The sheet has no header of a project list.", status=422)
NO_UNIT = code("PLN-622", "A column of money does not say its unit.", status=422)
BAD_UNIT = code("PLN-623", "A column's unit is no unit of money.", status=422)
SHIFTED = code("PLN-624", "A row's columns are shifted.", status=422)
BAD_CELL = code("PLN-625", "A cell does not hold what its column says.", status=422)
BAD_SUM = code("PLN-626", "A sum row differs from the rows that it sums.", status=422)
TWICE = code("PLN-627", "A project stands twice in the sheet.", status=422)
MANY = code("PLN-628", "A name fits several projects.", status=422)
NOT_SHEET = code("PLN-629", "The file is no readable xlsx workbook.", status=422)
IGNORED = code("PLN-630", "A column of the sheet is not known and not read.", status=422)
COLUMN_TWICE = code("PLN-631", "A column stands twice in the header.", status=422)
