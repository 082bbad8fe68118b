"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext


class CodesConfig(AppConfig):
    """Codes of things and of people."""

    name = "beichen.fronts.codes"
    label = "fronts_codes"
    verbose_name = "Codes"

    def ready(self) -> None:
        """Give printed codes their address, offer what the room offers, put the pages in reach."""
        from beichen.fronts.codes.offering import offer_boarding, offer_label
        from beichen.fronts.codes.owning import HOLDING, card
        from beichen.fronts.codes.permissions import INSPECT, PRINT, READ_GATES, READ_GRANTS, RETURN
        from beichen.fronts.codes.stickers import sticker_address
        from beichen.kernel.access.service import register_holding
        from beichen.registry.service import register_address, register_offer
        from beichen.web.cards import register_card
        from beichen.web.links import add_to_navigation

        register_address(sticker_address)
        register_offer("*", offer_label)
        register_offer("*", offer_boarding)
        register_card("codes", 30, card)
        register_holding(HOLDING)
        scan = "codes:scan"
        words = ("扫一扫", "扫码", "scan a code")
        add_to_navigation(_("Scan"), scan, order=72, inside=_("Scan a code"), words=words)
        called = ("市民卡", "亮码", "my card", "residents' card")
        add_to_navigation(_("My codes"), "codes:mine", order=73, under=scan, words=called)
        add_to_navigation(_("Who read my codes"), "codes:scans", order=74, under=scan)
        for order, (label, route, permission) in enumerate(
            (
                (_("Print codes"), "codes:print", PRINT),
                (_("Withdrawn codes"), "codes:stickers", INSPECT),
                (_("Entitlements"), "codes:grants", READ_GRANTS),
                (_("Gates"), "codes:gates", READ_GATES),
                (pgettext("codes", "Given back"), "codes:returns", RETURN),
                (pgettext("codes", "Days of readers"), "codes:days", RETURN),
            ),
            75,
        ):
            add_to_navigation(label, route, order=order, under=scan, permission=permission)
