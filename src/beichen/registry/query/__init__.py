"""Queries over objects (clauses 4.9, 4.10, 4.17, 4.19): read, compared, and answered by the indexes."""
