"""What can be wrong with a question about layers."""

from __future__ import annotations

from beichen.problem import code

NO_LAYER = code("GEO-404", "The layer does not exist.", status=404)
TAKEN = code("GEO-106", "The layer belongs to another package.", status=409)
