"""A folder of declarations becomes rows: every mistake with its place, and one transaction or nothing."""
