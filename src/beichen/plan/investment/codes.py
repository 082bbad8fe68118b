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
