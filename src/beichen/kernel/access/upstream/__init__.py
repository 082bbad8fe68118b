"""Signing in by the city's own identity provider (``BEICHEN_OIDC_*``), as an OpenID client by Authlib."""
