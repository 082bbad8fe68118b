"""The room's schema, step by step."""
