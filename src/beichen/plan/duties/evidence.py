"""Evidence: files that a body gives with a report, a finished milestone or an answer.

Files are internal (L2) and belong to the duty's lead body. They are read through the duty, by whoever may
read its reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from beichen.kernel.actor import Actor
from beichen.kernel.files.service import store
from beichen.kernel.levels import Level
from beichen.plan.duties.models import Duty, Evidence, Milestone, NoteEntry, Report
from beichen.problem import Problem, ProblemError

LIMIT = 30 << 20  # bytes of one file
MOST = 12  # files given at once


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives."""

    name: str
    stream: BinaryIO


def attach(
    duty: Duty,
    uploads: Sequence[Upload],
    *,
    by: Actor,
    report: Report | None = None,
    milestone: Milestone | None = None,
    entry: NoteEntry | None = None,
) -> list[Evidence]:
    """Keep the files, in the caller's transaction. Raises ProblemError FIL-101 to FIL-104, each file's."""
    problems: list[Problem] = []
    kept: list[Evidence] = []
    for upload in uploads[:MOST]:
        try:
            file = store(
                upload.stream,
                upload.name,
                by=by,
                level=Level.L2,
                body=duty.lead,
                region=duty.region,
                limit=LIMIT,
            )
        except ProblemError as error:
            problems += error.problems
            continue
        kept.append(Evidence(duty=duty, file=file, report=report, milestone=milestone, entry=entry))
    if problems:
        raise ProblemError(*problems)
    return Evidence.objects.bulk_create(kept)
