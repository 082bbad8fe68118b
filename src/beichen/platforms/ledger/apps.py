"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The ledger and certificates."""

    name = "beichen.platforms.ledger"
    label = "platforms_ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        """Name what this room seals and where it anchors; show the ledger."""
        from beichen.platforms.ledger.anchors import add_anchor
        from beichen.platforms.ledger.anchors.stamp import StampAnchor
        from beichen.platforms.ledger.anchors.web import WebAnchor
        from beichen.platforms.ledger.certificates.coded import find_coded_certificate, offer_certificate
        from beichen.platforms.ledger.certificates.sealed import SEALED_CERTIFICATE
        from beichen.platforms.ledger.heads import AUDIT_HEAD
        from beichen.platforms.ledger.kinds import add_sealed_kind
        from beichen.platforms.ledger.rights import READ, READ_CERTIFICATES, READ_ENTRIES
        from beichen.registry.service import register_coded, register_offer
        from beichen.web.links import add_to_navigation
        from beichen.web.offline import OfflinePage, keep_offline

        register_coded("certificate", find_coded_certificate)
        register_offer("certificate", offer_certificate)
        add_sealed_kind(AUDIT_HEAD)
        add_sealed_kind(SEALED_CERTIFICATE)
        for scheme in ("https", "http"):
            add_anchor(scheme, WebAnchor())
            add_anchor(f"tsa+{scheme}", StampAnchor())
        home = "platforms_ledger:ledger"
        add_to_navigation(_("Ledger"), home, order=118, permission=READ_ENTRIES, inside=_("The log"))
        add_to_navigation(
            _("What was sealed"), "platforms_ledger:entries", order=119, under=home, permission=READ_ENTRIES
        )
        add_to_navigation(
            _("Certificates"),
            "platforms_ledger:certificates",
            order=120,
            under=home,
            permission=READ_CERTIFICATES,
        )
        keep_offline(
            OfflinePage(
                _("Check a certificate"),
                "platforms_ledger:verify",
                assets=("platforms_ledger/ledger.css", "platforms_ledger/verify.js", "web/js/scanner.js"),
            )
        )
        add_to_navigation(
            _("Check a certificate"), "platforms_ledger:verify", order=121, under=home, permission=READ
        )
