"""The registry: the city's objects, their types, codes, places, relations and history (NGSI-LD)."""
