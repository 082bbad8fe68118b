"""The codes of what this room refuses; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

NO_KIND = code("LED-101", "Nothing of this kind can be sealed.", status=422)
BAD_SEAL = code("LED-102", "What should be sealed is no hash, or has no reference.", status=422)
NO_ENTRY = code("LED-103", "The ledger has no such entry.", status=404)
NOT_YET = code("LED-104", "The entry is not in a published checkpoint yet.", status=409)
BAD_PROOF = code("LED-105", "There is no proof for these sizes.", status=422)
NO_TILE = code("LED-106", "The log has no such tile.", status=404)
EMPTY = code("LED-107", "The log has no checkpoint yet.", status=404)

BROKEN = code("LED-201", "The log is not what its checkpoint says.", status=500)
NO_KEY = code("LED-202", "The log's key is missing, or another one.", status=500)
CHANGED = code("LED-203", "A sealed thing was changed.", status=500)
NO_SM2 = code("LED-205", "SM2 is asked for and cannot be spoken.", status=500)
BAD_TILE = code("LED-204", "A tile is missing or differs from the log.", status=500)

BAD_WITNESS = code("LED-301", "A witness cannot be entered like this.", status=422)
NO_WITNESS = code("LED-302", "There is no such witness.", status=404)
BAD_COSIGNATURE = code("LED-303", "A cosignature does not fit.", status=422)
NO_ANCHOR = code("LED-304", "There is no way to anchor at this address.", status=422)
NO_ANCHORING = code("LED-305", "There is no such anchor.", status=404)

NO_CERTIFICATE = code("LED-401", "There is no such certificate.", status=404)
NO_CERTIFICATE_KIND = code("LED-402", "There is no certificate of this kind.", status=404)
BAD_CLAIM = code("LED-403", "A field of a certificate does not fit its kind.", status=422)
BAD_STATE = code("LED-404", "The certificate's state does not allow this.", status=409)
NO_REASON = code("LED-405", "Whoever suspends or revokes says why.", status=422)
NO_LIST = code("LED-406", "There is no such status list.", status=404)
UNREADABLE = code("LED-407", "What was brought holds no certificate.", status=422)

KIND_TAKEN = code("LED-501", "Another package declares this kind of certificates.", status=409)
NO_BODY = code("LED-502", "A kind of certificates names a body that is not there.", status=422)
BAD_FIELD = code("LED-503", "A field of a kind of certificates does not make sense.", status=422)
