"""What can be done with services: declare processes, start affairs, act on steps, let timers fire, read."""

from __future__ import annotations

from beichen.fronts.services.affair.acting import (
    ask_for_material,
    complete,
    give_material,
    hand_over,
    message,
    newest,
    recall,
    resume,
    start,
    suspend,
    take,
)
from beichen.fronts.services.affair.finding import find_affair
from beichen.fronts.services.affair.taking_back import annul, withdraw
from beichen.fronts.services.affair.ticking import TICK, tick
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.declaring import Declared, declare_processes
from beichen.fronts.services.doors import Calling, doors, register_door
from beichen.fronts.services.naming import act_on_affair, act_on_task
from beichen.fronts.services.permissions import HANDLE, READ, START, SUPERVISE
from beichen.fronts.services.queries import (
    affairs,
    course,
    course_of,
    notices,
    processes,
    tasks_for,
    tasks_of,
    timers_of,
    trail,
)

__all__ = [
    "HANDLE",
    "READ",
    "START",
    "SUPERVISE",
    "TICK",
    "Calling",
    "Declared",
    "act_on_affair",
    "act_on_task",
    "affairs",
    "annul",
    "ask_for_material",
    "complete",
    "course",
    "course_of",
    "declare_processes",
    "doors",
    "find_affair",
    "give_material",
    "hand_over",
    "message",
    "newest",
    "notices",
    "processes",
    "read_process",
    "recall",
    "register_door",
    "resume",
    "start",
    "suspend",
    "take",
    "tasks_for",
    "tasks_of",
    "tick",
    "timers_of",
    "trail",
    "withdraw",
]
