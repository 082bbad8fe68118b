"""What goes between the house and a model's process: JSON, both ways. Nothing here knows Django.

Times are whole microseconds since 1970. What a process answers is believed in nothing: its shape, its
numbers and its size are looked at in :mod:`.answers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from beichen.sdk import Answer, Inputs, Reading, Thing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
Document = dict[str, Any]


def micros(at: datetime) -> int:
    """A time as it is exchanged. Raises TypeError for one without an offset."""
    return (at - EPOCH) // MICRO


def moment(at: int) -> datetime:
    """The time that was exchanged, in UTC. Raises OverflowError for one beyond all calendars."""
    return EPOCH + timedelta(microseconds=at)


def readings(pairs: Iterable[tuple[int, float]]) -> tuple[Reading, ...]:
    """Readings of pairs of a time and a value."""
    return tuple(Reading(moment(at), value) for at, value in pairs)


def inputs_of(document: Mapping[str, Any], folder: Path) -> Inputs:
    """What a model is given."""
    return Inputs(
        now=moment(document["now"]),
        horizon=timedelta(seconds=document["horizon"]),
        things=tuple(_thing(one) for one in document["things"]),
        folder=folder,
        parameters=document["parameters"],
    )


def _thing(one: Mapping[str, Any]) -> Thing:
    return Thing(
        code=one["code"],
        type=one["type"],
        name=one["name"],
        longitude=one["longitude"],
        latitude=one["latitude"],
        fields=one["fields"],
        relations={name: tuple(codes) for name, codes in one["relations"].items()},
        latest={name: Reading(moment(at), value) for name, (at, value) in one["latest"].items()},
        series={name: readings(pairs) for name, pairs in one["series"].items()},
    )


def answer_document(answer: Answer) -> Document:
    """An answer as it is written. Raises TypeError or AttributeError for one that has no JSON form."""
    return {
        "forecasts": [
            [one.thing, one.measure, micros(one.at), one.value, one.low, one.high] for one in answer.forecasts
        ],
        "findings": [
            {"thing": one.thing, "type": one.type, "zh": one.zh, "en": one.en, "values": dict(one.values)}
            for one in answer.findings
        ],
        "figures": dict(answer.figures),
    }


def _plain(value: Any) -> Any:
    """A number of a library that computes, as a number."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def write(document: Document, file: Path) -> None:
    """Write a document whole or not at all; a NaN is written as such and refused by whoever reads it."""
    beside = file.with_suffix(".part")
    beside.write_text(json.dumps(document, default=_plain), encoding="utf-8")
    beside.rename(file)
