"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """The plan, its facts, and how they stand."""

    name = "beichen.plan"
    label = "plan"
    verbose_name = "Plan"

    def ready(self) -> None:
        """Give the plan its sections in city packages and its places in the navigation."""
        from beichen.kernel.scene.service import register
        from beichen.plan.section import MeasureSection, PlanSection

        register(PlanSection())
        register(MeasureSection())
