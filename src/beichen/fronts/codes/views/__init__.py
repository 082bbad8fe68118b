"""The pages of codes."""
