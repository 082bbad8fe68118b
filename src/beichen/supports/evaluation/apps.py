"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Schemes, rounds, scores and appeals."""

    name = "beichen.supports.evaluation"
    label = "supports_evaluation"
    verbose_name = "Evaluation"

    def ready(self) -> None:
        """Stand beside the plan in the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Evaluation"), "supports_evaluation:index", order=100, under="plan:outline")
