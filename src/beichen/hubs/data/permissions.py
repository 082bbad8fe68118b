"""Who may do what with indicators."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("data.read", "查看指标与数据目录", "Read indicators and the catalogue")
WRITE = permission("data.indicator.write", "维护指标与数值", "Keep indicators and values")
