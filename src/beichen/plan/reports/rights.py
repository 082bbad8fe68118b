"""The rights of the room, one a verb, and the codes of what it refuses."""

from __future__ import annotations

from beichen.kernel.access.service import permission
from beichen.problem import code

READ = permission("plan.report.read", "查看规划报告", "Read reports on the plan")
MAKE = permission("plan.report.make", "编制规划报告", "Make reports on the plan")
APPROVE = permission("plan.report.approve", "审核规划报告", "Approve reports on the plan")
PUBLISH = permission("plan.report.publish", "发布规划报告", "Publish reports on the plan")
TEMPLATE = permission("plan.report.template", "维护报告模板", "Keep the templates of reports")
SUBMIT = permission("plan.congress.submit", "向人大常委会提请审议", "Submit reports to the congress")
OPINE = permission("plan.congress.opine", "记录审议意见", "Record the congress's opinions")
ANSWER = permission("plan.congress.answer", "办理审议意见", "Answer the congress's opinions")
TRAIL = permission("plan.trail.read", "查看规划留痕", "Read the plan's audit trail")

OUTSIDE = code("PLN-901", "A report's year lies outside the plan.", status=422)
NO_BODY = code("PLN-902", "There is no body of this key.", status=404)
NO_PLAN = code("PLN-903", "No plan is imported yet.", status=404)
NOT_YET = code("PLN-904", "A final evaluation is of the plan's last year.", status=422)
NO_REPORT = code("PLN-920", "There is no report of this code.", status=404)
NO_STEP = code("PLN-921", "A report cannot take this step in its state.", status=409)
OWN_WORK = code("PLN-922", "Whoever made a report cannot approve it.", status=403)
NO_WORDS = code("PLN-923", "A report is returned with a reason.", status=422)
NO_FILE = code("PLN-924", "A report has no file of this format.", status=404)
NOT_FIT = code("PLN-940", "Only a published report to the congress of the year can be submitted.", status=422)
WRONG_ORDER = code("PLN-941", "The days of a submission are out of order.", status=422)
TWICE = code("PLN-942", "A year's report is submitted once.", status=409)
CLOSED = code("PLN-943", "An opinion cannot take this step in its state.", status=409)
EMPTY = code("PLN-944", "An opinion or answer has words.", status=422)
