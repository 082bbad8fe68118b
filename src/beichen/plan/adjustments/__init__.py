"""Adjustments of a plan: proposal, decisions, versions, and what they mean for what depends on them."""
