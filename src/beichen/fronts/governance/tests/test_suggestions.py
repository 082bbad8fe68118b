"""`/console/suggestions`: the figures of suggestions, and who may have them taught anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from beichen.hubs.events import suggesting
from beichen.hubs.events.models import SuggestionQuality

SHARES = {"sure": 0.4, "right_when_sure": None, "support": 12, "made_on": "2026-01-05"}
FIGURES = {
    "model": SHARES | {"top1": 0.913, "top3": 0.987},
    "majority": SHARES | {"top1": 0.25, "top3": 0.75, "sure": 0.0},
    "learned_keywords": SHARES | {"top1": None, "top3": None, "sure": None},
    "given_keywords": None,
    "labels": 7,
}


@pytest.fixture(autouse=True)
def untrained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: None) -> None:
    """No trained model lies about."""
    monkeypatch.setattr(suggesting, "model_file", lambda: tmp_path / "kinds.npz")


def measured(day: int) -> None:
    SuggestionQuality.objects.create(
        measured_at=datetime(2026, 1, day, tzinfo=UTC), cases=1000 + day, kinds=7, figures=FIGURES
    )


def test_a_fresh_city_says_that_nothing_was_learned(attendant: Client, supervisor: Client) -> None:
    text = attendant.get("/console/suggestions").content.decode()
    assert "尚未评估" in text
    assert "用已办结案件训练</button>" not in text
    answer = supervisor.post("/console/suggestions", follow=True)
    assert "没有样本" in answer.content.decode()


def test_the_last_measurement_stands_beside_what_needs_no_learning(attendant: Client) -> None:
    measured(5)
    measured(6)
    text = attendant.get("/console/suggestions").content.decode()
    for words in ("91.3%", "98.7%", "60.0%", "25.0%", "1006", "1005", "始终取最常见类型", "–"):
        assert words in text
    assert "None" not in text


def test_who_only_attends_teaches_nothing(attendant: Client) -> None:
    assert attendant.post("/console/suggestions").status_code == 403
