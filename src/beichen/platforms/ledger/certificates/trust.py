"""What a browser needs to check a certificate by itself, without a network: keys, lists, words.

All of it is public: the keys of `/.well-known/jwt-vc-issuer`, the addresses of the status lists, what kinds
and their fields are called, and what each finding means.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.platforms.ledger.certificates import issuers
from beichen.platforms.ledger.certificates.words import REASONS, field_name, kind_name
from beichen.platforms.ledger.models import CertificateKind, StatusList
from beichen_proof.credential import LEEWAY, LONGEST, MOST_DISCLOSURES

MOST_LISTS = 50


def trust() -> dict[str, Any]:
    """The issuer with its keys, where its status lists stand, the kinds that it issues."""
    address = issuers.issuer_address()
    numbers = StatusList.objects.order_by("-number").values_list("number", flat=True)[:MOST_LISTS]
    return {
        **issuers.metadata(),
        "lists": {
            f"{address}/certificates/status/{number}": reverse("platforms_ledger:status-list", args=[number])
            for number in numbers
        },
        "kinds": {
            f"{address}/certificates/kinds/{row.key}": _kind(row) for row in CertificateKind.objects.all()
        },
        "bounds": {"text": LONGEST, "disclosures": MOST_DISCLOSURES, "leeway": LEEWAY},
    }


def _kind(row: CertificateKind) -> dict[str, Any]:
    fields = {
        field["key"]: {
            "name": field_name(field),
            "choices": {one["key"]: field_name(one) for one in field["choices"]},
        }
        for field in row.fields
    }
    return {"name": kind_name(row), "fields": fields}


def sentences() -> dict[str, str]:
    """What is found, in words, by the names that `static/platforms_ledger/verify.js` gives it."""
    return {
        **{str(reason): str(words) for reason, words in REASONS.items()},
        "sound": _("Genuine and unchanged, and within its time."),
        "valid": _("Not revoked as of %(time)s. Whether the ledger has it is only known with a network."),
        "old": _("The list of revoked certificates is of %(time)s: what was revoked since is not known."),
        "unknown": _("Whether it was revoked, and whether the ledger has it, is only known with a network."),
        "certificate": _("Certificate"),
        "body": _("Issuing body"),
        "number": _("Certificate number"),
    }
