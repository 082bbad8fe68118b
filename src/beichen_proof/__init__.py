"""Proofs of a city's ledger, checked without the city: verify, witness, monitor.

It stands beside `beichen` and imports nothing of it: the standard library and `cryptography` alone (gmssl
where SM2 signatures are to be checked, cbor2 where codes of people are). An auditor can take this folder,
read it whole, and run it anywhere:

    python -m beichen_proof verify  bundle.json --policy policy.txt --document file.pdf
    python -m beichen_proof credential licence.sd-jwt --issuers jwks.json --status status.jwt
    python -m beichen_proof code "BC1:…" --keys keys.json --party city-library --purpose library-loan
    python -m beichen_proof witness run --state DIR --log VKEY
    python -m beichen_proof monitor https://city.example/tlog --log VKEY --state DIR

Formats: RFC 6962 and 9162 (hashing, proofs), C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-witness, tlog-tiles, tlog-proof and tlog-policy, RFC 9901 (SD-JWT), IETF Token Status List,
RFC 9052 (COSE) and 8392 (CWT).
"""
