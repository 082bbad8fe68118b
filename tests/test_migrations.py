"""What stands for a history of migrations: a new database takes the short way, others the long one.

That both ways make the same tables is proved by `tools/histories.py`, which takes minutes (CONTRIBUTING.md).
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tools.histories import Key, LongLoader, halves, histories


def to_do(applied: Iterable[Key]) -> list[Key]:
    """What `migrate` runs on a database that has run these."""
    recorder = MigrationRecorder(connection)
    recorder.flush()
    recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in applied)
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(step.app_label, step.name) for step, _back in plan]


def long_way() -> list[Key]:
    """Every migration but those that stand for others."""
    return list(LongLoader(None).graph.nodes)


def test_both_ways_lead_to_the_same_models() -> None:
    short, long = (loader(None).project_state().models for loader in (MigrationLoader, LongLoader))
    assert short.keys() == long.keys()
    assert [key for key in long if short[key] != long[key]] == []


@pytest.mark.django_db
def test_a_new_database_takes_the_short_way() -> None:
    replaced = {key for own in histories().values() for key in own}
    plan = to_do([])
    assert replaced.isdisjoint(plan)
    assert set(plan) | replaced == set(MigrationLoader(None, replace_migrations=False).graph.nodes)


@pytest.mark.django_db
def test_a_database_that_went_the_long_way_has_nothing_to_do() -> None:
    assert to_do(long_way()) == []


@pytest.mark.django_db
def test_a_database_in_the_middle_of_a_history_goes_on_along_it() -> None:
    long, tried = LongLoader(None), set()
    for group in halves():
        applied = {key for place in group for key in long.graph.forwards_plan(place)}
        plan = to_do(applied)
        for app, _name in group:
            rest = sorted(key for key in long.graph.nodes if key[0] == app and key not in applied)
            assert set(histories()[app]) & set(rest)
            assert [key for key in plan if key[0] == app] == rest
            tried.add(app)
    assert tried == histories().keys()
