"""Who may do what with models."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("ai.model.read", "查看模型与预报", "See models and what they foretell")
RUN = permission("ai.model.run", "运行模型", "Run models")
