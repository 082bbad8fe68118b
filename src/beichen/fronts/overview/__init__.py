"""一屏统览: the city on one screen, and the front door."""
