"""A measurement of what is suggested for new cases."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class SuggestionQuality(models.Model):
    """How good suggestions were on closed cases that were held out (建议质量).

    ``cases`` and ``kinds``: of which the measurement was made. ``figures`` is a
    :class:`~beichen.hubs.events.suggestion.evaluation.Comparison` as JSON; it holds no text of anybody.
    """

    measured_at = models.DateTimeField(db_index=True)
    cases = models.PositiveIntegerField()
    kinds = models.PositiveIntegerField()
    figures: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-measured_at", "-id"]

    def __str__(self) -> str:
        return f"{self.measured_at:%Y-%m-%d} {self.cases}"
