"""What crosses rooms: stories, conformance, browser, crash."""
