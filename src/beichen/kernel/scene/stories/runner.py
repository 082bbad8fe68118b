"""Runs a scene's stories on a scratch database; each story leaves nothing behind for the next."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.test.utils import setup_databases, teardown_databases

from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.actor import Actor
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.installation import install_all
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, steps
from beichen.kernel.scene.stories.text import word_of
from beichen.problem import Problem, ProblemError, shorten
from beichen.settings import settings

TABLES = "BEICHEN_TABLES_URL"


@dataclass(frozen=True, slots=True)
class StoryResult:
    """One story: its file, what it tells, and everywhere that it did not hold."""

    name: str
    tells: str
    problems: tuple[Problem, ...]

    def __bool__(self) -> bool:
        """Whether the story holds."""
        return not self.problems


@contextmanager
def scratch_database() -> Iterator[None]:
    """A new, empty database of the same kind in place of the real one."""
    requests = logging.getLogger("django.request")
    before = requests.level
    made = setup_databases(verbosity=0, interactive=False)
    try:
        requests.setLevel(logging.ERROR)  # refusals are what stories are about
        yield
    finally:
        requests.setLevel(before)
        teardown_databases(made, verbosity=0)


@contextmanager
def scratch_tables() -> Iterator[None]:
    """An empty folder in place of the city's tables, which no transaction takes back."""
    before = os.environ.get(TABLES)
    with TemporaryDirectory(prefix="beichen-story-") as folder:
        os.environ[TABLES] = folder
        settings.cache_clear()
        try:
            yield
        finally:
            os.environ.pop(TABLES)
            if before is not None:
                os.environ[TABLES] = before
            settings.cache_clear()


def run_stories(package: Package, *, by: Actor) -> list[StoryResult]:
    """Install the package and what it requires, then run each of its stories and undo it."""
    names = package.glob("stories/*.yaml")
    results = []
    with transaction.atomic():
        load_roles(by=by)
        secret = create_client("stories", "Stories", "administrator", by=by)
        install_all([package], by=by)
        for name in names:
            document = package.documents[name]
            with scratch_tables(), transaction.atomic():
                results.append(_run(document, Stage(package, by, secret)))
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return results


def _run(document: Document, stage: Stage) -> StoryResult:
    story = document.value
    title = story["story"]
    tells = title if isinstance(title, str) else title["zh"]
    for clause in (Clause.GIVEN, Clause.WHEN, Clause.THEN):
        _run_clause(document, stage, clause)
        if clause is Clause.GIVEN:
            _refused(stage)
    if not any(word_of(step) == "refused" for step in story["then"]):
        stage.where = document.position(("when",))
        _refused(stage)
    return StoryResult(document.name, tells, tuple(stage.failures))


def _run_clause(document: Document, stage: Stage, clause: Clause) -> None:
    for number, value in enumerate(document.value.get(clause, ())):
        stage.where = document.position((clause, number))
        perform(stage, clause, value)


def perform(stage: Stage, clause: Clause, value: dict[str, Any]) -> None:
    """Do one step. What a room refuses is noted on the stage; its half-done work is undone."""
    step = steps(clause)[word_of(value)]
    try:
        with transaction.atomic():
            step.run(stage, value)
    except ProblemError as error:
        stage.refuse(error)


def _refused(stage: Stage) -> None:
    """What was refused and not expected is a failure."""
    for code in stage.refusals:
        stage.failures.append(Problem(codes.STORY_FAILED, shorten(f"refused with {code}"), stage.where))
    stage.refusals.clear()
