"""The duties' pages: the list, a duty, a body, rounds and reports, supervision notes, sheets."""
