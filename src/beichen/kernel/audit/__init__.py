"""Who did what, when, and why it was allowed: append-only and hash-chained."""
