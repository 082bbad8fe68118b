"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Schemes, rounds, scores and appeals."""

    name = "beichen.supports.evaluation"
    label = "supports_evaluation"
    verbose_name = "Evaluation"
