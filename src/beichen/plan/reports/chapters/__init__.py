"""The chapters of reports: each writes one section from what was gathered, in the reader's language."""
