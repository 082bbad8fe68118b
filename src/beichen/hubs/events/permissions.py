"""The rights of the room."""

from __future__ import annotations

from beichen.kernel.access.service import permission

SEND = permission("events.report.send", "提交诉求", "Send reports")
TAKE = permission("events.report.take", "登记他人的诉求", "Take reports of others")
READ = permission("events.case.read", "查看案件", "See cases")
ACCEPT = permission("events.case.accept", "受理案件", "Accept or refuse cases")
DISPATCH = permission("events.case.dispatch", "分发案件", "Dispatch cases")
HANDLE = permission("events.case.handle", "处置案件", "Handle cases")
VERIFY = permission("events.case.verify", "核查与反馈", "Verify results and answer reporters")
EXTEND = permission("events.case.extend", "延期", "Give more time")
SUPERVISE = permission("events.case.supervise", "督办", "Supervise cases")
IDENTIFY = permission("events.reporter.read", "查看诉求人身份", "See who reported")
ERASE = permission("events.reporter.erase", "删除诉求人信息", "Erase reporters")
