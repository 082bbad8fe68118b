"""What can be wrong with a classifier: its samples, and the file in which it is kept."""

from __future__ import annotations

from beichen.problem import code

NO_SAMPLES = code("EVT-201", "There is no text to learn from.", status=422)
NO_LABEL = code("EVT-202", "A sample does not say its kind.", status=422)
NOT_KEPT = code("EVT-203", "The file holds no classifier that can be read.", status=422)
OTHER_FORMAT = code("EVT-204", "The classifier was kept in another format.", status=409)
