"""Kinds of event: what a scene declares of them, and what follows from it for one case."""
