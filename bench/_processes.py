"""The process that :mod:`bench.processes` starts: steps of affairs, and lists of what waits."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from typing import Any

import django

from bench.measure import Row, seconds

STEPS = 200
TIMES = 5
PATHS = (
    "/services/desk",
    "/services/desk?card=red",
    "/services/desk?card=yellow",
    "/services/desk?process=permit&page=20",
    "/services/desk?process=rare",
    "/services/desk?card=paused",
    "/services/desk?standing=taken",
    "/services/desk?q=2025-777",
    "/services/desk?sort=opened",
    "/services/affairs",
    "/services/affairs?body=fire",
)


def main(sizes: list[int]) -> None:
    """Measure; the last line of output is the rows as JSON."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    from beichen.fronts.services.tests import town
    from bench._affairs import add

    call_command("migrate", verbosity=0)
    town.build()
    rows = [_engine(), _act(connection.vendor)]
    held = 0
    for size in sorted(sizes):
        started = time.monotonic()
        add(held, size)
        sys.stderr.write(f"{size:,} affairs after {time.monotonic() - started:.0f} s\n")
        held = size
        rows += _lists(size, connection.vendor)
    print(json.dumps([asdict(row) for row in rows]))


def _engine() -> Row:
    from beichen.fronts.services.bpmn.compiling import compile_files, specification
    from beichen.fronts.services.bpmn.running import Run
    from beichen.fronts.services.tests.town import ENTRY, FILES

    decisions = {name: step["decision"] for name, step in ENTRY["steps"].items() if "decision" in step}
    spec = specification(
        compile_files("permit", FILES, decisions), tuple(ENTRY["fields"]), tuple(ENTRY["steps"])
    )
    begun = Run.begin(spec, {"project": "p", "area_m2": 2000}, lambda _step, _data: {}).state()
    peer, state = _bare()

    def ours() -> None:
        for _ in range(STEPS):
            run = Run.resume(spec, begun, lambda _step, _data: {})
            run.complete(run.steps()[0].id, {}, {"outcome": "accept"})
            run.state()

    def bare() -> None:
        for _ in range(STEPS):
            peer(state)

    return Row(
        "the engine alone: take up, complete, keep",
        STEPS,
        seconds(ours, TIMES),
        "SpiffWorkflow with its own serialiser",
        seconds(bare, TIMES),
        figures={"state bytes": len(begun), "bare state bytes": len(state)},
    )


def _bare() -> tuple[Any, str]:
    """The same process as SpiffWorkflow itself runs it: Python's expressions, the whole state."""
    from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
    from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    from beichen.fronts.services.bpmn.engine import DecisionTask, Parser, _DecisionConverter
    from beichen.fronts.services.bpmn.text import read_xml
    from beichen.fronts.services.tests.town import PERMIT, TABLE

    class BareParser(Parser):
        OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library's own way
            key: value for key, value in Parser.OVERRIDE_PARSER_CLASSES.items() if value[1] is DecisionTask
        }

    text = PERMIT.decode().replace("=notice_time", '"P2D"').replace(">3d<", '>"P3D"<')
    text = text.replace("check.outcome", "outcome")
    text = text.replace("opinions.exists(o, o.outcome == 'reject')", "'reject' in opinions")
    parser = BareParser({"classify": "permit-class"})
    parser.add_dmn_xml(read_xml(TABLE, "t"), "t")
    parser.add_bpmn_xml(read_xml(text.encode(), "p"), "p")
    registry = BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, DecisionTask: _DecisionConverter})
    serializer = BpmnWorkflowSerializer(registry)
    flow = BpmnWorkflow(parser.get_spec("permit"), parser.get_subprocess_specs("permit"))
    flow.task_tree.set_data(project="p", area_m2=2000)
    flow.do_engine_steps()

    def step(state: str) -> str:
        found = serializer.deserialize_json(state)
        task = next(one for one in found.get_tasks(state=TaskState.READY) if one.task_spec.manual)
        task.data["outcome"] = "accept"
        task.run()
        found.do_engine_steps()
        return str(serializer.serialize_json(found))

    return step, str(serializer.serialize_json(flow))


def _act(vendor: str) -> Row:
    from django.db import transaction

    from beichen.fronts.services import service
    from beichen.fronts.services.models import Affair
    from beichen.fronts.services.tests import town

    peer, state = _bare()
    codes = [town.apply(key=str(number)).code for number in range(STEPS)]

    def ours() -> None:
        for code in codes:
            service.complete(code, 1, "accept", {}, by=town.SETUP, now=town.MONDAY)

    def bare() -> None:
        for code in codes:
            with transaction.atomic():
                row = Affair.objects.select_for_update().only("state").get(code=code)
                row.state = peer(state)
                row.save(update_fields=["state"])

    taken = seconds(ours, 1)
    return Row(
        f"an act: {vendor}",
        STEPS,
        taken,
        "the bare step, read and written in one transaction",
        seconds(bare, 1),
        figures={"acts/s": STEPS / taken},
    )


def _lists(size: int, vendor: str) -> list[Row]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from beichen.fronts.services.tests import town
    from beichen.kernel.access.service import create_account
    from beichen.kernel.org.models import Body, Person, Region
    from beichen.kernel.org.service import appoint, register_person
    from beichen.settings import settings

    found = []
    host = settings().hosts.split(",")[0].strip()
    for role, body in (("officer", "fire"), ("supervisor", "government")):
        person: Person = register_person(f"{role} {size}", by=town.SETUP)
        appoint(person, role, Body.objects.get(key=body), Region.objects.get(code=town.CITY), by=town.SETUP)
        client = Client()
        client.force_login(create_account(f"{role}-{size}", "x" * 20, person, by=town.SETUP))
        for path in PATHS:

            def ask(client: Client = client, path: str = path) -> None:
                answer = client.get(path, secure=True, SERVER_NAME=host)
                assert answer.status_code == 200, answer.status_code

            ask()
            with CaptureQueriesContext(connection) as seen:
                ask()
            asked = [one["sql"] or "" for one in seen.captured_queries]
            statements = [sql for sql in asked if "fronts_services" in sql]

            def bare(statements: list[str] = statements) -> None:
                with connection.cursor() as cursor:
                    for sql in statements:
                        cursor.execute(sql.replace("%", "%%"), [])
                        cursor.fetchall()

            found.append(
                Row(
                    f"{path} of a {role}: {vendor}",
                    size,
                    seconds(ask, TIMES),
                    "its SQL",
                    seconds(bare, TIMES),
                )
            )
    return found


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]])
