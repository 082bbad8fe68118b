"""Models, runs, forecasts and scores as programs read them."""

from __future__ import annotations

from typing import Any

from beichen.platforms.ai.declaring import missing_of
from beichen.platforms.ai.models import Finding, Model, Prediction, Run, Score


def entry(row: Model) -> dict[str, Any]:
    """A model as the list has it."""
    found: dict[str, Any] = {
        "key": row.key,
        "scene": row.scene,
        "name": {"zh": row.name, "en": row.name_en},
        "declared": row.declared,
        "version": row.version,
        "needs": row.needs,
        "missing": missing_of(row),
        "next_at": row.next_at,
    }
    newest = {name: getattr(row, name) for name in ("last_at", "last_outcome") if hasattr(row, name)}
    return found | newest


def run_entry(row: Run) -> dict[str, Any]:
    """A run."""
    return {
        "version": row.version,
        "asked_for": row.asked_for,
        "seconds": row.seconds,
        "outcome": str(row.outcome),
        "reason": {"zh": row.reason, "en": row.reason_en},
        "inputs": row.inputs,
        "things": row.things,
        "forecasts": row.forecasts,
        "findings": row.findings,
        "figures": row.figures,
        "by": row.by,
        "is_demo": row.is_demo,
    }


def prediction_entry(row: Prediction) -> dict[str, Any]:
    """A value that is expected."""
    return {
        "thing": row.thing.code,
        "measure": row.measure,
        "issued_at": row.issued_at,
        "at": row.at,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "is_demo": row.is_demo,
    }


def finding_entry(row: Finding) -> dict[str, Any]:
    """Something that was found."""
    return {
        "thing": row.thing.code,
        "type": row.type,
        "version": row.version,
        "text": {"zh": row.text, "en": row.text_en},
        "values": row.values,
        "since": row.since,
        "at": row.at,
        "cleared_at": row.cleared_at,
        "event": row.event,
        "is_demo": row.is_demo,
    }


def score_entry(row: Score) -> dict[str, Any]:
    """How good forecasts were: mean absolute errors, and the skill against saying that nothing changes."""
    return {
        "measure": row.measure,
        "minutes_ahead": row.ahead,
        "number": row.number,
        "error": row.error,
        "persistence_error": row.persistence,
        "skill": row.skill,
        "covered": row.covered,
        "computed_at": row.computed_at,
    }
