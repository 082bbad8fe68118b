"""What happened: CloudEvents from a transaction's outbox to every subscriber, exactly once in effect."""
