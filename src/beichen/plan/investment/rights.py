"""Who may do what: planners every project of their plan, officers those that their own body leads."""

from __future__ import annotations

from django.db.models import QuerySet

from beichen.kernel.access.service import decide, permission, require, visible
from beichen.kernel.actor import Actor
from beichen.plan.investment.models import Investment
from beichen.plan.models import Plan

READ = permission("plan.investment.read", "查看项目与投资", "See projects and investment")
MANAGE = permission(
    "plan.investment.manage", "管理全部项目与投资计划", "Keep all projects and investment plans"
)
REPORT = permission("plan.investment.report", "填报本单位项目", "Report on projects of one's own body")


def require_writer(by: Actor, row: Investment) -> None:
    """Let pass who keeps the plan's projects, or reports for the project's lead body. Raises ACC-403."""
    if not decide(by, MANAGE, row.plan):
        require(by, REPORT, row)


def may_write(by: Actor, row: Investment) -> bool:
    """Whether :func:`require_writer` lets pass."""
    return bool(decide(by, MANAGE, row.plan) or decide(by, REPORT, row))


def readable(by: Actor, plan: Plan, rows: QuerySet[Investment]) -> QuerySet[Investment]:
    """Those of ``rows`` that the actor may see: all for who keeps them, else by level and body."""
    return rows if decide(by, MANAGE, plan) else visible(by, READ, rows)
