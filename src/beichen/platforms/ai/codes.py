"""The codes of what this room refuses; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

NO_MODEL = code("AIM-101", "There is no model of this key.", status=404)
BAD_MODEL = code("AIM-102", "What a model says does not fit together.", status=422)
NO_FUNCTION = code("AIM-103", "The model's function is not in model.py.", status=422)
UNHEARD = code("AIM-104", "No kind of event listens to what a model finds.", status=422)
BAD_TIMES = code("AIM-105", "The times of a model's runs cannot be kept.", status=422)
NO_ENGINE = code("AIM-106", "What a model needs is not installed here.", status=500)
