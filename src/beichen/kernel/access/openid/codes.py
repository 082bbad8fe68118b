"""The codes of what can be wrong about signing in to other systems, and through another provider."""

from __future__ import annotations

from beichen.problem import code

NO_KEY = code("ACC-501", "The key that signs identities cannot be read.", status=503)
BAD_PARTY = code("ACC-511", "The relying party cannot be registered like this.", status=422)
NO_PARTY = code("ACC-512", "There is no relying party of this key.", status=404)
BAD_REQUEST = code("ACC-513", "The request to sign in cannot be answered.", status=400)
BAD_USER_CODE = code("ACC-514", "No device waits with this code.", status=404)
NO_UPSTREAM = code("ACC-521", "No other identity provider is set up here.", status=404)
UPSTREAM_AWAY = code("ACC-522", "The city's identity provider does not answer.", status=503)
UPSTREAM_REFUSED = code("ACC-523", "The city's identity provider did not sign in anybody.", status=403)
LINKED = code("ACC-524", "The identity belongs to another account.", status=409)
