"""Affairs by the words of their titles, by an index of n-grams (:mod:`beichen.kernel.grams`).

A title is written once, in the transaction in which its affair begins.
"""

from __future__ import annotations

from django.db.models import Q

from beichen.fronts.services.models import Affair
from beichen.kernel.grams import GramIndex

FEW = 1_000
"""So many affairs are named by their keys, beside those found otherwise; of more the title alone decides."""
TITLES = GramIndex("fronts_services_title", "affair_id")


def keep_title(affair: Affair) -> None:
    """Put the title of a new affair into the index."""
    if affair.title:
        TITLES.add([(affair.pk, affair.title)])


def titled(query: str, otherwise: Q) -> Q:
    """Affairs whose titles hold every word of what was typed, or which are found ``otherwise``."""
    words = query.split()
    keys = TITLES.first(words, FEW + 1) if words else []
    if not keys:
        return otherwise
    holds = Q(*(Q(title__icontains=word) for word in words))
    if len(keys) > FEW:
        return Q(pk__in=TITLES.keys(words)) & holds
    return otherwise | (Q(pk__in=keys) & holds)
