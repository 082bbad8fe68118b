"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "ledger.witness.added": _("A witness of the ledger was entered"),
        "ledger.witness.retired": _("A witness of the ledger was retired"),
        "ledger.witness.contradicted": _("A witness contradicts the ledger"),
        "ledger.certificate.issued": _("A certificate was issued"),
        "ledger.certificate.suspended": _("A certificate was suspended"),
        "ledger.certificate.resumed": _("A certificate counts again"),
        "ledger.certificate.revoked": _("A certificate was revoked"),
        "ledger.key.rotated": _("Certificates are signed with a new key"),
    }
)
