"""The pages of tables and of questions."""
