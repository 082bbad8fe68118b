"""What can be done with a plan's projects: register, stage, money, elements, the year's investment plan."""

from __future__ import annotations

from beichen.plan.investment.elements import set_approval, set_element
from beichen.plan.investment.lists import ListReport, apply_list, list_of
from beichen.plan.investment.money import record_done, set_funds, set_year
from beichen.plan.investment.register import (
    add_project,
    change_project,
    investment,
    investments,
    register_projects,
)
from beichen.plan.investment.rights import MANAGE, READ, REPORT, may_write, readable
from beichen.plan.investment.sheets.reading import ProjectSheet, read_sheet
from beichen.plan.investment.staging import change_stage, missing_approvals, stage_on_the_way
from beichen.plan.investment.standings import GAP_NAMES, SHORTAGES, Gap, InvestmentStanding, standings_of
from beichen.plan.investment.summary import InvestmentSummary, Share, Sum, investment_summary, summary_of
from beichen.plan.investment.yearplans import (
    adopt_investment_plan,
    adopted_plan,
    allot,
    draft_investment_plan,
    investment_plan,
    investment_plans,
    plan_findings,
    set_budget,
    set_plan_line,
)

__all__ = [
    "GAP_NAMES",
    "MANAGE",
    "READ",
    "REPORT",
    "SHORTAGES",
    "Gap",
    "InvestmentStanding",
    "InvestmentSummary",
    "ListReport",
    "ProjectSheet",
    "Share",
    "Sum",
    "add_project",
    "adopt_investment_plan",
    "adopted_plan",
    "allot",
    "apply_list",
    "change_project",
    "change_stage",
    "draft_investment_plan",
    "investment",
    "investment_plan",
    "investment_plans",
    "investment_summary",
    "investments",
    "list_of",
    "may_write",
    "missing_approvals",
    "plan_findings",
    "read_sheet",
    "readable",
    "record_done",
    "register_projects",
    "set_approval",
    "set_budget",
    "set_element",
    "set_funds",
    "set_plan_line",
    "set_year",
    "stage_on_the_way",
    "standings_of",
    "summary_of",
]
