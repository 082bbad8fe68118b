"""The rights of the room: to look at the overview, and to make screens for it."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("overview.read", "查看总览", "See the overview")
WRITE = permission("overview.screen.write", "编制大屏", "Make screens of the overview")
