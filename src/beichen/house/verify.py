"""`beichen verify`: the audit chain against its hashes and anchors, the ledger, and every stored file."""

from __future__ import annotations

import sys

import click
import orjson

from beichen.house.schedule import ANCHORS
from beichen.kernel.audit import service as audit
from beichen.kernel.files import service as files
from beichen.platforms.ledger import service as ledger
from beichen.settings import settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify(as_json: bool) -> None:
    """Find every change, removal or reordering in what must not change."""
    chain = audit.verify(settings().data_dir / ANCHORS)
    log = ledger.verify()
    problems = [*chain.problems, *log.problems, *files.verify()]
    if as_json:
        report = {
            "records": chain.records,
            "head": chain.head,
            "entries": log.entries,
            "checkpoints": log.checkpoints,
            "problems": [problem.as_dict() for problem in problems],
        }
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    else:
        for problem in problems:
            click.echo(str(problem), err=True)
        found = f"{len(problems)} problems" if problems else "nothing was changed"
        read = f"{chain.records} audit records, {log.entries} entries of the ledger and every stored file"
        click.echo(f"{read} were read: {found}")
    sys.exit(1 if problems else 0)
