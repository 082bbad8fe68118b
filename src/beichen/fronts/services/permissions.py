"""The rights of the room."""

from __future__ import annotations

from beichen.kernel.access.service import permission

START = permission("services.affair.start", "代办申请", "Take applications in")
READ = permission("services.affair.read", "查看办件", "See affairs")
HANDLE = permission("services.task.handle", "办理待办", "Handle steps of affairs")
SUPERVISE = permission("services.affair.supervise", "督办办件", "Suspend affairs and hand steps over")
APPLY = permission("services.apply", "申请办事", "Apply for services")
INSPECT = permission("services.statistics.read", "查看办事统计", "See figures of services")
SERVE = permission("services.window.serve", "窗口叫号与预约", "Call numbers and keep appointments")
RECONCILE = permission("services.payment.reconcile", "缴费对账与退费", "Reconcile and refund payments")
OBJECT = permission("services.objection.send", "对公示提出异议", "Object to public notices")
IDENTIFY = permission("services.objection.identify", "查看异议人联系方式", "See who objected")
