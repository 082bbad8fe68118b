"""NGSI-LD documents: names and contexts, from a payload to what is kept, and back to a representation."""
