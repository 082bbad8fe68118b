"""NGSI-LD 1.8 at /ngsi-ld/v1 (ETSI GS CIM 009 V1.8.1, clause 6)."""
