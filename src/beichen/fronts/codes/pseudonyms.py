"""How a reader knows a person: by a pseudonym of its own, which says nothing to any other reader.

HMAC-SHA256 over the reader's key and the person's code, with a secret of the house: the same person at the
same reader is the same pseudonym; two readers who compare theirs learn nothing.
"""

from __future__ import annotations

import hmac

from beichen.fronts.codes.keys import pairwise_secret
from beichen.fronts.codes.models import Pseudonym, Reader
from beichen.kernel.org.models import Person

PSEUDONYM_BYTES = 10
_DOMAIN = b"beichen pseudonym 1\0"


def pseudonym(secret: bytes, reader: str, person: str) -> bytes:
    """Ten bytes for one person at one reader."""
    message = _DOMAIN + reader.encode() + b"\0" + person.encode()
    return hmac.digest(secret, message, "sha256")[:PSEUDONYM_BYTES]


def pseudonym_of(person: Person, reader: Reader) -> bytes:
    """The person's pseudonym, which is kept so that the house finds the person again."""
    value = pseudonym(pairwise_secret(), reader.key, person.code)
    Pseudonym.objects.get_or_create(reader=reader, value=value.hex(), defaults={"person": person})
    return value
