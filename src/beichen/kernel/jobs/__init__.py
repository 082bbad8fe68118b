"""Background and scheduled work, on the database."""
