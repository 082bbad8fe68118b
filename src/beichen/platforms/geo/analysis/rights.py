"""Who may ask analyses. Loaded by every process, so that nothing heavy stands here."""

from __future__ import annotations

from beichen.kernel.access.service import permission

RUN = permission("geo.analysis.run", "运行空间分析", "Run spatial analyses")
