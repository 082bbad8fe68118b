"""The rooms that stand, from the ground up. A room is a Django app; its label is its path."""

from __future__ import annotations

ROOMS: tuple[str, ...] = (
    "beichen.kernel.org",
    "beichen.kernel.audit",
    "beichen.kernel.access",
    "beichen.kernel.calendar",
    "beichen.kernel.files",
    "beichen.kernel.jobs",
    "beichen.kernel.bus",
    "beichen.platforms.geo",
    "beichen.platforms.comms",
    "beichen.platforms.warehouse",
    "beichen.hubs.data",
    "beichen.hubs.events",
    "beichen.kernel.scene",
    "beichen.plan",
    "beichen.plan.investment",
    "beichen.supports.evaluation",
    "beichen.plan.duties",
    "beichen.plan.years",
    "beichen.plan.catalogue",
    "beichen.plan.reports",
    "beichen.plan.adjustments",
    "beichen.plan.monitoring",
    "beichen.registry",
    "beichen.platforms.iot",
    "beichen.fronts.overview",
    "beichen.fronts.citizen",
    "beichen.fronts.governance",
    "beichen.web",
)
