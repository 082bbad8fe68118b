"""Instances of models made of rows, as Django makes them, but for what is the same each time.

``Model.from_db`` looks up every field of the model for each row, and tells signals that no room hears. An
instance made here has the same attributes; what was not asked for is read when it is first looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init

ModelT = TypeVar("ModelT", bound=models.Model)
Row = Sequence[Any]


def instance(model: type[ModelT], names: Sequence[str], values: Row) -> ModelT:
    """The instance of a row that the database ``default`` gave; ``names`` are of its columns."""
    if not _is_plain(model):
        return model.from_db("default", list(names), values)
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, "default"
    made.__dict__.update(zip(names, values, strict=True))
    return made


def join(populator: Any, row: Row, one: models.Model) -> None:
    """What ``populator.populate`` does: give ``one`` the related instance of the same row."""
    turn = populator.reorder_for_init
    values = turn(row) if turn else row[populator.cols_start : populator.cols_end]
    if values[populator.pk_idx] is None:
        populator.local_setter(one, None)
        return
    other = instance(populator.model_cls, populator.init_list, values)
    for further in populator.related_populators:
        join(further, row, other)
    populator.local_setter(one, other)
    populator.remote_setter(other, one)


def _is_plain(model: type[models.Model]) -> bool:
    """Whether nothing happens to its instances when they are made."""
    is_own = model.__init__ is not models.Model.__init__ or "from_db" in model.__dict__
    return not (is_own or pre_init.has_listeners(model) or post_init.has_listeners(model))
