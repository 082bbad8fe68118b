"""Histories (clauses 4.11, 5.6.11 to 5.6.16, 5.7.3, 5.7.4): how attributes of entities went over time."""
