"""What can be wrong with a feature that is written."""

from __future__ import annotations

from beichen.problem import code

NOT_EDITED = code("GEO-821", "Features of this layer are not written one by one.", status=409)
BAD_FEATURE = code("GEO-822", "The feature is not one of this layer.", status=422)
THERE_ALREADY = code("GEO-823", "A feature of this key is there already.", status=409)
NO_FEATURE = code("GEO-824", "There is no such feature.", status=404)
CHANGED_SINCE = code("GEO-825", "The feature was changed since it was read.", status=412)
"""A version that a writer names is an entity tag: RFC 9110, 13.1.1."""
