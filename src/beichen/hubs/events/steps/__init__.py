"""The room's words for stories: a town, reports, what is done to cases, and what holds of them then."""

from beichen.hubs.events.steps import cases, reports, town

__all__ = ["cases", "reports", "town"]
