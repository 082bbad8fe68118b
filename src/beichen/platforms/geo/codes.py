"""What can be wrong with a question about layers."""

from __future__ import annotations

from beichen.problem import code

NO_LAYER = code("GEO-404", "The layer does not exist.", status=404)
BAD_FACTS = code("GEO-809", "What is said about the layer is not complete.", status=422)
BAD_LEGEND = code("GEO-810", "The legend does not fit the layer.", status=422)
TOO_LARGE_EXPORT = code("GEO-811", "The layer is not given in this form.", status=422)
TAKEN = code("GEO-106", "The layer belongs to another package.", status=409)
