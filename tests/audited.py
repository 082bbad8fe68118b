"""Watches every call of a room's service in every test: who writes without a record fails.

Each function that a service offers with an actor (``by``) is wrapped once, wherever it was imported.
While the outermost of them runs, the statements that reach the database are noted; when rows of a
room were written and the audit chain got no record, the call fails.

What the house records about somebody, or in a room of the plan, is read by people: an act without
words for them fails, too.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
import threading
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any

from django.apps import apps
from django.db import connection

from beichen.house.rooms import ROOMS

# A statement may have several parts that write: on PostgreSQL those of a parcel.
WRITE = re.compile(
    r'(?:\A|\bAS \()\s*(?:INSERT(?: OR \w+)? INTO|UPDATE(?: OR \w+)?|DELETE FROM)\s+"?(\w+)',
    re.IGNORECASE,
)
RECORD = "kernel_audit_record"
# table → why a row of it is no act of its own
BOOKKEEPING = {
    RECORD: "the record itself",
    "kernel_audit_head": "the record itself",
    "kernel_bus_outboxevent": "what the act tells others",
    "platforms_ledger_entry": "a seal is a record itself, of an act that has its own",
    "fronts_codes_scan": "kept for its person for a limited time; the chain is told the first of a day",
    "fronts_codes_counter": "a ride is counted by its scan",
    "registry_measurement": "what a device measured: a reading is no act",
}
_running = threading.local()


def _always(sql: str) -> bool:
    """Whether the statement always adds rows; drivers count those of INSERT … RETURNING as none."""
    return sql.lstrip()[:12].upper() == "INSERT INTO " and "DO NOTHING" not in sql.upper()


class Watch:
    """The tables of rooms that were written, and whether a record was."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self.is_recorded = False
        self._rooms = {
            model._meta.db_table for model in apps.get_models() if model.__module__.startswith("beichen.")
        }

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run the statement; note it when it changed a row."""
        result = execute(sql, params, many, context)
        found = set(WRITE.findall(str(sql)))
        if found and (_always(str(sql)) or context["cursor"].rowcount > 0):
            self.is_recorded |= RECORD in found
            self.written |= found & self._rooms - BOOKKEEPING.keys()
        return result


def _watched(function: FunctionType) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if getattr(_running, "is_inside", False):
            return function(*args, **kwargs)
        watch, _running.is_inside = Watch(), True
        try:
            with connection.execute_wrapper(watch):
                result = function(*args, **kwargs)
        finally:
            _running.is_inside = False
        tables = ", ".join(sorted(watch.written))
        assert watch.is_recorded or not tables, f"{function.__qualname__} wrote {tables} without a record"
        return result

    return call


def acts() -> dict[str, FunctionType]:
    """Every function that a room's service offers with an actor, by its full name."""
    found: dict[str, FunctionType] = {}
    for room in ROOMS:
        if importlib.util.find_spec(f"{room}.service") is None:
            continue
        service = importlib.import_module(f"{room}.service")
        for name in service.__all__:
            value = getattr(service, name)
            if isinstance(value, FunctionType) and "by" in inspect.signature(value).parameters:
                found[f"{room}.service.{name}"] = value
    del found["beichen.kernel.audit.service.record"]
    return found


def wordless(action: str, resource: str, subject: str) -> str:
    """Where an act lacks words and would be read: on somebody's own page, in the plan's trail; or nowhere."""
    from beichen.fronts.citizen.my.deeds import ACTS
    from beichen.kernel.access.service import declared
    from beichen.plan.reports.deeds import DEEDS

    if action in declared():
        return ""
    if subject and action not in ACTS:
        return "fronts/citizen/my/deeds.py"
    is_of_plan = resource.startswith("plan") and not resource.startswith("platforms_")
    return "plan/reports/deeds.py" if is_of_plan and action not in DEEDS else ""


def _worded(record: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(record)
    def call(by: Any, action: str, resource: str, **rest: Any) -> Any:
        caller = sys._getframe(1).f_globals["__name__"]
        if caller.startswith("beichen.") and ".tests" not in caller:
            where = wordless(action, resource, rest.get("subject", ""))
            assert not where, f"{caller} records {action}, which has no words in {where}"
        return record(by, action, resource, **rest)

    return call


def watch_services() -> None:
    """Wrap every act, and the record itself, in every module that holds it."""
    from beichen.kernel.audit.service import record

    wrapped = {id(function): _watched(function) for function in acts().values()}
    wrapped[id(record)] = _worded(record)
    for module in [module for name, module in sys.modules.items() if name.startswith("beichen.")]:
        for name, value in list(vars(module).items()):
            if id(value) in wrapped:
                setattr(module, name, wrapped[id(value)])
