"""What the overview says it needs: the right to look."""

from __future__ import annotations

from beichen.kernel.access.service import permission

__all__ = ["READ"]

READ = permission("overview.read", "查看总览", "See the overview")
