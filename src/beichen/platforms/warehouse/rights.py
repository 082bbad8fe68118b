"""Who may do what with tables."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("tables.read", "查询数据表", "Ask the city's tables")
WRITE = permission("tables.write", "写入数据表", "Bring rows into tables")
KEEP = permission("tables.keep", "维护数据表", "Keep tables: checks, files, scheduled loads")
