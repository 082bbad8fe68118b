"""The rights of the room."""

from __future__ import annotations

from beichen.kernel.access.service import permission

START = permission("services.affair.start", "代办申请", "Take applications in")
READ = permission("services.affair.read", "查看办件", "See affairs")
HANDLE = permission("services.task.handle", "办理待办", "Handle steps of affairs")
SUPERVISE = permission("services.affair.supervise", "督办办件", "Suspend affairs and hand steps over")
