"""Forms of scenes: JSON Schema, judged in the browser and on the server by the same declaration."""
