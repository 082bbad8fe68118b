"""What may be done to a case, by name: forms, programs and stories speak of these."""

from beichen.hubs.events.commands.accepting import Accept, Appeal, Classify, Merge, Refuse, Regrade
from beichen.hubs.events.commands.answering import Answer, Close, Rate, Reopen, Verify
from beichen.hubs.events.commands.base import Command, Ground
from beichen.hubs.events.commands.dispatching import Dispatch, Escalate, Return, Transfer
from beichen.hubs.events.commands.handling import (
    AddCost,
    AddEvidence,
    AddTask,
    Comment,
    Extend,
    FinishStep,
    FinishTask,
    Handle,
    Resume,
    Wait,
)
from beichen.hubs.events.commands.supervising import AnswerNote, Supervise, Warn

COMMANDS: dict[str, type[Command]] = {
    "classify": Classify,
    "regrade": Regrade,
    "accept": Accept,
    "refuse": Refuse,
    "dispatch": Dispatch,
    "transfer": Transfer,
    "return": Return,
    "escalate": Escalate,
    "wait": Wait,
    "resume": Resume,
    "extend": Extend,
    "add-task": AddTask,
    "finish-task": FinishTask,
    "finish-step": FinishStep,
    "add-evidence": AddEvidence,
    "add-cost": AddCost,
    "handle": Handle,
    "verify": Verify,
    "answer": Answer,
    "reopen": Reopen,
    "close": Close,
    "supervise": Supervise,
    "answer-note": AnswerNote,
    "comment": Comment,
}
"""What people and programs may ask for; merging, rating and appealing have functions of their own."""

__all__ = [
    "COMMANDS",
    "Accept",
    "AddCost",
    "AddEvidence",
    "AddTask",
    "Answer",
    "AnswerNote",
    "Appeal",
    "Classify",
    "Close",
    "Command",
    "Comment",
    "Dispatch",
    "Escalate",
    "Extend",
    "FinishStep",
    "FinishTask",
    "Ground",
    "Handle",
    "Merge",
    "Rate",
    "Refuse",
    "Regrade",
    "Reopen",
    "Resume",
    "Return",
    "Supervise",
    "Transfer",
    "Verify",
    "Wait",
    "Warn",
]
