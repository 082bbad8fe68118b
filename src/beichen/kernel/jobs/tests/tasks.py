"""Tasks for the tests: they note their calls here."""

from __future__ import annotations

from django_tasks import task

CALLS: list[str] = []


@task()
def note(word: str) -> None:
    """Remember ``word``."""
    CALLS.append(word)


@task()
def fail() -> None:
    """Fail, always."""
    CALLS.append("fail")
    raise RuntimeError("broken on purpose")


@task()
def tick() -> None:
    """Be scheduled."""
    CALLS.append("tick")
