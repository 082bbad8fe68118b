"""A case as a stream of events: what can happen, what follows from it, and what may be done next."""
