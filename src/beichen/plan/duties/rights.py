"""Who may do what with duties.

What a planner does is decided on the plan (its region); what a body's officer does is decided on the
duty, whose lead body and region bound it. No permission is asked on both, because an officer whose post
covers the city's region would otherwise reach the duties of every body.
"""

from __future__ import annotations

from beichen.kernel.access.service import Decision, decide, permission
from beichen.kernel.actor import Actor
from beichen.plan.duties.models import Duty, SupervisionNote

READ = permission("plan.duty.read", "查看责任事项", "Read duties")
ASSIGN = permission("plan.duty.assign", "分派责任", "Assign duties")
SCHEDULE = permission("plan.duty.schedule", "安排报送轮次", "Open reporting rounds")
REVIEW = permission("plan.duty.review", "审核进展报送", "Accept or return progress reports")
SUPERVISE = permission("plan.duty.supervise", "督查", "Write and close supervision notes")
INSPECT = permission("plan.duty.inspect", "查看全部报送与督查", "Read every body's reports and notes")
REPORT = permission("plan.duty.report", "报送本单位进展", "Report on the own body's duties")
ANSWER = permission("plan.duty.answer", "答复督查", "Answer supervision notes to the own body")
MARK = permission("plan.duty.mark", "维护本单位里程碑", "Set and finish the own body's milestones")


def may_inspect(by: Actor, duty: Duty) -> bool:
    """Whether ``by`` may read a duty's reports, evidence and history: its own body's, or everybody's."""
    return bool(decide(by, REPORT, duty)) or bool(decide(by, INSPECT, duty.plan))


def may_read_note(by: Actor, note: SupervisionNote) -> bool:
    """Whether ``by`` may read a note: who supervises, who inspects, and the body it was sent to."""
    return bool(decide(by, ANSWER, note)) or bool(decide(by, INSPECT, note.plan))


def may_mark(by: Actor, duty: Duty) -> Decision:
    """Whether ``by`` may set milestones: the planner, and the lead body's officer."""
    return decide(by, ASSIGN, duty.plan) or decide(by, MARK, duty)
