"""Django's backend for PostgreSQL, with connections that are looked at without asking: see :mod:`.base`."""
